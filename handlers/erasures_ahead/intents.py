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
