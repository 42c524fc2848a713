"""What the clock wants of customers' requests (P8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.customers.intents.filing import OfRequest
from handlers.matters import intents as matters


@dataclass(frozen=True)
class Remind(OfRequest):
    """So many working days before the due day: whoever is to release it is reminded."""

    action: ClassVar[str] = "customer.remind"


@dataclass(frozen=True)
class DueToday(OfRequest):
    """The morning of the due day, and an hour before the cut-off."""

    action: ClassVar[str] = "customer.due_today"


@dataclass(frozen=True)
class Overdue(OfRequest):
    """The deadline has passed: an entry that cannot be removed, and each working day a reminder."""

    action: ClassVar[str] = "customer.overdue"


@dataclass(frozen=True)
class LinkEnds(OfRequest):
    """The link's days are over."""

    action: ClassVar[str] = "customer.link_ends"


@dataclass(frozen=True)
class EndRestoredLink(OfRequest):
    """The start: the database was restored, and may have brought back a link that had ended, or a mail that had gone."""

    action: ClassVar[str] = "customer.restored"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who was asked can't be reached."""

    action: ClassVar[str] = "customer.reroute"
    clause: ClassVar[str] = "P8"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "customer.recheck"
    clause: ClassVar[str] = "P8"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """A copy of its card was pressed somewhere."""

    action: ClassVar[str] = "customer.notice"
    clause: ClassVar[str] = "P8"
