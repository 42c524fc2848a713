"""What the clock, the delivery and a restore want of reports (P12, P13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from handlers.acting import Intent
from handlers.breach.intents.confidential import Confidential
from handlers.cards import Card


@dataclass(frozen=True)
class Find(Confidential[None]):
    """The bot itself noticed something: facts without a verdict, once for each cause; `whose` are those whose act it was."""

    action: ClassVar[str] = "breach.find"
    cause: str
    facts: str
    whose: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice(Confidential[int]):
    """The clock: report whatever the database itself shows and nobody reported. How many reports that made."""

    action: ClassVar[str] = "breach.notice"


@dataclass(frozen=True)
class Look(Confidential[int]):
    """The clock: ask the rule again, take the steps that are due, let go of what is over. How many were changed."""

    action: ClassVar[str] = "breach.look"


@dataclass(frozen=True)
class EndRestoredReports(Confidential[int]):
    """At each start: what the journal says was destroyed, and whose sight ended; `restored` says that an older database was put back."""

    action: ClassVar[str] = "breach.end_restored"
    traces: frozenset[str]
    restored: bool = False


@dataclass(frozen=True)
class WrapAnew(Confidential[str | None]):
    """The master key is replaced: so many reports, or messages about them, after one are wrapped anew. The last; None for all."""

    action: ClassVar[str] = "breach.wrap_anew"
    what: Literal["reports", "messages"]
    after: str
    most: int


@dataclass(frozen=True)
class RewriteReports(Confidential[None]):
    """Each midnight: write every row anew, so that what a database keeps beside a row says no more than the day."""

    action: ClassVar[str] = "breach.rewrite"


@dataclass(frozen=True, slots=True)
class Message:
    """A message about a report that is to go out now: to an account or to a person, a card, and where it stands already."""

    name: str
    card: Card
    person: int | None
    account: str
    platform: str = ""
    conversation: str = ""
    message: str = ""


@dataclass(frozen=True)
class Collect(Confidential[list[Message]]):
    """The messages that are to go out now."""

    action: ClassVar[str] = "breach.collect"


@dataclass(frozen=True)
class Delivered(Confidential[None]):
    """A message stands in a conversation now."""

    action: ClassVar[str] = "breach.delivered"
    name: str
    platform: str
    conversation: str
    message: str


@dataclass(frozen=True)
class Undelivered(Confidential[None]):
    """It could not be sent: later (`gone` False), or this person is out of reach."""

    action: ClassVar[str] = "breach.undelivered"
    name: str
    gone: bool
    wait: float = 30.0


@dataclass(frozen=True)
class Seal(Intent[None]):
    """Each midnight, reports or not: a sealed entry with the head of the reports' own log."""

    action: ClassVar[str] = "log.sealed"
    clause: ClassVar[str] = "P13"
    day: str

    @property
    def subject(self) -> str:
        return self.day
