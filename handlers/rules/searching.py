"""Who may look up which calls, and what the words typed into the search for a call mean (P4, P7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from handlers.policy import Policy
from handlers.rules import access, phone
from handlers.rules.spelling import SMALL, plain_text, without_accents

FEW = 3  # words of a search; more are a sentence


def is_sentence(words: str) -> bool:
    """Return True if this is too long to be a search for a call. Sentences are never stored or repeated (P13)."""
    return len(words.split()) > FEW


def search_scope(policy: Policy, person: int, email_key: str) -> tuple[frozenset[str] | None, int]:
    """Return the departments whose calls this person may find (None: all), and whose own calls are added (0: no one's).

    Anyone who holds or deputises in a role may find every call in scope (`access.search_scope`).
    """
    if policy.access.search_scope == "company" or person in policy.seats.in_roles:
        return None, 0
    department = policy.department_of(email_key)
    return frozenset({department} if department else ()), person


def may_know(policy: Policy, person: int, email_key: str, department: str, operator: int | None, line: str) -> bool:
    """Return True if this person may know of a call, and so ask for it: one on a line that the policy names (P4)."""
    departments, own = search_scope(policy, person, email_key)
    return line in policy.lines and (departments is None or department in departments or operator == own)


WAYS = {"outgoing": "outgoing", "outbound": "outgoing", "incoming": "incoming", "inbound": "incoming"}
"""How people say which way a call went."""


def lines_by_words(policy: Policy) -> dict[str, frozenset[str]]:
    """Return each way to say a line, in plain words, and the lines (E.164) that have it."""
    lines: dict[str, frozenset[str]] = {}
    for number, line in policy.lines.items():
        city = line.time_zone.rpartition("/")[2].replace("_", " ")
        labels = line.label.replace(" and ", ",").split(",")
        for words in {plain_text(one) for one in (line.label, *labels, *line.regions, city)}:
            lines[words] = lines.get(words, frozenset()) | {number}
    return lines


LONGEST = 100  # characters of a search
_MASKED = re.compile(r"(?:[•*·×]+|\.{2,}) ?([0-9]{2,})")
_LOOSE = re.compile(r"(?<![\w-])([^\W\d_]{1,10}[ -]?[0-9][0-9-]*)(?![\w-])")  # cs103 and cs 103 are meant as CS-103
_NUMBER = re.compile(r"(?<![\w+-])(\+?\(?[0-9][0-9 ()./-]*)(?!\w)")
_ADDRESS = re.compile(r"(?<!\S)([\w.'’-]+)@[\w.-]+")
_OWNER = re.compile(r"(?<=\w)[’']s(?!\w)")
_OF_CALLS = frozenset(
    re.findall(
        r"\w+",
        """
        afternoon agent all between call called caller calls case client conversation crm customer evening from her his line made
        morning mr mrs ms night number of operator phone recent recording recordings ref reference ticket took
        """,
    )
)
"""Words around what is looked for, which tell nothing of it."""


@dataclass(frozen=True, slots=True)
class Search:
    """One way to read what was typed: calls to which all of it applies; everything empty means any call.

    `parts` stand in the caller's number or the reference, in letters and digits alone, with the signs around them that
    `storage.searches.BORDERS` names where they begin or end it. `words` are names of an operator, or stand in a reference.
    `lines` are numbers (E.164); `hours` are of the line's day.
    """

    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    days: Days | None = None
    direction: str = ""
    lines: frozenset[str] = frozenset()
    hours: Hours | None = None


def read_query(
    policy: Policy, text: str, now: datetime, zone: str, names: frozenset[str] = frozenset()
) -> tuple[Search, ...]:
    """Return each way to read what was typed, most exact first; empty if there is nothing to search for.

    `now` is aware, and `zone` (IANA) says which day is today. A word that is one of the operators' `names` counts as a
    name first, so that an operator called May, Will or London can be found.
    """
    if not text.strip():
        return (Search(),)
    typed, today, line_names = (
        _normalise_text(text[:LONGEST]),
        now.astimezone(ZoneInfo(zone)).date(),
        lines_by_words(policy),
    )
    words = plain_text(typed).split()
    ambiguous = frozenset(one for one in words if one in names and _means_more(one, line_names, today))
    readings = [ambiguous, frozenset[str]()] if ambiguous else [ambiguous]
    found = dict.fromkeys(one for own in readings for one in _read_one_way(policy, line_names, today, typed, own))
    any_call = not ambiguous and not _OF_CALLS.isdisjoint(words)
    return tuple(one for one in found if any_call or one != Search())


def _normalise_text(text: str) -> str:
    """Lower the case, turn any script's digits into 0 to 9, and drop invisible characters, what follows an @, and “’s”."""
    shown = (
        one for one in unicodedata.normalize("NFKC", text).translate(phone.DASHES) if unicodedata.category(one) != "Cf"
    )
    digits = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in shown)
    written = " ".join("".join(digits).casefold().split())
    return _OWNER.sub("", _ADDRESS.sub(r"\1", written))


