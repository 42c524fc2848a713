"""What somebody means who types into the search for a call: numbers, references, names, days, places, which way it went (P7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import phonenumbers

from handlers.policy import Policy

from .days import CALENDAR, Days, days_in
from .hours import Hours, hours_in, part_in
from .phone import one_of, parts
from .places import WAYS, Place, places
from .reference import compact, meant
from .spelling import SMALL, plain, spelled, unaccented

_LONGEST = 100
_MASKED = re.compile(r"(?:[•*·×]+|\.{2,}|\bx{2,}|\bend(?:s|ing)? (?:in|with|on)) ?([0-9]{2,})")
_MARKED = re.compile(r"# ?(\w[\w-]*)")
_LOOSE = re.compile(r"(?<![\w-])([^\W\d_]{1,10}[ -]?[0-9][0-9-]*)(?![\w-])")  # cs103 and cs 103 are meant as CS-103
_NUMBER = re.compile(r"(?<![\w+-])(\+?\(?[0-9][0-9 ()./-]*)(?!\w)")
_WITHHELD = re.compile(
    r"(?<!\w)(?:(?:number )?withheld|(?:no|unknown|private|hidden|anonymous) (?:number|caller)|without (?:a )?number)(?!\w)"
)
_ADDRESS = re.compile(r"(?<!\S)([\w.'’-]+)@[\w.-]+")
_OWNER = re.compile(r"(?<=\w)[’']s(?!\w)")
_OF_CALLS = frozenset(
    re.findall(
        r"\w+",
        """
        agent agents all between by call called caller callers calls case client clients conversation conversations crm customer
        customers during from her his line made miss mr mrs ms new newest no nr number numbers of operator operators phone phoned
        rang received recent recording recordings ref reference taken tel telephone ticket took
        """,
    )
)
"""Words around what is looked for, which tell nothing of it."""
_ANYWHERE = Place()


@dataclass(frozen=True, slots=True)
class Search:
    """One way to read what was typed: calls to which all of it applies; everything empty means any call.

    `parts` stand in the caller's number or the reference, in letters and digits alone, with the signs around them that
    `storage.searches.BORDERS` names where they begin or end it. `words` are names of an operator, or stand in a reference.
    `hours` are of the line's day; `withheld` is a call without a number.
    """

    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    days: Days | None = None
    direction: str = ""
    place: Place = _ANYWHERE
    hours: Hours | None = None
    withheld: bool = False


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
    if not compact(typed):
        return ()
    both = frozenset(one for one in plain(typed).split() if one in names and _means_more(one, known, today))
    ways = [both, frozenset[str]()] if both else [both]
    found = dict.fromkeys(one for own in ways for one in _read(policy, known, today, typed, own))
    any_call = not both and not _OF_CALLS.isdisjoint(plain(typed).split())
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


def _means_more(word: str, known: Mapping[str, Place], today: date) -> bool:
    means = word in SMALL or word in _OF_CALLS or word in WAYS or word in known
    return means or days_in(word, today)[0] is not None


def _read(policy: Policy, known: Mapping[str, Place], today: date, typed: str, own: frozenset[str]) -> Iterator[Search]:
    """One way to read it, with `own` words as names: whole references first, then whatever has what was typed somewhere."""
    left = _Left(typed)
    names = left.take_words(own)
    withheld = bool(left.take(_WITHHELD))
    ends = [f"{one};" for one in left.take(_MASKED)]
    marked = left.take(_MARKED)
    days, hours = left.take_days(today)
    references = [*marked, *left.take_references(policy)]
    digits, lines = left.take_numbers(policy)
    place, direction = left.take_place(known, lines), left.take_direction()
    words = tuple(dict.fromkeys((*names, *left.words())))
    for written in _writings(references, marked):
        yield Search((*ends, *digits, *written), words, days, direction, place, hours, withheld)


def _writings(references: Sequence[str], marked: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """How references stand in the register: whole, then as a beginning, then as an end; of several each is meant by itself."""
    told = [one for one in map(compact, references) if one]
    for writing in ("#{}.", "#{}", *(("{}.",) if marked else ())) if references else ():
        yield from ((writing.format(one),) for one in told)
    if not told:
        yield ()


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

    def take_days(self, today: date) -> tuple[Days | None, Hours | None]:
        """Days and the time of the day; a slip in a month or a weekday is seen."""
        hours, self.rest = hours_in(" ".join(spelled(one, CALENDAR) for one in self.rest.split()))
        days, self.rest = days_in(self.rest, today)
        if days and hours is None:
            hours, self.rest = part_in(self.rest)
        return days, hours

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

    def take_place(self, known: Mapping[str, Place], lines: frozenset[str]) -> Place:
        """Lines and departments, the longest way to say one first; several lines are all meant, and so are departments."""
        said = f" {plain(self.rest)} "
        found = Place(lines)
        for way in sorted(known, key=len, reverse=True):
            if f" {way} " in said:
                said = said.replace(f" {way} ", " ", 1)
                found = Place(found.lines | known[way].lines, found.departments | known[way].departments)
        self.rest = said.strip()
        return found

    def take_direction(self) -> str:
        """Which way the call went; empty where nothing tells it."""
        found = [WAYS[one] for one in self.rest.split() if one in WAYS]
        self.rest = " ".join(one for one in self.rest.split() if one not in WAYS)
        return found[0] if len(set(found)) == 1 else ""
