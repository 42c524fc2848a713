"""Which days and hours somebody means who writes them: day before month, and never a day to come."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import get_args

from handlers.policy.values import Weekday

Days = tuple[date, date]
"""The first and the last, both included."""
Said = Mapping[str, str | None]
_ONE, _WEEK = timedelta(days=1), timedelta(days=7)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = get_args(Weekday)
_LETTERS = 3  # by which a month or a weekday is known
_NUMBERS: Mapping[str, int] = MappingProxyType({
    "a": 1, "an": 1, "one": 1, "two": 2, "a couple of": 2, "couple of": 2, "three": 3, "a few": 3, "few": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
})  # fmt: skip
_CENTURY = 2000
_WISH = "(?! (?:i|we|he|she|they|you|be|have)\\b)"  # such as “may I hear”
_NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?{_WISH if name == 'may' else ''}" for name in _MONTHS)
_MONTH = rf"(?P<month>{_NAMES}|sept)\.?"
_DAY = "(?P<day>[0-9]{1,2})"
_TH = r"(?:st|nd|rd|th|\.)?"
_YEAR = "(?P<year>(?:19|20)[0-9]{2}|[’'][0-9]{2})"
_SHORT_YEAR = "(?P<year>(?:19|20)?[0-9]{2}|[’'][0-9]{2})"  # behind a day and a month, where it can be nothing else
_NUMBER = "(?P<number>[0-9]{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"
_BEFORE = "(?:(?:on|in|of|the|from) )?"
_WHICH = f"{_BEFORE}(?P<which>last|past|previous|this)"
_SINCE, _FROM = re.compile(r"\bsince (?:last |this )?$"), re.compile(r"\b(?:from|between) $")
_UNTIL = re.compile(r" ?(?:to|until|till|and|through|-|–) ?")
_LIMIT = re.compile(r"\b(?P<limit>before|after|until|till|up to) (?:the )?$")
_EARLIEST = date(2000, 1, 1)
_PLAIN = "|".join(_WEEKDAYS) + "|tues|weds|thurs"
_SHORT = "|".join(name[:_LETTERS] for name in _WEEKDAYS) + "|thur"
_AS_SPAN = re.compile(
    rf"([0-9]{{1,2}}[./][0-9]{{1,2}}\.?(?:[0-9]{{4}})?|\b(?:{'|'.join(n[:3] for n in (*_MONTHS, *_WEEKDAYS))}))-(?=[0-9]{{1,2}}[./]|[a-z]{{3}}\b)"
)
"""A hyphen between two days, two weekdays or two months, and not within a date or a reference."""
_WEEKDAY = re.compile(rf"(?<![\w+/.-])(?:on )?(?P<name>{_PLAIN}|{_SHORT})(?:[’']?s)?(?![\w/-]),?")
CALENDAR = frozenset({*_MONTHS, *_WEEKDAYS})
"""Months and weekdays in full."""


def days_in(typed: str, today: date, *, sentence: bool = False) -> tuple[Days | None, str]:
    """The days that stand in these words (case-folded), and the words without them; the latest ones that have begun.

    In a `sentence` a weekday of three letters is none: somebody who sat is no Saturday.
    """
    typed = typed if sentence else _AS_SPAN.sub(r"\1 – ", typed)
    for start, end, days in _found(typed, today, sentence=sentence):
        if since := _SINCE.search(typed[:start]):
            return (days[0], max(today, days[0])), _without(typed, since.start(), end)
        if upto := _upto(typed[end:], days[0], today, sentence=sentence):
            begins = _FROM.search(typed[:start])
            return (days[0], upto[1]), _without(typed, begins.start() if begins else start, end + upto[0])
        if limit := _LIMIT.search(typed[:start]):
            return _beyond(limit["limit"], days, today), _without(typed, limit.start(), end)
        return _on_weekday(days, _without(typed, start, end), today)
    return None, typed


def _beyond(limit: str, days: Days, today: date) -> Days:
    """What comes before a day, after it, or until it."""
    match limit:
        case "before":
            return min(_EARLIEST, days[0] - _ONE), days[0] - _ONE
        case "after":
            return days[1] + _ONE, max(today, days[1] + _ONE)
        case _:
            return min(_EARLIEST, days[1]), days[1]


def _on_weekday(days: Days, rest: str, today: date) -> tuple[Days, str]:
    """A weekday beside a date or a week is that of the date, or the day of that week; another one stays, and is no day then."""
    found = _WEEKDAY.search(rest)
    if found is None or days[1] - days[0] > _WEEK:
        return days, rest
    each = (days[0] + timedelta(days=one) for one in range(7))
    fits = [day for day in each if day <= max(days[1], days[0]) and f"{day:%a}".casefold() == found["name"][:_LETTERS]]
    return ((fits[0], fits[0]), _without(rest, found.start(), found.end())) if fits else (days, rest)


def _upto(behind: str, first: date, today: date, *, sentence: bool) -> tuple[int, date] | None:
    """The last day of a span that goes on behind its first one, and where its words end; a weekday yet to come is as far as today."""
    until = _UNTIL.match(behind)
    after = _first(behind[until.end() :], today, sentence=sentence) if until else None
    if until is None or after is None:
        return None
    _, end, (_, last) = after
    last = last if last >= first else min(last + _WEEK, today)
    return (until.end() + end, last) if last >= first else None


def day_in(typed: str, today: date) -> tuple[date | None, str]:
    """The one day that stands in a sentence (case-folded), and the words without it; None for several or none."""
    for start, end, (first, last) in _found(typed, today, sentence=True):
        if first == last:
            return first, _without(typed, start, end)
    return None, typed


def _found(typed: str, today: date, *, sentence: bool) -> list[tuple[int, int, Days]]:
    """Where days stand, as the first way of writing that fits reads them."""
    spots = []
    for writing, read in _LONG if sentence else _WAYS:
        found = writing.search(typed)
        days = read(found.groupdict(), today) if found else None
        if found and days:
            spots.append((found.start(), found.end(), days))
    return spots


def _first(typed: str, today: date, *, sentence: bool) -> tuple[int, int, Days] | None:
    at_start = (one for one in _found(typed, today, sentence=sentence) if one[0] == 0)
    return next(at_start, None)


def _without(typed: str, start: int, end: int) -> str:
    return f"{typed[:start].rstrip()} {typed[end:].lstrip()}".strip()


def _date(said: Said, today: date) -> Days | None:
    month, day, year = _month(said["month"] or ""), int(said["day"] or ""), said.get("year")
    found = _latest(month, day, today) if year is None else _on(_full(year), month, day)
    return (found, found) if found else None


def _span(said: Said, today: date) -> Days | None:
    """From one day of a month to another one."""
    last = _date(said, today)
    first = _on(last[0].year, last[0].month, int(said["first"] or "")) if last else None
    return (first, last[1]) if first and last and first <= last[1] else None


def _of_some_month(said: Said, today: date) -> Days | None:
    """“on the 3rd” is the latest one that has come."""
    months = (today.year * 12 + today.month - 1 - back for back in range(12))
    days = (_on(one // 12, one % 12 + 1, int(said["only"] or "")) for one in months)
    found = next((one for one in days if one and one <= today), None)
    return (found, found) if found else None


def _named(said: Said, today: date) -> Days | None:
    """“last thursday” is never today, also on a Thursday."""
    index = [name[:_LETTERS] for name in _WEEKDAYS].index((said["name"] or "")[:_LETTERS])
    before = today - _ONE if said["which"] not in (None, "this") else today
    day = before - timedelta(days=(before.weekday() - index) % 7)
    return day, day


def _near(said: Said, today: date) -> Days:
    days = {"day before yesterday": 2, "yesterday": 1}.get(said["near"] or "", 0)
    return today - timedelta(days=days), today - timedelta(days=days)


def _ago(said: Said, today: date) -> Days | None:
    number, unit = _number(said), said["unit"]
    if unit == "day":
        return today - timedelta(days=number), today - timedelta(days=number)
    return _week(today, number) if unit == "week" else _month_of(today, number)


def _lately(said: Said, today: date) -> Days:
    """The last three days, weeks or months (of thirty days), with today."""
    return today - timedelta(days=_number(said) * {"day": 1, "week": 7, "month": 30}[said["unit"] or ""]), today


def _weekend(said: Said, today: date) -> Days:
    """The one that has come last; “last weekend” is over, also on a Sunday."""
    before = today - timedelta(days=today.weekday() + 1) if said["which"] not in (None, "this") else today
    saturday = before - timedelta(days=(before.weekday() - 5) % 7)
    return saturday, max(saturday, min(saturday + _ONE, today))


def _period(said: Said, today: date) -> Days:
    """This or last week (from Monday), month or year, as far as it has come."""
    back, unit = int(said["which"] != "this"), said["unit"]
    if unit == "week":
        return _week(today, back)
    if unit == "month":
        return _month_of(today, back)
    return date(today.year - back, 1, 1), min(date(today.year - back, 12, 31), today)


def _before_last(said: Said, today: date) -> Days:
    return _week(today, 2) if said["unit"] == "week" else _month_of(today, 2)


def _whole_month(said: Said, today: date) -> Days | None:
    """A month without a year is the latest one that has begun; “last november” has ended, too."""
    month, year = _month(said["month"] or ""), said.get("year")
    if year is None:
        ended = said["which"] not in (None, "this")
        begun = (today.year, today.month - int(ended)) >= (today.year, month)
        return _all_of(today.year if begun else today.year - 1, month, today)
    return _all_of(_full(year), month, today) if 1 <= month <= len(_MONTHS) else None


def _whole_year(said: Said, today: date) -> Days:
    year = _full(said["year"] or "")
    return date(year, 1, 1), max(date(year, 1, 1), min(date(year, 12, 31), today))


def _full(year: str) -> int:
    """2026, also where it was written as 26 or ’26."""
    bare = year.lstrip("’'")
    return int(bare) if len(bare) == len("2000") else _CENTURY + int(bare)


def _number(said: Said) -> int:
    number = said["number"] or ""
    return int(number) if number.isdigit() else _NUMBERS[number]


def _week(today: date, back: int) -> Days:
    monday = today - timedelta(days=today.weekday()) - back * _WEEK
    return monday, min(monday + timedelta(days=6), today)


def _month_of(today: date, back: int) -> Days:
    months = today.year * 12 + today.month - 1 - back
    return _all_of(months // 12, months % 12 + 1, today)


def _all_of(year: int, month: int, today: date) -> Days:
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return first, max(first, min(after - _ONE, today))


def _month(said: str) -> int:
    names = [name[:_LETTERS] for name in _MONTHS]
    return int(said) if said.isdigit() else names.index(said[:_LETTERS]) + 1


def _latest(month: int, day: int, today: date) -> date | None:
    years = range(today.year, today.year - 9, -1)  # two leap years can be eight years apart
    days = (_on(year, month, day) for year in years)
    return next((found for found in days if found and found <= today), None)


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_Read = Callable[[Said, date], Days | None]


def _ways(weekdays: str) -> list[tuple[re.Pattern[str], _Read]]:
    """Each way of writing, the most telling first, and how it is read."""
    ways: list[tuple[str, _Read]] = [
        (rf"(?:between |from )?(?P<first>[0-9]{{1,2}}){_TH} ?(?:to|until|and|-|–) ?{_DAY}{_TH} (?:of )?{_MONTH}(?:,? {_YEAR})?", _span),
        (f"(?P<year>(?:19|20)[0-9]{{2}})(?P<between>[/.-])(?P<month>[0-9]{{1,2}})(?P=between){_DAY}", _date),
        ("(?P<year>20[0-9]{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12][0-9]|3[01])", _date),
        (rf"{_DAY}(?P<between>[/-]|\. ?)(?P<month>[0-9]{{1,2}})(?P=between){_SHORT_YEAR}", _date),
        (rf"{_DAY}[/-](?P<month>[0-9]{{1,2}})", _date),
        (rf"{_DAY}\. ?(?P<month>[0-9]{{1,2}})\.?", _date),
        (rf"{_DAY}{_TH}[ -]?(?:of )?{_MONTH}(?:(?:,? |-){_SHORT_YEAR})?", _date),
        (rf"{_MONTH} {_DAY}(?:st|nd|rd|th)?(?:,? {_YEAR})?", _date),
        (r"(?:(?:on )?the )?(?P<only>[0-9]{1,2})(?:st|nd|rd|th)", _of_some_month),
        (f"{_NUMBER} (?P<unit>day|week|month)s? ago", _ago),
        (f"(?:the )?(?:last|past) {_NUMBER} (?P<unit>day|week|month)s?", _lately),
        ("(?:the )?(?P<unit>week|month) before last", _before_last),
        (f"(?:{_WHICH} |(?:on |at )?the )weekend", _weekend),
        (f"{_WHICH} (?P<unit>week|month|year)", _period),
        (f"(?:{_WHICH} |{_BEFORE})(?P<name>{weekdays})(?:[’']?s)?", _named),
        (r"(?:the )?(?P<near>day before yesterday|today|yesterday|this (?:morning|afternoon|evening)|tonight)(?:[’']?s)?", _near),
        ("(?P<year>(?:19|20)[0-9]{2})-(?P<month>[0-9]{2})", _whole_month),
        ("(?P<month>[0-9]{1,2})/(?P<year>(?:19|20)[0-9]{2})", _whole_month),
        (rf"(?<![0-9] )(?<![0-9])(?:{_WHICH} |{_BEFORE}){_MONTH}(?:,? {_YEAR})?(?! [0-9]{{1,2}}\b)", _whole_month),
        (f"in {_YEAR}", _whole_year),
    ]  # fmt: skip
    return [(re.compile(rf"(?<![\w+/.-])(?:{writing})(?![\w/-])"), read) for writing, read in ways]


_LONG, _WAYS = _ways(_PLAIN), _ways(f"{_PLAIN}|{_SHORT}")


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
_TIME_OF_DAY = date(2000, 1, 2)  # any day
_FIRST, _LAST = datetime.combine(_TIME_OF_DAY, time()), datetime.combine(_TIME_OF_DAY, time(23, 59, 59))


def hours_in(typed: str) -> tuple[Hours | None, str]:
    """The time that stands in these words (case-folded), some minutes around it, and the words without it."""
    for writing, around, lasts in (
        (_TIME, _AROUND, timedelta(seconds=59)),
        (_HOUR, timedelta(0), timedelta(minutes=59, seconds=59)),
    ):
        found = writing.search(typed)
        hour = _hour(found) if found else None
        if found and hour is not None:
            told = datetime.combine(_TIME_OF_DAY, time(hour, int(found.groupdict().get("minute") or 0)))
            return (max(told - around, _FIRST).time(), min(told + lasts + around, _LAST).time()), _without_hour(
                typed, found
            )
    return None, typed


def part_in(typed: str) -> tuple[Hours | None, str]:
    """The part of the day that stands in these words, and the words without it."""
    found = _PART.search(typed)
    return (PARTS[found["part"]], _without_hour(typed, found)) if found else (None, typed)


def hours_around(text: str) -> Hours | None:
    """The time that a sentence tells (plain words), an hour around it; where neither half is told, the one in which people work."""
    found = _SAID.search(text)
    hour = _hour(found) if found else None
    if found is None or hour is None:
        return part_in(text)[0]
    hour += 12 if found["half"] is None and 0 < hour < _OPENS else 0
    told = datetime.combine(_TIME_OF_DAY, time(hour, int(found["minute"] or 0) % 60))
    return max(told - _WIDELY, _FIRST).time(), min(told + _WIDELY, _LAST).time()


def _hour(found: re.Match[str]) -> int | None:
    hour, half = int(found["hour"]), found["half"]
    if hour > (12 if half else 23):
        return None
    return hour % 12 + (12 if half == "p" else 0) if half else hour


def _without_hour(typed: str, found: re.Match[str]) -> str:
    return f"{typed[: found.start()].rstrip(' ,')} {typed[found.end() :].lstrip(' ,')}".strip()