def _means_more(word: str, line_names: Mapping[str, frozenset[str]], today: date) -> bool:
    """Return True if a word that is a name may mean something else too: a common word, a line, a direction or a day."""
    means = word in SMALL or word in _OF_CALLS or word in WAYS or word in line_names
    return means or days_in(word, today)[0] is not None


def _read_one_way(
    policy: Policy, line_names: Mapping[str, frozenset[str]], today: date, typed: str, own: frozenset[str]
) -> Iterator[Search]:
    """Read it one way, with `own` words as names: whole references first, then anything that contains what was typed."""
    left = _Left(typed)
    names = left.take_words(own)
    # What is typed as cards mask a number, such as “•••• 678”, is its end.
    ends = [f"{one};" for one in left.take(_MASKED)]
    hours, left.rest = hours_in(left.rest)
    days, left.rest = days_in(left.rest, today)
    references = [one for one in map(access.compact_reference, left.take_references(policy)) if one]
    digits, numbers = left.take_numbers(policy)
    lines, direction = left.take_lines(line_names) | numbers, left.take_direction()
    words = tuple(dict.fromkeys((*names, *left.words())))
    # Try a reference whole, then as a prefix; with several references, try each one separately.
    for written in [sign.format(one) for sign in ("#{}.", "#{}") for one in references] or [""]:
        parts_of_it = (*ends, *digits, *filter(None, (written,)))
        yield Search(parts_of_it, words, days, direction, lines, hours)


_LEAST_DIGITS = 5  # of a number in a sentence


def numbers_in(policy: Policy, words: str, today: date) -> list[str]:
    """Return the telephone numbers, or parts of one, in these words as they were typed."""
    left = _Left(_normalise_text(words))
    ends = [f"•••• {one}" for one in left.take(_MASKED)]
    _, left.rest = hours_in(left.rest)
    _, left.rest = days_in(left.rest, today)
    left.take_references(policy)
    written = [one.rstrip(" (./-") for one in left.take(_NUMBER)]
    return [*ends, *(one for one in written if sum(map(str.isdecimal, one)) >= _LEAST_DIGITS)]


