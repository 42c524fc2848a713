"""What can be wanted about absences: to say so, and to be back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handlers import opening
from handlers.acting import Intent
from handlers.cards import Actions


@dataclass(frozen=True)
class Begin(opening.Begin):
    """Somebody opens the form."""

    action: ClassVar[str] = "away.begin"


@dataclass(frozen=True)
class Said:
    """What the person reads afterwards: from when until when, the button that takes it back, and what stands still meanwhile."""

    words: str
    back: tuple[Actions, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Say(Intent[Said]):
    """I am away on these days, first and last included. `key` is that of the submission, so that it is done once."""

    action: ClassVar[str] = "away.say"
    first: date
    last: date
    key: str


@dataclass(frozen=True)
class Back(Intent[None]):
    """I am back, or shall not be away after all. `absence` is its id."""

    action: ClassVar[str] = "away.back"
    absence: str

    @property
    def subject(self) -> str:
        return self.absence
