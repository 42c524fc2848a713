"""Local times of a zone as moments, also where daylight saving skips them or has them twice."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from .refusal import Refused

_TYPED = re.compile(
    r"(?P<year>\d{4})(?P<dash>-?)"
    r"(?:W(?P<week>\d\d)(?P=dash)(?P<weekday>\d)|(?P<ordinal>\d{3})|(?P<month>\d\d)(?P=dash)(?P<day>\d\d))"
    r"(?:[T ](?P<hour>\d\d)(?:(?P<colon>:?)(?P<minute>\d\d)(?:(?P=colon)(?P<second>\d\d))?)?(?:[.,](?P<part>\d{1,99}))?"
    r" ?(?P<offset>Z|(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>\d\d))?)?)?",
    re.ASCII,
)
"""A date and a time as ISO 8601 writes them: by month, week or day of the year, with marks between or without."""
_YEARS = range(1900, 2101)
_DAY = timedelta(days=1)
_LIKE = "Write it like 2027-04-22T17:20, or 2027-04-22T17:20+10:00."


@lru_cache(maxsize=4096)
def moment_of(day: date, clock: time, zone: str) -> datetime:
    """The moment (UTC) at which it is that time on that day in an IANA zone.

    A time that daylight saving skips is the end of the gap; one that comes twice is the first (readings of P8 and P12).
    """
    local = datetime.combine(day, clock, ZoneInfo(zone))
    return local.astimezone(UTC) if _exists(local) else _end_of_gap(local, ZoneInfo(zone))


def read_moment(text: str, zone: str) -> datetime:
    """The moment (aware) that somebody typed in ISO 8601; without an offset it is the local time of the zone.

    Raises `Refused` with a sentence: for what is no time, and for a local time that doesn't exist or comes twice, since
    only whoever typed it knows what was meant.
    """
    typed = _TYPED.fullmatch(" ".join(text.upper().replace("\N{MINUS SIGN}", "-").split()))
    if typed is None:
        raise Refused(f"“{_short(text)}” isn't a date and a time. {_LIKE}")
    if typed["hour"] is None:
        raise Refused(f"“{_short(text)}” has no time of day. {_LIKE}")
    if int(typed["year"]) not in _YEARS:
        raise Refused(f"The year {int(typed['year'])} is out of reach. Write one from {_YEARS[0]} to {_YEARS[-1]}.")
    try:
        found = datetime.combine(_day(typed), time(), _offset(typed)) + _clock(typed)
    except ValueError:
        raise Refused(f"“{_short(text)}” is on no calendar or clock. {_LIKE}") from None
    return found if found.tzinfo else _meant(found.replace(tzinfo=ZoneInfo(zone)))


def _day(typed: re.Match[str]) -> date:
    """Raises `ValueError` for what is on no calendar."""
    year = int(typed["year"])
    if typed["week"]:
        return date.fromisocalendar(year, int(typed["week"]), int(typed["weekday"]))
    if typed["month"]:
        return date(year, int(typed["month"]), int(typed["day"]))
    found = date(year, 1, 1) + (int(typed["ordinal"]) - 1) * _DAY
    if found.year != year:
        raise ValueError(typed["ordinal"])
    return found


def _clock(typed: re.Match[str]) -> timedelta:
    """The time of day, where 24:00 is the end of it. Raises `ValueError` for what is on no clock.

    A part is one of the smallest unit that is written. What is finer than a microsecond is rounded up: a nanosecond past
    the cut-off is past it.
    """
    hour, minute, second = (int(typed[one] or 0) for one in ("hour", "minute", "second"))
    unit = timedelta(seconds=1) if typed["second"] else timedelta(minutes=1) if typed["minute"] else timedelta(hours=1)
    digits = typed["part"] or "0"
    part = timedelta(microseconds=-(-int(digits) * (unit // timedelta(microseconds=1)) // 10 ** len(digits)))
    found = timedelta(hours=hour, minutes=minute, seconds=second) + part
    if hour != 24 or found != _DAY:
        time(hour, minute, second)
    return found


def _offset(typed: re.Match[str]) -> timezone | None:
    """Raises `ValueError` for one that is on no clock."""
    if typed["offset"] in (None, "Z"):
        return UTC if typed["offset"] else None
    ahead = time(int(typed["hours"]), int(typed["minutes"] or 0))
    offset = timedelta(hours=ahead.hour, minutes=ahead.minute)
    return timezone(-offset if typed["sign"] == "-" else offset)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 40 else f"{plain[:40]}…"


def _exists(local: datetime) -> bool:
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return (back.date(), back.time()) == (local.date(), local.time())


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    # A zone tells its offset at a moment only, so the moment at which it jumps is searched for between the two readings.
    first, last = (int(local.replace(fold=fold).timestamp()) for fold in (1, 0))
    after = local.replace(fold=1).utcoffset()
    steps = bisect_left(
        range(first, last), x=True, key=lambda at: datetime.fromtimestamp(at, zone).utcoffset() == after
    )
    return datetime.fromtimestamp(first + steps, UTC)


def _meant(local: datetime) -> datetime:
    said, where = f"{local:%H:%M} on {local:%Y-%m-%d}", local.tzinfo
    if not _exists(local):
        raise Refused(f"{said} does not exist in {where}, where clocks go forward. Write a time that does.")
    first, second = (local.replace(fold=fold).isoformat()[-6:] for fold in (0, 1))
    if first != second:
        raise Refused(f"{said} comes twice in {where}. Write {first} behind it for the first, {second} for the second.")
    return local
