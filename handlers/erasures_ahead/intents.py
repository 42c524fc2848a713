"""What can be wanted of the card of erasures ahead, each with its name in the audit log (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Intent
from handlers.matters import intents as matters


@dataclass(frozen=True)
class Draw(Intent[None]):
    """The clock: work begins on a working day. `card` is what the deadline is about."""

    action: ClassVar[str] = "erasures_ahead.draw"
    clause: ClassVar[str] = "P12"
    card: str = "card"


@dataclass(frozen=True)
class _OfCall(Intent[None]):
    """Something that is wanted of a call on the card. `place` is the card's id, and the call's number after a colon."""

    clause: ClassVar[str] = "P4"
    place: str

    @property
    def subject(self) -> str:
        """The card's id; the entry of what was done is about the call."""
        return self.card

    @property
    def card(self) -> str:
        """The card's id."""
        return self.place.partition(":")[0]

    @property
    def recording(self) -> int:
        """The call's number; 0 for what is none."""
        number = self.place.partition(":")[2]
        return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


@dataclass(frozen=True)
class EraseOutside(_OfCall):
    """The Head: a call on a line that the policy does not name is erased."""

    action: ClassVar[str] = "erasures_ahead.erase_outside"


@dataclass(frozen=True)
class KeepOutside(_OfCall):
    """The Head: such a call stays where it is, and is listed no more."""

    action: ClassVar[str] = "erasures_ahead.keep_outside"


@dataclass(frozen=True)
class _OfFile(Intent[None]):
    """Something that is wanted of a file that could not be registered: `place` is the card's id, the file's number, and its `mark`."""

    clause: ClassVar[str] = "P4"
    place: str

    @property
    def subject(self) -> str:
        """The card's id; the entry of what was done is about the file."""
        return self.card

    @property
    def card(self) -> str:
        """The card's id."""
        return self.place.partition(":")[0]

    @property
    def file(self) -> int:
        """The file's number; 0 for what is none."""
        number = self.place.partition(":")[2].partition(":")[0]
        return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0

    @property
    def mark(self) -> str:
        """By which it is known whether it is still as it was shown."""
        return self.place.partition(":")[2].partition(":")[2]


@dataclass(frozen=True)
class EraseFile(_OfFile):
    """The Head: a file that could not be registered is erased."""

    action: ClassVar[str] = "erasures_ahead.erase_file"


@dataclass(frozen=True)
class KeepFile(_OfFile):
    """The Head: such a file stays where it is, and is listed no more."""

    action: ClassVar[str] = "erasures_ahead.keep_file"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who has the card can't be reached."""

    action: ClassVar[str] = "erasures_ahead.reroute"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "erasures_ahead.recheck"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """The card was pressed somewhere."""

    action: ClassVar[str] = "erasures_ahead.notice"
