"""A clock that isn't trusted: the Head hears what waits and why, and may say that the clock is right (P12)."""

from __future__ import annotations

from handlers.acting import Context, Result
from handlers.door import Repeated
from handlers.handling import handler
from handlers.room import Does, Room
from handlers.rules.refusal import Refused
from handlers.telling import may_hear, tell_head
from storage.chain import Sealer
from storage.database.store import Store

BUTTON = "clock_continue"
WAITS = (
    "I can't trust my clock, so until it is right I don't close or erase calls, end access or let requests lapse. {why} Everything "
    "else carries on. Please have the machine's clock checked. If it is right, press Continue."
)
GOES_ON = "I trust my clock again, so I'm closing and erasing calls, ending access and letting requests lapse as usual."


@handler("clock.wait", clause="P12", about="name")
def tell_of_wait(ctx: Context, name: str, why: str, words: str) -> Result[None]:
    """Tell the Head, or the person asked in the Head's place; once, though another bot or a new start may enter it again."""
    since = _since_it_waits(ctx.store, ctx.keys.log_seal, name)
    if since and tell_wait_over.action not in since:
        return Result(None, quiet=True)
    told = tell_head(ctx, WAITS.format(why=words), f"{tell_of_wait.action}:{ctx.store.audit.lock().seq}", BUTTON, name)
    return Result(None, told, detail={"why": why})


@handler("clock.go_on", clause="P12", about="name")
def tell_wait_over(ctx: Context, name: str) -> Result[None]:
    """Tell them that it is over, once."""
    if tell_wait_over.action in _since_it_waits(ctx.store, ctx.keys.log_seal, name):
        return Result(None, quiet=True)
    return Result(None, tell_head(ctx, GOES_ON, f"{tell_wait_over.action}:{ctx.store.audit.lock().seq}"))


@handler("clock.continue", clause="P12", about="name")
def trust_clock(ctx: Context, name: str) -> Result[None]:
    """Each bot that waits finds this in the log, and goes on."""
    if not may_hear(ctx):
        words = "Only the Head of Customer Success, or the person I ask in their place, can decide this."
        raise Refused(words, code="not_entitled")
    since = _since_it_waits(ctx.store, ctx.keys.log_seal, name)
    if not since or tell_wait_over.action in since:
        raise Refused("I trust my clock again, so nothing is waiting for this.", code="over")
    if trust_clock.action in since:
        raise Repeated(name)
    return Result(None)


def is_confirmed(store: Store, sealer: Sealer, name: str) -> bool:
    """Whether the Head has said that the clock is right, since it waits."""
    return trust_clock.action in _since_it_waits(store, sealer, name)


def _since_it_waits(store: Store, sealer: Sealer, name: str) -> list[str]:
    """What was done from the last wait of this name on; nothing where there was none."""
    done = [
        one.action
        for one in store.audit.logged([name], [tell_of_wait.action, trust_clock.action, tell_wait_over.action], sealer)
    ]
    waits = [place for place, action in enumerate(done) if action == tell_of_wait.action]
    return done[waits[-1] :] if waits else []


ROOM = Room(
    "waiting_clock",
    buttons={BUTTON: Does(trust_clock, "Continue", back="home")},
)
