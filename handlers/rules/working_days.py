"""How a deadline in working days is counted, and what of the sum is kept, so that anybody can follow it (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from handlers.policy import Policy

from .calendars import DECLARED_TO, Calendar, DayOff, Version, calendar_of

_DAY = timedelta(days=1)
_Days = tuple[date, ...]
_Offs = tuple[DayOff, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, with its whole sum; moments are UTC, dates are those of the line's zone.

    `day0` is the day that counts as that of receipt; it is a later one where `late` (after the cut-off of a working day)
    or where `before` has days (from the one of receipt on) on which nobody works. `counted` are the working days after
    it, the last of them the day on which it is due; `skipped` are the others among them.
    """

    line: str
    zone: str
    received: datetime
    cut_off: time
    late: bool
    before: tuple[DayOff, ...]
    day0: date
    counted: tuple[date, ...]
    skipped: tuple[DayOff, ...]
    at: datetime
    calendar: Version

    @property
    def local(self) -> datetime:
        """The due moment in the line's zone."""
        return self.at.astimezone(ZoneInfo(self.zone))

    @property
    def undeclared(self) -> tuple[int, ...]:
        """Years of the sum whose public holidays are not all declared yet."""
        years = range(self.calendar.first.year, self.calendar.last.year + 1)
        return tuple(year for year in years if year > DECLARED_TO)


def due(calendar: Calendar, received: datetime, days: int) -> Due:
    """When what was received at a moment (aware) is due: at the cut-off of the n-th working day after day 0 (P8).

    Raises `Refused` where the count leaves the years whose holidays are known; ValueError for less than one day and for
    a moment without zone.
    """
    if days < 1 or received.tzinfo is None:
        raise ValueError("one working day at least, from a moment with its zone")
    first = received.astimezone(ZoneInfo(calendar.zone)).date()
    late = calendar.off(first) is None and received > calendar.ends(first)
    day0, before, counted, skipped, version = _count(calendar, first, first + _DAY if late else first, days)
    return Due(
        line=calendar.line,
        zone=calendar.zone,
        received=received.astimezone(UTC),
        cut_off=calendar.cut_off,
        late=late,
        before=before,
        day0=day0,
        counted=counted,
        skipped=skipped,
        at=calendar.ends(counted[-1]),
        calendar=version,
    )


def earliest(policy: Policy, lines: Iterable[str], received: datetime, days: int) -> Due:
    """When a matter with calls of several lines (E.164) is due: at the earliest of their moments (P8).

    Of two that are the same, that of the line named first. Raises as `due`, and KeyError for a line of no policy.
    """
    sums = (due(calendar_of(policy, line), received, days) for line in lines)
    return min(sums, key=lambda one: one.at)


@lru_cache(maxsize=1024)
def _count(calendar: Calendar, first: date, since: date, days: int) -> tuple[date, _Offs, _Days, _Offs, Version]:
    """The sum for all that was received on one day: day 0 with the days before it, and what follows."""
    [day0], before = _walk(calendar, since, 1)
    counted, skipped = _walk(calendar, day0 + _DAY, days)
    return day0, before, counted, skipped, calendar.version(first, counted[-1])


def _walk(calendar: Calendar, day: date, wanted: int) -> tuple[_Days, _Offs]:
    """The next working days from a day on, and the days among them that are none."""
    works: list[date] = []
    offs: list[DayOff] = []
    while len(works) < wanted:
        if off := calendar.off(day):
            offs.append(off)
        else:
            works.append(day)
        day += _DAY
    return tuple(works), tuple(offs)
