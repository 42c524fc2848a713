"""What the program wants of the words of matters, each with its clause and its name in the audit log (P8, P11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Intent


@dataclass(frozen=True)
class _OfMatter(Intent[None]):
    clause: ClassVar[str] = "P11"
    matter: str

    @property
    def subject(self) -> str:
        return self.matter


@dataclass(frozen=True)
class EraseWords(_OfMatter):
    """The clock: a matter was closed so long ago that its words go."""

    action: ClassVar[str] = "words.erase"


@dataclass(frozen=True)
class EraseWordsAgain(_OfMatter):
    """The start: the database was restored, and brought back a key that had been destroyed."""

    action: ClassVar[str] = "words.erase_again"


@dataclass(frozen=True)
class ShowErased(_OfMatter):
    """The clock: the cards of a matter say that its words were erased."""

    action: ClassVar[str] = "words.show_erased"
