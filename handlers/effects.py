"""Everything that ever leaves the bot, as data: committed with the state, done afterwards by the delivery."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Show:
    """Bring one person's copy of a matter's card up to date: posted if it isn't there, else redrawn.

    `revision` is the matter's at the time; a copy never goes back to an older one.
    """

    person: int
    matter: str
    revision: int


@dataclass(frozen=True, slots=True)
class Tell:
    """A private word to one person that needs no card. `once` makes it one message however often it is asked for."""

    person: int
    words: str
    once: str


@dataclass(frozen=True, slots=True)
class Whisper:
    """A word that only this person sees and that need not last (the same thing stands on a card)."""

    person: int
    words: str
    once: str


@dataclass(frozen=True, slots=True)
class Stray:
    """A copy of a card that hangs somewhere we did not know of (posted just before a crash): bring it up to date."""

    person: int
    matter: str
    conversation: str
    message: str


@dataclass(frozen=True, slots=True)
class Home:
    """Redraw a person's home, if that person has ever opened it."""

    person: int


Effect = Show | Tell | Whisper | Stray | Home
