"""Local times, a line's calendar, and deadlines in working days with a count that anyone can follow (P8)."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

from handlers.policy import Policy
from handlers.policy.values import shown_value
from handlers.rules import Refused

_YEARS = range(1900, 2101)
_DAY = timedelta(days=1)
_LIKE = "Write it like 2027-04-22T17:20, or 2027-04-22T17:20+10:00."


@lru_cache(maxsize=4096)
def moment_of(day: date, clock: time, zone: str) -> datetime:
    """Return the moment (UTC) at which it is that time on that day in an IANA zone.

    A time that daylight saving skips is the end of the gap; one that comes twice is the first (readings of P8 and P12).
    """
    local = datetime.combine(day, clock, ZoneInfo(zone))
    return local.astimezone(UTC) if _moment_exists(local) else _end_of_gap(local, ZoneInfo(zone))


def read_moment(text: str, zone: str) -> datetime:
    """Return the moment (aware) that was typed in ISO 8601; without an offset it is local time in the zone.

    Raises `Refused` with a sentence if it isn't a time, or if it is a local time that doesn't exist or comes twice:
    only the person who typed it knows which was meant.
    """
    typed = " ".join(text.upper().replace("\N{MINUS SIGN}", "-").split()).replace(" +", "+").replace(" -", "-")
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise Refused(f"“{shown_value(text)}” isn't a date and a time. {_LIKE}") from None
    if re.fullmatch(r"[\dW-]+", typed):
        raise Refused(f"“{shown_value(text)}” has no time of day. {_LIKE}")
    if moment.year not in _YEARS:
        raise Refused(f"I can't count in the year {moment.year}. Write one from {_YEARS[0]} to {_YEARS[-1]}.")
    return moment if moment.tzinfo else _meant_moment(moment.replace(tzinfo=ZoneInfo(zone)))


def _moment_exists(local: datetime) -> bool:
    """Return False for a local time that clocks skip: there and back through UTC, it comes out as another time."""
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return (back.date(), back.time()) == (local.date(), local.time())


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment (UTC) at which clocks jump over this local time."""
    # A zone tells its offset at a moment only, so the moment at which it jumps is searched for between the two readings.
    first, last = (int(local.replace(fold=fold).timestamp()) for fold in (1, 0))
    after = local.replace(fold=1).utcoffset()
    steps = bisect_left(
        range(first, last), x=True, key=lambda at: datetime.fromtimestamp(at, zone).utcoffset() == after
    )
    return datetime.fromtimestamp(first + steps, UTC)


def _meant_moment(local: datetime) -> datetime:
    """Return this local time; raises `Refused` if clocks skip it, or if it comes twice."""
    written, where = f"{local:%H:%M} on {local:%Y-%m-%d}", local.tzinfo
    if not _moment_exists(local):
        raise Refused(f"{written} doesn't exist in {where}, where clocks go forward. Write a time that does.")
    first, second = (local.replace(fold=fold).isoformat()[-6:] for fold in (0, 1))
    if first != second:
        raise Refused(f"{written} comes twice in {where}. Add {first} for the first, {second} for the second.")
    return local


USUALLY = time(9)  # when a working day begins, where the policy does not say

DECLARED_TO = 2026
"""The last year whose public holidays count as all declared: that of the release of `holidays` in uv.lock.

Later years are computed. What a government proclaims for one year alone, such as a day of mourning, is missing there.
"""
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day that is no working day; `name` is that of the public holiday, as its country calls it."""

    day: date
    why: Literal["weekend", "public holiday", "closure day"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of one line (E.164). `weekdays` counts from Monday as 0; `zone` is IANA; times are local."""

    line: str
    zone: str
    country: str
    subdivision: str
    weekdays: frozenset[int]
    closures: frozenset[date]
    start: time
    cut_off: time

    def off(self, day: date) -> DayOff | None:
        """Return why this isn't a working day; None if it is one.

        Raises `Refused` for a year whose holidays are unknown.
        """
        named = _named_holidays(self.country, self.subdivision, day.year)
        if day.weekday() not in self.weekdays:
            return DayOff(day, "weekend")
        if day in named:
            return DayOff(day, "public holiday", named[day])
        return DayOff(day, "closure day") if day in self.closures else None

    def begins(self, day: date, zone: str = "") -> datetime:
        """Return when work begins on a day (UTC), in the line's zone or in another one."""
        return moment_of(day, self.start, zone or self.zone)

    def ends(self, day: date, zone: str = "") -> datetime:
        """Return the last moment of work on a day (UTC); it is still in time itself."""
        return moment_of(day, self.cut_off, zone or self.zone)


