"""What somebody means who types into the search for a call: a number, a day, a name or a CRM reference."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from handlers.policy.values import Weekday

from .phone import parts

_LONGEST = 100
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = get_args(Weekday)
_MONTH = "(?P<month>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + "|sept)"
_REFERENCE = re.compile(r"(?<=[a-z])(?=[0-9])")  # cs103 is meant as CS-103
_DAY = "(?P<day>[0-9]{1,2})"
_YEAR = "(?P<year>(?:19|20)[0-9]{2})"
_WRITINGS = [
    re.compile(rf"(?<![\w+/.-])(?:{writing})(?![\w/-])")
    for writing in (
        f"{_YEAR}-(?P<month>[0-9]{{1,2}})-{_DAY}",
        f"{_DAY}(?P<between>[/.-])(?P<month>[0-9]{{1,2}})(?P=between)(?P<year>(?:19|20)?[0-9]{{2}})",
        f"{_DAY}/(?P<month>[0-9]{{1,2}})",
        f"{_DAY}(?:st|nd|rd|th)? ?(?:of )?{_MONTH}(?:,? {_YEAR})?",
        f"{_MONTH} {_DAY}(?:st|nd|rd|th)?(?:,? {_YEAR})?",
        "(?:on |last )?(?P<name>today|yesterday|" + "|".join(_WEEKDAYS) + ")",
    )
]


FEW = 3  # words of a search; more are a sentence


def is_sentence(words: str) -> bool:
    """Whether these are more words than somebody types who looks for a call: a sentence is kept nowhere, and not said again (P13)."""
    return len(words.split()) > FEW


@dataclass(frozen=True, slots=True)
class Search:
    """Calls whose number has `digits` or whose operator and reference have all `words`.

    Where `day` is set, only those of that day. `words` are case-folded; everything empty means any call.
    """

    digits: str
    words: tuple[str, ...]
    day: date | None


def query(text: str, now: datetime, zone: str) -> Search:
    """Read what was typed, day before month; `now` is aware, and `zone` (IANA) says which day is today.

    A day without a year is the latest one that isn't in the future. What is no day is a part of a number,
    a word or both: “10442” may be a CRM reference.
    """
    typed = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).casefold().split())
    day, rest = day_in(typed, now.astimezone(ZoneInfo(zone)).date())
    return Search(parts(rest) or "", tuple(_REFERENCE.sub(" ", rest).split()), day)


def day_in(typed: str, today: date) -> tuple[date | None, str]:
    """The day that stands in these words (case-folded), and the words without it; the latest one that isn't in the future."""
    for writing in _WRITINGS:
        found = writing.search(typed)
        day = _day(found.groupdict(), today) if found else None
        if found and day:
            return day, f"{typed[: found.start()]} {typed[found.end() :]}".strip()
    return None, typed


def _day(said: dict[str, str | None], today: date) -> date | None:
    if name := said.get("name"):
        return _named(name, today)
    month, day, year = _month(said["month"] or ""), int(said["day"] or ""), said.get("year")
    if year is None:
        return _latest(month, day, today)
    return _on(int(year) if len(year) == 4 else 2000 + int(year), month, day)


def _named(name: str, today: date) -> date:
    if name in _WEEKDAYS:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(name)) % 7)
    return today - timedelta(days=1 if name == "yesterday" else 0)


def _month(said: str) -> int:
    names = [name[:3] for name in _MONTHS]
    return int(said) if said.isdigit() else names.index(said[:3]) + 1


def _latest(month: int, day: int, today: date) -> date | None:
    years = range(today.year, today.year - 9, -1)  # two leap years can be eight years apart
    days = (_on(year, month, day) for year in years)
    return next((found for found in days if found and found <= today), None)


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def scope(policy: Policy, email_key: str) -> tuple[frozenset[str] | None, str]:
    """Of which departments this person may know the calls (None: of all), and as whose operator of any other.

    Whoever holds a role, or deputises, may know of every call in scope (`access.search_scope`).
    """
    if policy.access.search_scope == "company" or email_key in policy.roles.everybody():
        return None, ""
    department = policy.department_of(email_key)
    return frozenset({department} if department else ()), email_key


def may_know(policy: Policy, email_key: str, department: str, operator_key: str, line: str) -> bool:
    """Whether this person may know of a call, and so ask for it: one on a line that the policy names (P4)."""
    narrowed, operator = scope(policy, email_key)
    return line in policy.lines and (narrowed is None or department in narrowed or operator_key == operator)
