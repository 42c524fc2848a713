"""When a customer first asked anybody of the company: what somebody writes down, as a moment that may count (P8)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .calendars import Calendar
from .local_time import moment_of
from .refusal import Refused

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h ]?(?P<minute>\d\d))?\s*(?P<half>[ap])?\.?(?(half)m\.?)", re.ASCII | re.IGNORECASE
)
_DAY = timedelta(days=1)
_YEARS_BACK = 5
LIKE = "I can’t read this time. Write it like 14:30, or leave it empty."


def read_clock(typed: str) -> time:
    """A time of day as people write it, such as 14:30, 1430 or 2.30 pm; raises `ValueError` with a sentence."""
    found = _CLOCK.fullmatch(typed.strip())
    if found is None:
        raise ValueError(LIKE)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(LIKE)
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(LIKE) from None


def first_asked(day: date, clock: str, zone: str, began: datetime | None) -> datetime:
    """That day at that time, in an IANA zone; without a time its earliest moment, though not before the call `began` (aware)."""
    at = moment_of(day, read_clock(clock) if clock else time(), zone)
    same_day = not clock and began is not None and began.astimezone(ZoneInfo(zone)).date() == day
    return max(at, began) if same_day and began is not None else at


def refuse_future_day(field: str, day: date, here: datetime) -> None:
    """Raise `Refused` at this field unless the day has begun where it counts: at `here`, in an IANA zone."""
    if day > here.date():
        told = f"In {_city(str(here.tzinfo))} it is still {here:%a} {here.day} {here:%b}, so this day has not come yet."
        raise Refused.at({field: told}, "P8")


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def readable(day: date, now: datetime, zone: str) -> None:
    """Raises `Refused` at the field for a day that can't be meant."""
    here = now.astimezone(ZoneInfo(zone))
    refuse_future_day("received_on", day, here)
    if day.year < here.year - _YEARS_BACK:
        told = f"This is more than {_YEARS_BACK} years ago. Please look at the year again."
        raise Refused.at({"received_on": told}, "P8")


def possible(at: datetime, now: datetime, zone: str, began: datetime | None, *, several: bool = False) -> None:
    """Raises `Refused` at the field for a moment that has not come yet, or that was before the call, or the last of `several`, `began`."""
    here = ZoneInfo(zone)
    city = _city(zone)
    if at > now:
        told = f"In {city} it is {now.astimezone(here):%H:%M}, so this time has not come yet."
        raise Refused.at({"received_at": told}, "P8")
    if began is not None and at < began:
        local = began.astimezone(here)
        call = "One of these calls" if several else "The call"
        told = f"{call} began on {local:%a} {local.day} {local:%b} at {local:%H:%M} {city}, and they can’t have asked for it before that."
        told += " File it as a request of its own." if several else ""
        field = "received_on" if at.astimezone(here).date() < local.date() else "received_at"
        raise Refused.at({field: told}, "P8")


def working_days_since(calendar: Calendar, day: date, today: date) -> int:
    """How many working days there are after a day, until today and with it."""
    days = (day + number * _DAY for number in range(1, (today - day).days + 1))
    return sum(calendar.off(one) is None for one in days)


def left_words(calendar: Calendar, due: datetime, now: datetime) -> str:
    """How far off a due moment is, in working days of its line: “in 3 working days”, “today”, “1 working day late”."""
    here = ZoneInfo(calendar.zone)
    day, today = due.astimezone(here).date(), now.astimezone(here).date()
    if now > due:
        over = max(working_days_since(calendar, day, today), 0)
        return f"{_counted(over)} late" if over else "late since today"
    left = working_days_since(calendar, today, day)
    return f"in {_counted(left)}" if left else "today"


def _counted(number: int) -> str:
    return f"{number} working day{'' if number == 1 else 's'}"