class _Left:
    """What was typed, and is still to be read."""

    def __init__(self, typed: str) -> None:
        self.rest = typed

    def take(self, pattern: re.Pattern[str]) -> list[str]:
        """Take out everything that matches this pattern, and return it."""
        found: list[str] = pattern.findall(self.rest)
        self.rest = " ".join(pattern.sub(" ", self.rest).split())
        return found

    def take_words(self, words: frozenset[str]) -> list[str]:
        """Take these words out of the search, if they occur."""
        both = "|".join(map(re.escape, sorted(words)))
        return (
            [plain_text(without_accents(one)) for one in self.take(re.compile(rf"(?<!\w)({both})(?!\w)"))]
            if words
            else []
        )

    def words(self) -> Iterator[str]:
        """Return what is left: names, or pieces of a reference."""
        return (
            one
            for one in plain_text(without_accents(self.rest)).split()
            if access.compact_reference(one) and one not in SMALL | _OF_CALLS
        )

    def take_references(self, policy: Policy) -> list[str]:
        """Take CRM references, also with another sign or none between letters and digits."""
        pattern = policy.company.crm_pattern
        if not pattern:
            return []
        found = self.take(re.compile(rf"(?<![\w-])((?:{pattern}))(?![\w-])", re.IGNORECASE))
        loose = [one for one in _LOOSE.findall(self.rest) if access.find_reference(one, pattern) is not None]
        for one in loose:
            self.rest = self.rest.replace(one, " ")
        return [*(one if isinstance(one, str) else one[0] for one in found), *loose]

    def take_numbers(self, policy: Policy) -> tuple[list[str], frozenset[str]]:
        """Take parts of numbers in digits, and the lines whose own numbers are among them."""
        written = self.take(_NUMBER)
        lines = {line for one in written if (line := phone.meant_number(one, policy.lines))}
        digits = (
            phone.digits_to_find(one) or re.sub(r"[^0-9]", "", one)
            for one in written
            if phone.meant_number(one, policy.lines) is None
        )
        return list(digits), frozenset(lines)

    def take_lines(self, line_names: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """Take the lines that are named, by the longest name first; several may be meant."""
        text, lines = f" {plain_text(self.rest)} ", frozenset[str]()
        for name in sorted(line_names, key=len, reverse=True):
            if f" {name} " in text:
                text, lines = text.replace(f" {name} ", " ", 1), lines | line_names[name]
        self.rest = text.strip()
        return lines

    def take_direction(self) -> str:
        """Return which way the call went; empty if nothing tells it."""
        found = [WAYS[one] for one in self.rest.split() if one in WAYS]
        self.rest = " ".join(one for one in self.rest.split() if one not in WAYS)
        return found[0] if len(set(found)) == 1 else ""


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
    """Return the days that these words (case-folded) name, and the words without them; None if they name none.
    A day without a year is the latest that has begun.
    """
    for start, end, days in _find_days(typed, today):
        if since := _SINCE.search(typed[:start]):
            return (days[0], max(today, days[0])), _cut_out(typed, since.start(), end)
        until = _UNTIL.match(typed, end)
        after = next((one for one in _find_days(typed[until.end() :], today) if one[0] == 0), None) if until else None
        if until and after:
            begins, last = _FROM.search(typed[:start]), after[2][1]
            last = last if last >= days[0] else today
            return (days[0], last), _cut_out(typed, begins.start() if begins else start, until.end() + after[1])
        return days, _cut_out(typed, start, end)
    return None, typed


def _find_days(typed: str, today: date) -> Iterator[tuple[int, int, Days]]:
    """Yield where days are written (start, end) and which they are, by each way of writing that fits."""
    for writing, read in _WRITINGS:
        found = writing.search(typed)
        try:
            if found:
                yield found.start(), found.end(), read(found, today)
        except ValueError:  # on no calendar
            continue


def _cut_out(typed: str, start: int, end: int) -> str:
    """Return the text without the part from `start` up to `end`."""
    return f"{typed[:start].rstrip(' ,')} {typed[end:].lstrip(' ,')}".strip()


def _read_date(found: re.Match[str], today: date) -> Days:
    """Read a single day; without a year it is the latest that has come. Raises `ValueError` for a day that doesn't
    exist.
    """
    month, day, year_typed = _month_number(found["month"]), int(found["day"]), found["year"]
    years = (
        [int(year_typed) % 2000 + 2000] if year_typed else range(today.year, today.year - 9, -1)
    )  # a leap year can be eight years ago
    for year in years:
        try:
            on = date(year, month, day)
        except ValueError:
            continue
        if year_typed or on <= today:
            return on, on
    raise ValueError(found[0])


def _read_span(found: re.Match[str], today: date) -> Days:
    """Read a span from one day of a month to another. Raises `ValueError` if it runs backwards."""
    last, _ = _read_date(found, today)
    if (first := last.replace(day=int(found["first"]))) > last:
        raise ValueError(found[0])
    return first, last


def _read_near_day(found: re.Match[str], today: date) -> Days:
    """Read “today”, “yesterday”, “the day before yesterday” or a part of today."""
    day = today - _ONE * {"day before yesterday": 2, "yesterday": 1, "last night": 1}.get(found["near"], 0)
    return day, day


def _read_weekday(found: re.Match[str], today: date) -> Days:
    """Read a weekday; “last thursday” is never today, even on a Thursday."""
    before = today - _ONE if found["which"] == "last" else today
    day = before - _ONE * ((before.weekday() - _NAMES[1].index(found["name"][:_LETTERS])) % 7)
    return day, day


def _read_ago(found: re.Match[str], today: date) -> Days:
    """Read how long ago it was, such as “3 days ago” or “a week ago”."""
    number = int(found["number"]) if found["number"].isdigit() else _NUMBERS[found["number"]]
    return _period_ago(found["unit"], number, today)


def _period_ago(unit: str, back: int, today: date) -> Days:
    """Return the day, week (from Monday), month or year that was so many ago, as far as it has come."""
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
    """Read a month; without a year, the latest that has begun, and for “last november” the latest that has ended."""
    month, year_typed = _month_number(found["month"]), found["year"]
    ended = found.groupdict().get("which") == "last"
    first = date(int(year_typed) if year_typed else today.year, month, 1)
    if not year_typed and first > today.replace(day=1) - relativedelta(months=int(ended)):
        first -= relativedelta(years=1)
    return first, max(first, min(first + relativedelta(months=1) - _ONE, today))


def _month_number(said: str) -> int:
    """Return a month's number (1 to 12) from that number or the beginning of its name."""
    return int(said) if said.isdigit() else _NAMES[0].index(said[:_LETTERS]) + 1


_WRITINGS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Days]]] = [
    (re.compile(rf"(?<![\w+/.-])(?:{writing})(?![\w/-])"), read)
    for writing, read in (
        (rf"(?:between |from )?(?P<first>[0-9]{{1,2}}) ?(?:to|until|and|-|–) ?{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?", _read_span),
        (rf"{_BESIDE}{_YEAR}(?P<between>[/.-])(?P<month>[0-9]{{1,2}})(?P=between){_DAY}", _read_date),
        (rf"{_BESIDE}(?P<day>[0-9]{{1,2}})(?P<between>[/.-])(?P<month>[0-9]{{1,2}})(?:(?P=between)(?P<year>(?:20)?[0-9]{{2}}))?\.?", _read_date),
        (rf"{_BESIDE}{_DAY} ?(?:of )?{_MONTH}(?:,? {_YEAR})?", _read_date),
        (rf"{_BESIDE}{_MONTH} {_DAY}(?:,? {_YEAR})?", _read_date),
        (rf"(?P<number>[0-9]{{1,3}}|{'|'.join(_NUMBERS)}) (?P<unit>day|week|month)s? ago", _read_ago),
        ("(?:the )?(?P<unit>week|month) before last", lambda found, today: _period_ago(found["unit"], 2, today)),
        ("(?:in |of |from )?(?P<which>last|this) (?P<unit>week|month|year)", lambda found, today: _period_ago(found["unit"], int(found["which"] == "last"), today)),
        (rf"{_WHICH} ?(?P<name>{_WEEKDAY})(?:[’']?s)?", _read_weekday),
        (r"(?:the )?(?P<near>day before yesterday|yesterday|last night|today|tonight|this (?:morning|afternoon|evening))(?:[’']?s)?", _read_near_day),
        (f"{_YEAR}-(?P<month>[0-9]{{2}})", _whole_month),
        (rf"(?<![0-9] ){_WHICH} ?{_MONTH}(?:,? {_YEAR})?(?! [0-9]{{1,2}}\b)", _whole_month),
    )
]  # fmt: skip
"""Each way of writing, the most telling first, and how it is read."""
_CLOCK = re.compile("(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-5][0-9]))?(?: ?(?P<half>[ap])m)?")
_NOON = re.compile(r"\b(?:12 )?(?:noon|midday)\b")
_ALONE = r"(?<![\w.:+/-])"  # no part of a number, a date or a word
_TIME = re.compile(rf"{_ALONE}(?:(?:at|around|about) )?{_CLOCK.pattern}(?![\w:])")
_BETWEEN = re.compile(
    rf"{_ALONE}(?:(?:between|from) )?(?P<first>[0-9]{{1,2}}(?::[0-5][0-9])?(?: ?[ap]m)?) ?(?:to|until|and|-|–) ?"
    r"(?P<last>[0-9]{1,2}(?::[0-5][0-9](?: ?[ap]m)?| ?[ap]m))(?![\w:])"
)
_AROUND, _ANY_DAY = timedelta(minutes=10), date(2000, 1, 2)
_FIRST, _LAST = datetime.combine(_ANY_DAY, time()), datetime.combine(_ANY_DAY, time(23, 59, 59))


