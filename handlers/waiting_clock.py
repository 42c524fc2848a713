"""A clock that isn't trusted: the Head hears what waits and why, and may say that the clock is right (P12)."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.acting import Act, Done, Intent
from handlers.door import Repeated
from handlers.room import Does, Room
from handlers.rules.refusal import Refused
from handlers.telling_head import hears, tell_head
from storage.chain import Sealer
from storage.database.store import Store

BUTTON = "clock_continue"
WAITS = (
    "I can't trust my clock, so until it is right I don't close or erase calls, end access or let requests lapse. {why} Everything "
    "else goes on. Please have the machine's clock checked. If it is right, press Continue."
)
GOES_ON = "I trust my clock again, so I'm closing and erasing calls, ending access and letting requests lapse as usual."


@dataclass(frozen=True)
class _OfClock(Intent[None], clause="P12"):
    """`name` is that of the day on which it waits, the same for every bot and after a new start."""

    name: str

    @property
    def subject(self) -> str:
        return self.name


@dataclass(frozen=True)
class Wait(_OfClock, action="clock.wait"):
    """The clock: what can't be undone waits, since the time isn't certain.

    `why` is a word for the log, `words` a sentence for the Head.
    """

    why: str
    words: str


class Continue(_OfClock, action="clock.continue"):
    """The Head: the machine's clock is right."""


class GoOn(_OfClock, action="clock.go_on"):
    """The clock: what had waited goes on, since the time is certain again."""


def wait(act: Act, intent: Wait) -> Done[None]:
    """Tell the Head, or the person asked in the Head's place; once, though another bot or a new start may enter it again."""
    since = _since_it_waits(act.store, act.keys.log_seal, intent.name)
    if since and GoOn.action not in since:
        return Done(None, quiet=True)
    told = tell_head(act, WAITS.format(why=intent.words), _once(act, intent), BUTTON, intent.name)
    return Done(None, told, detail={"why": intent.why})


def go_on(act: Act, intent: GoOn) -> Done[None]:
    """Tell them that it is over, once."""
    if GoOn.action in _since_it_waits(act.store, act.keys.log_seal, intent.name):
        return Done(None, quiet=True)
    return Done(None, tell_head(act, GOES_ON, _once(act, intent)))


def continue_(act: Act, intent: Continue) -> Done[None]:
    """Each bot that waits finds this in the log, and goes on."""
    if not hears(act):
        words = "Only the Head of Customer Success, or the person I ask in their place, can decide this."
        raise Refused(words, code="not_entitled")
    since = _since_it_waits(act.store, act.keys.log_seal, intent.name)
    if not since or GoOn.action in since:
        raise Refused("I trust my clock again, so nothing is waiting for this.", code="over")
    if Continue.action in since:
        raise Repeated(intent.name)
    return Done(None)


def is_confirmed(store: Store, sealer: Sealer, name: str) -> bool:
    """Whether the Head has said that the clock is right, since it waits."""
    return Continue.action in _since_it_waits(store, sealer, name)


def _since_it_waits(store: Store, sealer: Sealer, name: str) -> list[str]:
    """What was done from the last wait of this name on; nothing where there was none."""
    done = [one.action for one in store.audit.logged([name], [Wait.action, Continue.action, GoOn.action], sealer)]
    waits = [place for place, action in enumerate(done) if action == Wait.action]
    return done[waits[-1] :] if waits else []


def _once(act: Act, intent: Intent[None]) -> str:
    return f"{intent.action}:{act.store.audit.lock().seq}"


ROOM = Room(
    "waiting_clock",
    does=(Wait.by(wait), Continue.by(continue_), GoOn.by(go_on)),
    buttons={BUTTON: Does(Continue, "Continue", back="home")},
)
