"""Who may look up which calls, and what somebody means who types into the search for a call (P4, P7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers

from handlers.policy import Policy
from handlers.rules.dates import Days, Hours, days_in, hours_in
from handlers.rules.phone import one_of, parts
from handlers.rules.reasons import compact, meant
from handlers.rules.spelling import SMALL, plain, unaccented

FEW = 3  # words of a search; more are a sentence


def is_sentence(words: str) -> bool:
    """Whether these are more words than somebody types who looks for a call: a sentence is kept nowhere, and not said again (P13)."""
    return len(words.split()) > FEW


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


MOST_LIKE = 12  # operators whose name is like the one that was typed
_LEAST, _LONG = 3, 6  # letters of a word in which one slip is seen, and in which two are


@dataclass(frozen=True, slots=True)
class Called:
    """Addresses of operators: those who are called by the words, and those whose name is like them, the nearest first."""

    exactly: frozenset[str]
    alike: tuple[str, ...]


def called(words: Sequence[str], operators: Iterable[tuple[str, str]]) -> Called:
    """Who of the operators (address, name) these words name; a word may be the beginning of one of theirs."""
    exactly, near = set[str](), dict[str, int]()
    for key, name in operators:
        away = _away(words, _words(key, name)) if key else None
        if away == 0:
            exactly.add(key)
        elif away is not None:
            near[key] = min(away, near.get(key, away))
    alike = sorted((away, key) for key, away in near.items() if key not in exactly)
    return Called(frozenset(exactly), tuple(key for _, key in alike[:MOST_LIKE]))


def name_words(operators: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Every word of their names."""
    return frozenset(word for key, name in operators if key for word in _words(key, name))


@lru_cache(maxsize=8_192)
def _words(key: str, name: str) -> tuple[str, ...]:
    """The words of a name and of what stands before the @ of its address, each also as it is written without accents."""
    said = plain(f"{name} {key.partition('@')[0].replace('_', ' ')}")
    return tuple(dict.fromkeys((*said.split(), *plain(unaccented(said)).split())))


def _away(words: Sequence[str], name: Sequence[str]) -> int | None:
    """How many slips lie between the words and the name, each word with a word of its own; None where it is another name."""
    total, left = 0, list(name)
    for word in words:
        each = [(away, one) for one in left if (away := _slips(word, one)) is not None]
        if not each:
            return None
        away, one = min(each)
        total += away
        left = [other for other in left if other != one]
    return total


@lru_cache(maxsize=32_768)
def _slips(word: str, one: str) -> int | None:
    if one.startswith(word):
        return 0
    if len(word) < _LEAST or len(one) < _LEAST:
        return None
    if word in one:
        return 1
    most = 2 if min(len(word), len(one)) >= _LONG else 1
    from rapidfuzz.distance import OSA  # read with the first word that is not quite a name

    slips: int = OSA.distance(word, one, score_cutoff=most)
    sounds = one[0] in word[:2] or (slips == 1 and len(word) > _LEAST + 1)  # Carla and Karla, but no Mark for a Bark
    return slips if slips <= most and sounds else None


WAYS = {"outgoing": "outgoing", "outbound": "outgoing", "incoming": "incoming", "inbound": "incoming"}
"""How people say which way a call went."""


def places(policy: Policy) -> dict[str, frozenset[str]]:
    """Each way to say a line, in plain words, and the lines (E.164) that have it."""
    found: dict[str, frozenset[str]] = {}
    for number, line in policy.lines.items():
        city = line.time_zone.rpartition("/")[2].replace("_", " ")
        labels = line.label.replace(" and ", ",").split(",")
        for said in {plain(one) for one in (line.label, *labels, *line.regions, city)}:
            found[said] = found.get(said, frozenset()) | {number}
    return found


_LONGEST = 100
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
        morning mr mrs ms number of operator phone recent recording recordings ref reference ticket took
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


def query(
    policy: Policy, text: str, now: datetime, zone: str, names: frozenset[str] = frozenset()
) -> tuple[Search, ...]:
    """Each way to read what was typed, the most exact first; none where nothing in it can be looked for.

    `now` is aware, and `zone` (IANA) says which day is today. A word that is one of the `names` of operators is a name first:
    nobody who is called May, Will or London is lost.
    """
    if not text.strip():
        return (Search(),)
    typed, today, known = _normal(text), now.astimezone(ZoneInfo(zone)).date(), places(policy)
    said = plain(typed).split()
    both = frozenset(one for one in said if one in names and _means_more(one, known, today))
    ways = [both, frozenset[str]()] if both else [both]
    found = dict.fromkeys(one for own in ways for one in _read(policy, known, today, typed, own))
    any_call = not both and not _OF_CALLS.isdisjoint(said)
    return tuple(one for one in found if any_call or one != Search())


