"""A clock that isn't trusted: the Head hears what waits and why, and may say that the clock is right (P12)."""

from __future__ import annotations

from handlers.acting import Act, Done
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
def tell_of_wait(act: Act, name: str, why: str, words: str) -> Done[None]:
    """Tell the Head, or the person asked in the Head's place; once, though another bot or a new start may enter it again."""
    since = _since_it_waits(act.store, act.keys.log_seal, name)
    if since and tell_wait_over.action not in since:
        return Done(None, quiet=True)
    told = tell_head(act, WAITS.format(why=words), f"{tell_of_wait.action}:{act.store.audit.lock().seq}", BUTTON, name)
    return Done(None, told, detail={"why": why})


@handler("clock.go_on", clause="P12", about="name")
def tell_wait_over(act: Act, name: str) -> Done[None]:
    """Tell them that it is over, once."""
    if tell_wait_over.action in _since_it_waits(act.store, act.keys.log_seal, name):
        return Done(None, quiet=True)
    return Done(None, tell_head(act, GOES_ON, f"{tell_wait_over.action}:{act.store.audit.lock().seq}"))


@handler("clock.continue", clause="P12", about="name")
def trust_clock(act: Act, name: str) -> Done[None]:
    """Each bot that waits finds this in the log, and goes on."""
    if not may_hear(act):
        words = "Only the Head of Customer Success, or the person I ask in their place, can decide this."
        raise Refused(words, code="not_entitled")
    since = _since_it_waits(act.store, act.keys.log_seal, name)
    if not since or tell_wait_over.action in since:
        raise Refused("I trust my clock again, so nothing is waiting for this.", code="over")
    if trust_clock.action in since:
        raise Repeated(name)
    return Done(None)


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
