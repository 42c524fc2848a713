"""Which days and hours somebody means who types them: day before month, and never a day to come."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

Days = tuple[date, date]
"""The first and the last, both included."""
Hours = tuple[time, time]
"""From when to when on a day, both included."""
_ONE = timedelta(days=1)
_MONTHS = ("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may(?! (?:i|we)\\b)", "june?", "july?", "aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?")  # fmt: skip
_WEEKDAYS = ("mon(?:day)?", "tue(?:s|sday)?", "wed(?:s|nesday)?", "thu(?:rs?|rsday)?", "fri(?:day)?", "sat(?:urday)?", "sun(?:day)?")  # fmt: skip
_LETTERS = 3  # by which a month or a weekday is known
_NAMES = [[re.split(r"\W", one)[0][:_LETTERS] for one in names] for names in (_MONTHS, _WEEKDAYS)]
_NUMBERS = {"a": 1, "one": 1, "a couple of": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_MONTH, _DAY = rf"(?P<month>{'|'.join(_MONTHS)})\.?", "(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\\.)?"
_YEAR = "(?P<year>20[0-9]{2})"
_WEEKDAY = "|".join(_WEEKDAYS)
_BESIDE = f"(?:(?:{_WEEKDAY}),? )?"
_WHICH = "(?:(?:on|in|of|the|from) )*(?P<which>last|this)?"
_SINCE, _FROM = re.compile(r"\bsince $"), re.compile(r"\b(?:from|between) $")
_UNTIL = re.compile(r" ?(?:to|until|and|-|–) ?")


def days_in(typed: str, today: date) -> tuple[Days | None, str]:
    """The days that stand in these words (case-folded), and the words without them; the latest ones that have begun."""
    for start, end, days in _found(typed, today):
        if since := _SINCE.search(typed[:start]):
            return (days[0], max(today, days[0])), _without(typed, since.start(), end)
        until = _UNTIL.match(typed, end)
        after = next((one for one in _found(typed[until.end() :], today) if one[0] == 0), None) if until else None
        if until and after:
            begins, last = _FROM.search(typed[:start]), after[2][1]
            last = last if last >= days[0] else today
            return (days[0], last), _without(typed, begins.start() if begins else start, until.end() + after[1])
        return days, _without(typed, start, end)
    return None, typed


def _found(typed: str, today: date) -> Iterator[tuple[int, int, Days]]:
    """Where days stand, as the first way of writing that fits reads them."""
    for writing, read in _WAYS:
        found = writing.search(typed)
        try:
            if found:
                yield found.start(), found.end(), read(found, today)
        except ValueError:  # on no calendar
            continue


def _without(typed: str, start: int, end: int) -> str:
    return f"{typed[:start].rstrip(' ,')} {typed[end:].lstrip(' ,')}".strip()


def _date(found: re.Match[str], today: date) -> Days:
    """A day; one without a year is the latest that has come."""
    month, day, told = _month(found["month"]), int(found["day"]), found["year"]
    years = (
        [int(told) % 2000 + 2000] if told else range(today.year, today.year - 9, -1)
    )  # a leap year can be eight years ago
    for year in years:
        try:
            on = date(year, month, day)
        except ValueError:
            continue
        if told or on <= today:
            return on, on
    raise ValueError(found[0])


def _span(found: re.Match[str], today: date) -> Days:
    """From one day of a month to another one."""
    last, _ = _date(found, today)
    if (first := last.replace(day=int(found["first"]))) > last:
        raise ValueError(found[0])
    return first, last


def _near(found: re.Match[str], today: date) -> Days:
    day = today - _ONE * {"day before yesterday": 2, "yesterday": 1}.get(found["near"], 0)
    return day, day


def _weekday(found: re.Match[str], today: date) -> Days:
    """“last thursday” is never today, also on a Thursday."""
    before = today - _ONE if found["which"] == "last" else today
    day = before - _ONE * ((before.weekday() - _NAMES[1].index(found["name"][:_LETTERS])) % 7)
    return day, day


def _ago(found: re.Match[str], today: date) -> Days:
    number = int(found["number"]) if found["number"].isdigit() else _NUMBERS[found["number"]]
    return _period(found["unit"], number, today)


def _period(unit: str, back: int, today: date) -> Days:
    """The day, week (from Monday), month or year that was so many ago, as far as it has come."""
    match unit:
        case "day":
            first = last = today - _ONE * back
        case "week":
            first = today - _ONE * (today.weekday() + 7 * back)
            last = first + 6 * _ONE
        case "month":
            first = today.replace(day=1) - relativedelta(months=back)
            last = first + relativedelta(months=1) - _ONE
        case _:
            first, last = date(today.year - back, 1, 1), date(today.year - back, 12, 31)
    return first, max(first, min(last, today))


def _whole_month(found: re.Match[str], today: date) -> Days:
    """A month without a year is the latest one that has begun; “last november” has ended, too."""
    month, told = _month(found["month"]), found["year"]
    ended = found.groupdict().get("which") == "last"
    first = date(int(told) if told else today.year, month, 1)
    if not told and first > today.replace(day=1) - relativedelta(months=int(ended)):
        first -= relativedelta(years=1)
    return first, max(first, min(first + relativedelta(months=1) - _ONE, today))


def _month(said: str) -> int:
    return int(said) if said.isdigit() else _NAMES[0].index(said[:_LETTERS]) + 1


_WAYS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Days]]] = [
    (re.compile(rf"(?<![\w+/.-])(?:{writing})(?![\w/-])"), read)
    for writing, read in (
        (rf"(?:between |from )?(?P<first>[0-9]{{1,2}}) ?(?:to|until|and|-|–) ?{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?", _span),
        (rf"{_BESIDE}{_YEAR}(?P<between>[/.-])(?P<month>[0-9]{{1,2}})(?P=between){_DAY}", _date),
        (rf"{_BESIDE}(?P<day>[0-9]{{1,2}})(?P<between>[/.-])(?P<month>[0-9]{{1,2}})(?:(?P=between)(?P<year>(?:20)?[0-9]{{2}}))?\.?", _date),
        (rf"{_BESIDE}{_DAY} ?(?:of )?{_MONTH}(?:,? {_YEAR})?", _date),
        (rf"{_BESIDE}{_MONTH} {_DAY}(?:,? {_YEAR})?", _date),
        (rf"(?P<number>[0-9]{{1,3}}|{'|'.join(_NUMBERS)}) (?P<unit>day|week|month)s? ago", _ago),
        ("(?:the )?(?P<unit>week|month) before last", lambda found, today: _period(found["unit"], 2, today)),
        ("(?:in |of |from )?(?P<which>last|this) (?P<unit>week|month|year)", lambda found, today: _period(found["unit"], int(found["which"] == "last"), today)),
        (rf"{_WHICH} ?(?P<name>{_WEEKDAY})(?:[’']?s)?", _weekday),
        (r"(?:the )?(?P<near>day before yesterday|yesterday|today|tonight|this (?:morning|afternoon|evening))(?:[’']?s)?", _near),
        (f"{_YEAR}-(?P<month>[0-9]{{2}})", _whole_month),
        (rf"(?<![0-9] ){_WHICH} ?{_MONTH}(?:,? {_YEAR})?(?! [0-9]{{1,2}}\b)", _whole_month),
    )
]  # fmt: skip
"""Each way of writing, the most telling first, and how it is read."""
_TIME = re.compile(
    r"(?<![\w.:+/-])(?:(?:at|around|about) )?(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-5][0-9]))?(?: ?(?P<half>[ap])m)?(?![\w:])"
)
_AROUND, _ANY_DAY = timedelta(minutes=10), date(2000, 1, 2)
_FIRST, _LAST = datetime.combine(_ANY_DAY, time()), datetime.combine(_ANY_DAY, time(23, 59, 59))


def hours_in(typed: str) -> tuple[Hours | None, str]:
    """The time that stands in these words (case-folded), some minutes around it or the whole hour, and the words without it."""
    for found in _TIME.finditer(typed):
        hour, minute, half = int(found["hour"]), found["minute"], found["half"]
        if not (minute or half) or hour > (12 if half else 23):
            continue
        told = datetime.combine(_ANY_DAY, time(hour % 12 + 12 * (half == "p") if half else hour, int(minute or 0)))
        around, lasts = (_AROUND, timedelta(seconds=59)) if minute else (timedelta(), timedelta(minutes=59, seconds=59))
        hours = max(told - around, _FIRST).time(), min(told + lasts + around, _LAST).time()
        return hours, _without(typed, *found.span())
    return None, typed