def calendar_of(policy: Policy, number: str) -> Calendar:
    """Return the calendar of a line of the policy (E.164); KeyError for any other."""
    line = policy.lines[number]
    return Calendar(
        line=number,
        zone=line.time_zone,
        country=line.calendar.country,
        subdivision=line.calendar.subdivision,
        weekdays=frozenset(_WEEK.index(name) for name in policy.working_time.days),
        closures=frozenset(one.day for one in policy.company.closure_days if number in (one.lines or policy.lines)),
        start=policy.working_time.start or USUALLY,
        cut_off=policy.working_time.cut_off,
    )


@lru_cache(maxsize=1024)
def _named_holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Return a year's public holidays, with their names; raises `Refused` if they aren't known."""
    found = holidays.country_holidays(country, subdiv=subdivision, years=year)
    if not found.start_year <= year <= found.end_year:
        known = f"Write a date from {found.start_year} to {found.end_year}."
        raise Refused(f"The public holidays of {year} in {country} aren’t known. {known}")
    return dict(found.items())


_Days = tuple[date, ...]
_Offs = tuple[DayOff, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, and how that was counted. Moments are UTC, dates are in the line's zone.

    `day0` is the day of receipt; it is a later day if the request came `late` (after the cut-off of a working day), or
    on one of the non-working days listed in `before`. `counted` are the working days after it, ending on the due day;
    `skipped` are the other days among them.
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

    @property
    def local(self) -> datetime:
        """The due moment in the line's zone."""
        return self.at.astimezone(ZoneInfo(self.zone))

    @property
    def undeclared(self) -> tuple[int, ...]:
        """The years of the count whose public holidays aren't all declared yet."""
        years = range(self.received.astimezone(ZoneInfo(self.zone)).year, self.counted[-1].year + 1)
        return tuple(year for year in years if year > DECLARED_TO)


def due_after(calendar: Calendar, received: datetime, days: int) -> Due:
    """Return when what was received at a moment (aware) is due: at the cut-off of the n-th working day after day 0
    (P8). Raises `Refused` if the count leaves the years whose holidays are known; ValueError for less than one day and
    for a moment without zone.
    """
    if days < 1 or received.tzinfo is None:
        raise ValueError("one working day at least, from a moment with its zone")
    first = received.astimezone(ZoneInfo(calendar.zone)).date()
    late = calendar.off(first) is None and received > calendar.ends(first)
    day0, before, counted, skipped = _count_days(calendar, first + _DAY if late else first, days)
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
    )


def earliest_due(policy: Policy, lines: Iterable[str], received: datetime, days: int) -> Due:
    """Return when a matter with calls of several lines (E.164) is due: at the earliest of their moments (P8).

    Of two that are the same, that of the line named first. Raises as `due_after`, and KeyError for a line of no policy.
    """
    sums = (due_after(calendar_of(policy, line), received, days) for line in lines)
    return min(sums, key=lambda one: one.at)


@lru_cache(maxsize=1024)
def _count_days(calendar: Calendar, since: date, days: int) -> tuple[date, _Offs, _Days, _Offs]:
    """Return the count for anything received on this day: day 0, the days off before it, the working days after it, and
    the days off among those.
    """
    [day0], before = _walk_days(calendar, since, 1)
    counted, skipped = _walk_days(calendar, day0 + _DAY, days)
    return day0, before, counted, skipped


def _walk_days(calendar: Calendar, day: date, wanted: int) -> tuple[_Days, _Offs]:
    """Return the next `wanted` working days from this day on, and the days off among them."""
    works: list[date] = []
    offs: list[DayOff] = []
    while len(works) < wanted:
        if off := calendar.off(day):
            offs.append(off)
        else:
            works.append(day)
        day += _DAY
    return tuple(works), tuple(offs)
