"""Local times of a zone as moments, also where daylight saving skips them or has them twice."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .refusal import Refused

_TYPED = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)([T ](?P<clock>\d\d:\d\d(:\d\d([.,]\d{1,6}(?P<rest>\d*))?)?) ?(?P<offset>Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_YEARS = range(1900, 2101)
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
    typed = _TYPED.fullmatch(" ".join(text.upper().split()))
    if typed is None:
        raise Refused(f"“{_short(text)}” isn't a date and a time. {_LIKE}")
    if typed["clock"] is None:
        raise Refused(f"“{_short(text)}” has no time of day. {_LIKE}")
    try:
        found = datetime.fromisoformat(f"{typed['day']}T{typed['clock']}{typed['offset'] or ''}")
    except ValueError:
        raise Refused(f"“{_short(text)}” is on no calendar or clock. {_LIKE}") from None
    if found.year not in _YEARS:
        raise Refused(f"The year {found.year} is out of reach. Write one from {_YEARS[0]} to {_YEARS[-1]}.")
    # What is finer than a microsecond is rounded up: a nanosecond past the cut-off is past it.
    found += timedelta(microseconds=bool((typed["rest"] or "").strip("0")))
    return found if found.tzinfo else _meant(found.replace(tzinfo=ZoneInfo(zone)))


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
