"""When a call's audio is erased, and what was written of a matter: so many calendar months after it began, or was closed (P11, P12)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .local_time import moment_of


def erase_at(started: datetime, zone: str, months: int) -> datetime:
    """The first moment (UTC) that is not before so many whole months from the start of a call (aware), in an IANA zone.

    The same time of day on the same day of that month; where the month is too short, midnight at which the next one
    begins (a call of 29 February goes on 1 March). A time that daylight saving skips is the end of the gap, one that
    comes twice is the first.
    """
    return _months_later(started, zone, months)


def words_go_at(closed: datetime, zone: str, months: int) -> datetime:
    """The first moment (UTC) not before so many whole months from when a matter was closed (aware), in an IANA zone (P11)."""
    return _months_later(closed, zone, months)


def _months_later(started: datetime, zone: str, months: int) -> datetime:
    local = started.astimezone(ZoneInfo(zone))
    years, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    last = monthrange(years, month + 1)[1]
    if local.day > last:
        return moment_of(date(years, month + 1, last) + timedelta(days=1), local.time().min, zone)
    return moment_of(date(years, month + 1, local.day), local.time(), zone)


def erased_before(day: date, months: int) -> date:
    """The first day of calls of which not all are erased when a day begins: what began before it is gone (`erase_at`)."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = monthrange(years, month + 1)[1]
    if day.day > last:
        return date(years, month + 1, last) + timedelta(days=1)
    return date(years, month + 1, day.day)
