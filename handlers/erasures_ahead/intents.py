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
class _OnCard(Intent[None]):
    """Something that is wanted of what the card lists. `place` is the card's id and, after a colon, which of them."""

    clause: ClassVar[str] = "P4"
    place: str

    @property
    def subject(self) -> str:
        """The card's id; the entry of what was done is about what was decided."""
        return self.card

    @property
    def card(self) -> str:
        """The card's id."""
        return self.place.partition(":")[0]


def _number(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0


@dataclass(frozen=True)
class _OfCall(_OnCard):
    """Something that is wanted of a call: `place` has its number."""

    @property
    def recording(self) -> int:
        """The call's number; 0 for what is none."""
        return _number(self.place.partition(":")[2])


@dataclass(frozen=True)
class EraseOutside(_OfCall):
    """The Head: a call on a line that the policy does not name is erased."""

    action: ClassVar[str] = "erasures_ahead.erase_outside"


@dataclass(frozen=True)
class KeepOutside(_OfCall):
    """The Head: such a call stays where it is, and is listed no more."""

    action: ClassVar[str] = "erasures_ahead.keep_outside"


@dataclass(frozen=True)
class _OfFile(_OnCard):
    """Something that is wanted of a file that could not be registered: `place` has its number and, after a colon, its `mark`."""

    @property
    def file(self) -> int:
        """The file's number; 0 for what is none."""
        return _number(self.place.partition(":")[2].partition(":")[0])

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