_PARTS = {
    "morning": (time(), time(11, 59, 59)), "afternoon": (time(12), time(17, 59, 59)), "evening": (time(17), time(23, 59, 59)),
    "night": (time(18), time(23, 59, 59)),
}  # fmt: skip
_PART = re.compile(rf"(?<!good )(?<!tomorrow )\b(?:{'|'.join(_PARTS)})\b")  # no greeting, nor when it is needed


def hours_in(typed: str) -> tuple[Hours | None, str]:
    """Return the hours that these words (case-folded) name, and the words without them; None if they name none.
    They are some minutes around a time, the whole hour, all between two times, or a part of the day, whose word stays:
    “this morning” is a day.
    """
    typed = _NOON.sub("12pm", typed)
    if (between := _find_between(typed)) is not None:
        return between[0], _cut_out(typed, *between[1].span())
    if (found := _find_time(typed)) is None:
        part = _PART.search(typed)
        return (_PARTS[part[0]] if part else None), typed
    moment = datetime.combine(_ANY_DAY, _clock_time(found) or time())
    around, lasts = (
        (_AROUND, timedelta(seconds=59)) if found["minute"] else (timedelta(), timedelta(minutes=59, seconds=59))
    )
    hours = max(moment - around, _FIRST).time(), min(moment + lasts + around, _LAST).time()
    return hours, _cut_out(typed, *found.span())


