"""A clock that isn't trusted: the Head hears what waits and why, and may say that the clock is right (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Act, Done, Intent
from handlers.door import Repeated
from handlers.room import Does, Room
from handlers.rules.refusal import Refused
from handlers.telling_head import hears, tell_head
from storage.database.store import Store

BUTTON = "clock_continue"
WAITS = (
    "I can't trust my clock, so until it is right I don't close or erase calls, end access or let requests lapse. {why} Everything "
    "else goes on. Please have the machine's clock checked. If it is right, press Continue."
)
GOES_ON = "I trust my clock again, so I'm closing and erasing calls, ending access and letting requests lapse as usual."


@dataclass(frozen=True)
class _OfClock(Intent[None]):
    """`name` is the wait's id."""

    clause: ClassVar[str] = "P12"
    name: str

    @property
    def subject(self) -> str:
        return self.name


@dataclass(frozen=True)
class Wait(_OfClock):
    """The clock: what can't be undone waits, since the time isn't certain.

    `why` is a word for the log, `words` a sentence for the Head.
    """

    action: ClassVar[str] = "clock.wait"
    why: str
    words: str


@dataclass(frozen=True)
class Continue(_OfClock):
    """The Head: the machine's clock is right."""

    action: ClassVar[str] = "clock.continue"


@dataclass(frozen=True)
class GoOn(_OfClock):
    """The clock: what had waited goes on, since the time is certain again."""

    action: ClassVar[str] = "clock.go_on"


def wait(act: Act, intent: Wait) -> Done[None]:
    """Tell the Head, or whoever is asked in the Head's place."""
    told = tell_head(act, WAITS.format(why=intent.words), f"{intent.name}:waits", BUTTON, intent.name)
    return Done(None, told, detail={"why": intent.why})


def go_on(act: Act, intent: GoOn) -> Done[None]:
    """Tell them that it is over."""
    return Done(None, tell_head(act, GOES_ON, f"{intent.name}:over"))


def continue_(act: Act, intent: Continue) -> Done[None]:
    """The bot that waits finds this in the log, and goes on."""
    if not hears(act):
        raise Refused(
            "Only the Head of Customer Success, or the person I ask in their place, can decide this.",
            code="not_entitled",
        )
    done = _done(act.store, intent.name)
    if GoOn.action in done or Wait.action not in done:
        raise Refused("I trust my clock again, so nothing is waiting for this.", code="over")
    if Continue.action in done:
        raise Repeated(intent.name)
    return Done(None)


def is_confirmed(store: Store, name: str) -> bool:
    """Whether the Head has said that the clock is right, for this wait."""
    return Continue.action in _done(store, name)


def _done(store: Store, name: str) -> set[str]:
    return {one.action for one in store.evidence.logged([name], [Wait.action, Continue.action, GoOn.action])}


ROOM = Room(
    "waiting_clock",
    does=(Wait.by(wait), Continue.by(continue_), GoOn.by(go_on)),
    buttons={BUTTON: Does(Continue, "Continue", back="home")},
)
