"""What a customer's browser wants on the page of a copy (P8, P11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Intent


@dataclass(frozen=True)
class OpenLink(Intent[str]):
    """Link code and passcode, sent by a press: a session's secret, for a cookie.

    Raises `Refused` in the same words for whatever does not fit; a wrong passcode counts against the link, and an unknown code writes nothing.
    """

    action: ClassVar[str] = "customer.open_link"
    clause: ClassVar[str] = "P8"
    code: str
    passcode: str


@dataclass(frozen=True)
class Played(Intent[None]):
    """A part of a call is about to leave the house; seconds of its audio."""

    action: ClassVar[str] = "customer.played"
    clause: ClassVar[str] = "P8"
    session: str
    recording: int
    start: float
    end: float


@dataclass(frozen=True)
class Downloaded(Intent[None]):
    """A call's whole audio is about to leave the house, as recorded."""

    action: ClassVar[str] = "customer.downloaded"
    clause: ClassVar[str] = "P8"
    session: str
    recordings: tuple[int, ...]


@dataclass(frozen=True)
class HeardToEnd(Intent[None]):
    """All of a call was heard, or all of what was to be fetched has been."""

    action: ClassVar[str] = "customer.heard"
    clause: ClassVar[str] = "P8"
    session: str
    recording: int


@dataclass(frozen=True)
class LeavePage(Intent[None]):
    """The customer leaves: the session ends."""

    action: ClassVar[str] = "customer.leave_page"
    clause: ClassVar[str] = "P8"
    session: str
