"""What can be wanted of every matter; each room gives it its own name in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.acting import Intent


@dataclass(frozen=True)
class OfMatter(Intent[None]):
    """Something that is wanted of one matter, by its id."""

    matter: str

    @property
    def subject(self) -> str:
        """The matter's id."""
        return self.matter


@dataclass(frozen=True)
class Reroute(OfMatter):
    """The delivery: somebody can't be reached, so somebody else must be asked. `code` is the platform's word.

    `began` is when the attempt began that found it out: whoever has come back since is tried once more.
    """

    person: int
    code: str
    outgoing: str
    began: datetime | None = None


@dataclass(frozen=True)
class Recheck(OfMatter):
    """The clock: see whether those who were asked are still the ones to decide."""


class Pressed(OfMatter, action="matters.pressed"):
    """Somebody pressed a matter's card, so they can be reached."""
