"""What the numbers of a month are gathered with: the transaction, the month, and what the reader may know of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.acting import Act
from handlers.policy import Policy
from handlers.rules.calendars import calendar_of
from handlers.rules.figure_tables import Cell
from handlers.rules.figures import Month, hours, worked
from handlers.words import moment_words

MayKnow = Callable[[str], bool]
"""Whether the reader may know of a matter (its id)."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A deadline that was missed: of what (`id`), when it was (aware), and why, as far as what is stored tells."""

    what: str
    id: str
    due: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """How one kind of deadline was kept in a month."""

    what: str
    met: int
    missed: tuple[Missed, ...]
    coming: int


@dataclass(slots=True)
class Gathering:
    """One month for one reader. `named` says whether people stand by name, or by id alone; `knows` is asked once of each matter."""

    act: Act
    month: Month
    may_know: MayKnow
    named: bool = True
    _known: dict[str, bool] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        return self.act.policy

    @property
    def zone(self) -> str:
        """The zone (IANA) in which the company tells its days."""
        return self.policy.lines[self.policy.company.home_line].time_zone

    def knows(self, matter: str) -> bool:
        """Whether the reader may know of a matter."""
        if matter not in self._known:
            self._known[matter] = self.may_know(matter)
        return self._known[matter]

    def took(self, line: str, since: datetime, until: datetime) -> timedelta:
        """The working time from one moment to another, by the line's own calendar, or the company's."""
        there = line if line in self.policy.lines else self.policy.company.home_line
        return worked(calendar_of(self.policy, there), since, until)

    def local(self, moment: datetime) -> str:
        """A moment by the company's clock, such as “Fri 12 Mar 2027, 17:00 Sydney”, for words that are kept."""
        return moment_words(moment, self.zone, None)


def waits(spans: list[timedelta]) -> tuple[Cell, Cell]:
    """The median and the longest, as two cells."""
    found = hours(spans)
    return found if found is not None else (None, None)