def codes(policy: Policy) -> tuple[str, ...]:
    """The country codes of the lines' own countries, which people leave out."""
    regions = {line.region_code for line in policy.lines.values()}
    return tuple(sorted({str(phonenumbers.country_code_for_region(one)) for one in regions}))


def _normal(text: str) -> str:
    """In small letters, with any script's digits as 0 to 9, without signs that nobody sees, what stands behind an @, and “’s”."""
    shown = (one for one in unicodedata.normalize("NFKC", text[:_LONGEST]) if unicodedata.category(one) != "Cf")
    digits = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in shown)
    written = " ".join("".join(digits).casefold().split())
    return _OWNER.sub("", _ADDRESS.sub(r"\1", written))


def _means_more(word: str, known: Mapping[str, frozenset[str]], today: date) -> bool:
    means = word in SMALL or word in _OF_CALLS or word in WAYS or word in known
    return means or days_in(word, today)[0] is not None


def _read(
    policy: Policy, known: Mapping[str, frozenset[str]], today: date, typed: str, own: frozenset[str]
) -> Iterator[Search]:
    """One way to read it, with `own` words as names: whole references first, then whatever has what was typed somewhere."""
    left = _Left(typed)
    names = left.take_words(own)
    ends = [f"{one};" for one in left.take(_MASKED)]
    hours, left.rest = hours_in(left.rest)
    days, left.rest = days_in(left.rest, today)
    references = [one for one in map(compact, left.take_references(policy)) if one]
    digits, numbers = left.take_numbers(policy)
    lines, direction = left.take_lines(known) | numbers, left.take_direction()
    words = tuple(dict.fromkeys((*names, *left.words())))
    # A reference is meant whole, then as a beginning; of several each is meant by itself.
    for written in [sign.format(one) for sign in ("#{}.", "#{}") for one in references] or [""]:
        parts_of_it = (*ends, *digits, *filter(None, (written,)))
        yield Search(parts_of_it, words, days, direction, lines, hours)


class _Left:
    """What was typed, and is still to be read."""

    def __init__(self, typed: str) -> None:
        self.rest = typed

    def take(self, pattern: re.Pattern[str]) -> list[str]:
        """All that is written so."""
        found: list[str] = pattern.findall(self.rest)
        self.rest = " ".join(pattern.sub(" ", self.rest).split())
        return found

    def take_words(self, words: frozenset[str]) -> list[str]:
        """Those of its words."""
        both = "|".join(map(re.escape, sorted(words)))
        return [plain(unaccented(one)) for one in self.take(re.compile(rf"(?<!\w)({both})(?!\w)"))] if words else []

    def words(self) -> Iterator[str]:
        """What is left: names, or pieces of a reference."""
        return (one for one in plain(unaccented(self.rest)).split() if compact(one) and one not in SMALL | _OF_CALLS)

    def take_references(self, policy: Policy) -> list[str]:
        """References as the CRM shows them, and with another sign or none between letters and digits."""
        pattern = policy.company.crm_pattern
        if not pattern:
            return []
        found = self.take(re.compile(rf"(?<![\w-])((?:{pattern}))(?![\w-])", re.IGNORECASE))
        loose = [one for one in _LOOSE.findall(self.rest) if meant(one, pattern) is not None]
        for one in loose:
            self.rest = self.rest.replace(one, " ")
        return [*(one if isinstance(one, str) else one[0] for one in found), *loose]

    def take_numbers(self, policy: Policy) -> tuple[list[str], frozenset[str]]:
        """Parts of numbers in digits alone, and the lines whose own numbers are among them."""
        written = self.take(_NUMBER)
        lines = {line for one in written if (line := one_of(one, policy.lines))}
        digits = (parts(one) or re.sub(r"[^0-9]", "", one) for one in written if one_of(one, policy.lines) is None)
        return list(digits), frozenset(lines)

    def take_lines(self, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """Lines, the longest way to say one first; of several all are meant."""
        said, found = f" {plain(self.rest)} ", frozenset[str]()
        for way in sorted(known, key=len, reverse=True):
            if f" {way} " in said:
                said, found = said.replace(f" {way} ", " ", 1), found | known[way]
        self.rest = said.strip()
        return found

    def take_direction(self) -> str:
        """Which way the call went; empty where nothing tells it."""
        found = [WAYS[one] for one in self.rest.split() if one in WAYS]
        self.rest = " ".join(one for one in self.rest.split() if one not in WAYS)
        return found[0] if len(set(found)) == 1 else ""
