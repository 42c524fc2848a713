"""When a customer's request is spoken of again before and after its due moment (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .calendars import Calendar
from .working_days import Due

_DAY = timedelta(days=1)
BEFORE_CUT_OFF = timedelta(hours=1)
LATE_FROM = timedelta(seconds=1)
"""What comes at the due moment itself is still in time."""


def days_before(calendar: Calendar, day: date, number: int) -> date:
    """The working day that is so many working days before a day of the line's."""
    while number:
        day -= _DAY
        number -= calendar.off(day) is None
    return day


def last_day_before(calendar: Calendar, due: Due) -> datetime:
    """The morning of the last working day before the due day."""
    return calendar.begins(days_before(calendar, due.local.date(), 1))


def next_reminder(calendar: Calendar, due: Due, before: Iterable[int], now: datetime) -> datetime | None:
    """The first morning after `now` (aware) that is so many working days before the due day; None where none is left."""
    day = due.local.date()
    moments = (calendar.begins(days_before(calendar, day, number)) for number in before)
    return min((at for at in moments if at > now), default=None)


def next_on_the_day(calendar: Calendar, due: Due, now: datetime) -> datetime | None:
    """The morning of the due day, then an hour before its cut-off; None once both are past."""
    moments = (calendar.begins(due.local.date()), due.at - BEFORE_CUT_OFF)
    return min((at for at in moments if at > now), default=None)


def next_late(calendar: Calendar, due: Due, now: datetime, *, missed: bool) -> datetime:
    """Just after the due moment, past or to come, until it is on record as `missed`; from then on each working morning."""
    return next_morning(calendar, now) if missed else due.at + LATE_FROM


def next_morning(calendar: Calendar, now: datetime) -> datetime:
    """When work begins next on one of the line's working days, after `now` (aware)."""
    day = now.astimezone(ZoneInfo(calendar.zone)).date()
    while calendar.off(day) is not None or calendar.begins(day) <= now:
        day += _DAY
    return calendar.begins(day)
