"""What can be wanted of the month at a glance, each with its name in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Intent


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time code for the page, and the month that it opens with."""

    code: str
    month: str


@dataclass(frozen=True)
class Open(Intent[Link]):
    """Somebody presses Open with pictures; the answer is a code, known to nobody else."""

    action: ClassVar[str] = "figures.code"
    month: str

    @property
    def subject(self) -> str:
        """The month."""
        return self.month


@dataclass(frozen=True)
class Exchange(Intent[str]):
    """The page exchanges its code for a session, once."""

    action: ClassVar[str] = "figures.open"
    code: str


@dataclass(frozen=True)
class Leave(Intent[None]):
    """Whoever reads has done with it: the session opens nothing any more."""

    action: ClassVar[str] = "figures.leave"
    session: str


@dataclass(frozen=True)
class Schedule(Intent[None]):
    """A start, or the clock once a day: when both officers are told next; there is one calendar of months."""

    action: ClassVar[str] = "figures.schedule"


@dataclass(frozen=True)
class TellOfMonth(Intent[None]):
    """The clock: a month is over. `month` is what the deadline is about."""

    action: ClassVar[str] = "figures.tell"
    month: str = "month"
