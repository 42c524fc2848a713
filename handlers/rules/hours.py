"""At what time of the day a call began, as people write it: a time, an hour, or a part of the day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

Hours = tuple[time, time]
"""From when to when on a day, both included."""
PARTS: Mapping[str, Hours] = MappingProxyType({
    "morning": (time(0), time(12)), "afternoon": (time(12), time(18)), "evening": (time(17), time(23, 59, 59)),
    "lunch": (time(11), time(15)), "noon": (time(11), time(13)),
})  # fmt: skip
_AT = r"(?<![\w.:+/-])(?:(?:at|around|about|ca) )?"
_TIME = re.compile(rf"{_AT}(?P<hour>[0-9]{{1,2}})[:h](?P<minute>[0-5][0-9])(?: ?(?P<half>[ap])m)?(?![\w:])")
_HOUR = re.compile(rf"{_AT}(?P<hour>[0-9]{{1,2}}) ?(?P<half>[ap])m(?!\w)")
_SAID = re.compile(
    r"\b(?:at|around|about|ca) (?P<hour>[0-9]{1,2})(?:[ :.](?P<minute>[0-9]{2}))?(?: ?(?P<half>[ap])m)?\b"
)
_PART = re.compile(rf"(?<!\w)(?:in the |at )?(?P<part>{'|'.join(PARTS)})(?!\w)")
# A time that was read somewhere, and one that somebody remembers.
_AROUND, _WIDELY = timedelta(minutes=10), timedelta(hours=1)
_OPENS = 7  # before this hour nobody of an office works
_DAY = date(2000, 1, 2)  # any day
_FIRST, _LAST = datetime.combine(_DAY, time()), datetime.combine(_DAY, time(23, 59, 59))


def hours_in(typed: str) -> tuple[Hours | None, str]:
    """The time that stands in these words (case-folded), some minutes around it, and the words without it."""
    for writing, around, lasts in (
        (_TIME, _AROUND, timedelta(seconds=59)),
        (_HOUR, timedelta(0), timedelta(minutes=59, seconds=59)),
    ):
        found = writing.search(typed)
        hour = _hour(found) if found else None
        if found and hour is not None:
            told = datetime.combine(_DAY, time(hour, int(found.groupdict().get("minute") or 0)))
            return (max(told - around, _FIRST).time(), min(told + lasts + around, _LAST).time()), _without(typed, found)
    return None, typed


def part_in(typed: str) -> tuple[Hours | None, str]:
    """The part of the day that stands in these words, and the words without it."""
    found = _PART.search(typed)
    return (PARTS[found["part"]], _without(typed, found)) if found else (None, typed)


def hours_around(text: str) -> Hours | None:
    """The time that a sentence tells (plain words), an hour around it; where neither half is told, the one in which people work."""
    found = _SAID.search(text)
    hour = _hour(found) if found else None
    if found is None or hour is None:
        return part_in(text)[0]
    hour += 12 if found["half"] is None and 0 < hour < _OPENS else 0
    told = datetime.combine(_DAY, time(hour, int(found["minute"] or 0) % 60))
    return max(told - _WIDELY, _FIRST).time(), min(told + _WIDELY, _LAST).time()


def _hour(found: re.Match[str]) -> int | None:
    hour, half = int(found["hour"]), found["half"]
    if hour > (12 if half else 23):
        return None
    return hour % 12 + (12 if half == "p" else 0) if half else hour


def _without(typed: str, found: re.Match[str]) -> str:
    return f"{typed[: found.start()].rstrip(' ,')} {typed[found.end() :].lstrip(' ,')}".strip()
