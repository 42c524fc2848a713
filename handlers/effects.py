"""Everything that ever leaves the bot, as data: committed with the state, done afterwards by the delivery."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Show:
    """Bring one person's copy of a matter's card up to date: posted if it isn't there, else redrawn.

    `revision` is the matter's at the time; a copy never goes back to an older one. `again` tells a second try at the
    same revision from the first, for a copy that stayed behind.
    """

    person: int
    matter: str
    revision: int
    again: str = ""


@dataclass(frozen=True, slots=True)
class Tell:
    """A private word to one person that needs no card. `once` makes it one message however often it is asked for."""

    person: int
    words: str
    once: str


@dataclass(frozen=True, slots=True)
class Whisper:
    """A word that only this person sees and that need not last (the same thing stands on a card).

    `platform` is where it is said: where the person pressed something.
    """

    person: int
    words: str
    once: str
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """A copy of a card that hangs somewhere we did not know of (posted just before a crash): bring it up to date."""

    person: int
    matter: str
    platform: str
    conversation: str
    message: str


@dataclass(frozen=True, slots=True)
class Home:
    """Redraw a person's home on a platform; `fresh` because it was asked for, so that it stands where the person looks."""

    person: int
    platform: str
    fresh: bool = False


Effect = Show | Tell | Whisper | Stray | Home


def at_home(platform: str) -> str:
    """The name under which a home is kept among the copies of cards, on a platform where it is a message."""
    return f"home:{platform}"