def hours_written(typed: str) -> str:
    """Return what in these words (case-folded) names the hours, as it can be searched for."""
    typed = _NOON.sub("12pm", typed)
    between = _find_between(typed)
    found = between[1] if between else _find_time(typed) or _PART.search(typed)
    return found[0] if found else ""


def _find_between(typed: str) -> tuple[Hours, re.Match[str]] | None:
    """Return the first span of hours in these words, such as “1 to 5pm”, and where it is."""
    for found in _BETWEEN.finditer(typed):
        first, last = (_CLOCK.match(found[one]) for one in ("first", "last"))
        before, with_first = (days_in(typed[:end], _ANY_DAY)[0] for end in found.span("first"))
        if before != with_first:  # “Nov 5 - 4pm” names a day
            continue
        if first and last and (ends := _clock_time(last)):
            both = (_clock_time(first, half) for half in (last["half"] or "", "a"))  # “11 to 1pm” begins in the morning
            if begins := next((one for one in both if one is not None and one < ends), None):
                return (begins, ends.replace(second=59)), found
    return None


def _clock_time(found: re.Match[str], half: str = "") -> time | None:
    """Return a time of the day as it was written, by default in this `half` of the day; None if there is no such time."""
    hour, half = int(found["hour"]), found["half"] or half
    if hour > (12 if half else 23):
        return None
    return time(hour % 12 + 12 * (half == "p") if half else hour, int(found["minute"] or 0))


def _find_time(typed: str) -> re.Match[str] | None:
    """Return the first time of the day in these words, such as “4pm” or “16:20”."""
    timed = (one for one in _TIME.finditer(typed) if one["minute"] or one["half"])
    return next((one for one in timed if _clock_time(one) is not None), None)
