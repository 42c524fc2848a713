"""What can be wanted of a stopped run, each with its name in the audit log (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Intent
from handlers.matters import intents as matters


@dataclass(frozen=True)
class Stop(Intent[bool]):
    """The clock, before anything is erased: whether the day's erasures stop. Answers whether they did just now."""

    action: ClassVar[str] = "stopped_runs.stop"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Agree(matters.OfMatter):
    """Somebody agrees that what stopped is erased."""

    action: ClassVar[str] = "stopped_runs.agree"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class End(matters.OfMatter):
    """The clock: nothing waits in it any more, so nobody has to agree."""

    action: ClassVar[str] = "stopped_runs.end"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Remind(matters.OfMatter):
    """The clock: whoever it waits for is reminded."""

    action: ClassVar[str] = "stopped_runs.remind"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who was asked can't be reached."""

    action: ClassVar[str] = "stopped_runs.reroute"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "stopped_runs.recheck"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """A stopped run's card was pressed somewhere."""

    action: ClassVar[str] = "stopped_runs.notice"
