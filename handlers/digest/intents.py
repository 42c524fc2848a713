"""What can be wanted of the weekly digest, each with its name in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from handlers.acting import Intent
from handlers.matters import intents as matters


@dataclass(frozen=True, slots=True)
class Verified:
    """What the last verification of the log found: so many entries, so many things that do not fit, and when (aware).

    Not `compared`: the checkpoints outside the database could not be read then, or were lost.
    """

    entries: int
    faults: int
    at: datetime
    compared: bool = True


@dataclass(frozen=True)
class Make(Intent[None]):
    """The clock: the week has begun. Without `verified` the log could not be verified by then."""

    action: ClassVar[str] = "digest.make"
    verified: Verified | None = None


@dataclass(frozen=True)
class See(Intent[None]):
    """Somebody who was asked has seen it."""

    action: ClassVar[str] = "digest.see"
    digest: str

    @property
    def subject(self) -> str:
        """The digest's id."""
        return self.digest


@dataclass(frozen=True)
class PassOn(matters.OfMatter):
    """The clock: nobody has seen it in time."""

    action: ClassVar[str] = "digest.pass_on"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """A reader can't be reached."""

    action: ClassVar[str] = "digest.reroute"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "digest.recheck"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """The card was pressed somewhere."""

    action: ClassVar[str] = "digest.notice"
