"""What a customer's browser wants on the pages of a copy (P8, P11). `link` is an id, `session` the secret of a cookie."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from handlers.acting import Intent


@dataclass(frozen=True, slots=True)
class Entered:
    """Who is let in: the link's id, and a session's secret for a cookie; both are empty where it doesn't fit.

    `over` says that both fitted and the link is over.
    """

    link: str = ""
    secret: str = field(default="", repr=False)
    over: bool = False


@dataclass(frozen=True)
class OpenLink(Intent[Entered]):
    """Link code and passcode, sent by a press. A wrong passcode counts against the link, so what doesn't fit is answered, not raised."""

    action: ClassVar[str] = "customer.open_link"
    clause: ClassVar[str] = "P8"
    code: str = field(repr=False)
    passcode: str = field(repr=False)


@dataclass(frozen=True)
class OfLink(Intent[None]):
    """Something wanted under a session that a link let in."""

    clause: ClassVar[str] = "P8"
    link: str
    session: str = field(repr=False)

    @property
    def subject(self) -> str:
        return self.link


@dataclass(frozen=True)
class Stay(OfLink):
    """Somebody is there: the session goes on, within its day."""

    action: ClassVar[str] = "customer.stay"


@dataclass(frozen=True)
class Played(OfLink):
    """A part of a call is about to leave the house; seconds of its audio."""

    action: ClassVar[str] = "customer.played"
    clause: ClassVar[str] = "P11"
    recording: int
    start: float
    end: float


@dataclass(frozen=True)
class Downloaded(OfLink):
    """Audio is about to leave the house as recorded, all of these calls; of a single one from `start` to `end` seconds."""

    action: ClassVar[str] = "customer.downloaded"
    clause: ClassVar[str] = "P11"
    recordings: tuple[int, ...]
    start: float = 0.0
    end: float | None = None


@dataclass(frozen=True)
class HeardToEnd(OfLink):
    """The end of a call was heard; or, where copies are given, the last of its bytes has left."""

    action: ClassVar[str] = "customer.heard"
    recording: int


@dataclass(frozen=True)
class LeavePage(OfLink):
    """The customer leaves: the session ends."""

    action: ClassVar[str] = "customer.leave_page"
