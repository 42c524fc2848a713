"""A line's calendar: which days are no working days and why, and when work begins and ends on the others (P8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Literal

import holidays
from holidays.version import __version__ as library

from handlers.policy import Policy

from .local_time import moment_of
from .refusal import Refused

USUALLY = time(9)  # when a working day begins, where the policy does not say

DECLARED_TO = 2026
"""The last year whose public holidays count as all declared: that of the release of `holidays` in uv.lock.

Later years are computed. What a government proclaims for one year alone, such as a day of mourning, is missing there.
"""
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day that is no working day; `name` is that of the public holiday, as its country calls it."""

    day: date
    why: Literal["weekend", "public holiday", "closure day"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """What a calendar said of the days from `first` to `last`, so that a later change is recognised.

    `digest` is a SHA-256 of those that were no working days. `library` is the version of `holidays`, for people only:
    another one that says the same days is no change.
    """

    name: str
    first: date
    last: date
    digest: str
    library: str


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
        """Why this is no working day, or None where it is one; `Refused` for a year whose holidays nobody knows."""
        named = _named(self.country, self.subdivision, day.year)
        if day.weekday() not in self.weekdays:
            return DayOff(day, "weekend")
        if day in named:
            return DayOff(day, "public holiday", named[day])
        return DayOff(day, "closure day") if day in self.closures else None

    def begins(self, day: date, zone: str = "") -> datetime:
        """When work begins on a day (UTC), in the line's zone or in another one."""
        return moment_of(day, self.start, zone or self.zone)

    def ends(self, day: date, zone: str = "") -> datetime:
        """The last moment of work on a day (UTC); it is still in time itself."""
        return moment_of(day, self.cut_off, zone or self.zone)

    def offs(self, first: date, last: date) -> Iterator[DayOff]:
        """The days from `first` to `last` that are no working days."""
        days = ((first + number * _DAY) for number in range((last - first).days + 1))
        return (off for day in days if (off := self.off(day)))

    def version(self, first: date, last: date) -> Version:
        text = "\n".join(off.day.isoformat() for off in self.offs(first, last))
        name = f"{self.country}-{self.subdivision}"
        return Version(name, first, last, sha256(text.encode()).hexdigest(), library)


def calendar_of(policy: Policy, number: str) -> Calendar:
    """The calendar of a line of the policy (E.164); KeyError for any other."""
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
def _named(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    found = holidays.country_holidays(country, subdiv=subdivision, years=year)
    if not found.start_year <= year <= found.end_year:
        known = f"Write a date from {found.start_year} to {found.end_year}."
        raise Refused(f"Nobody knows the public holidays of {year} in {country}. {known}")
    return dict(found.items())
