"""The look-ups in forms: a call in the register, by what was typed or chosen before (P7), and people (P9)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.acting import Context
from handlers.cards import HINT, Option
from handlers.phrases import length_words, line_words, masked_number, moment_words
from handlers.policy import Policy
from handlers.rules import Refused, access, wishes
from handlers.rules import searching as rule
from handlers.rules.searching import Hours, Search, read_query
from handlers.rules.spelling import Called, name_words, operators_called
from storage.prefetch import Prefetch
from storage.records import Person, Recording
from storage.searches import Wanted

MOST_OPTIONS = 40
LONGEST_ID = 10  # digits
ALIKE = "similar name"
NOBODY = Called(frozenset(), ())
EXAMPLES = ("0412 345", "Anna", "24 Nov 16:20", "last week", "London", "CS-10442")
LATELY = timedelta(days=30)  # in which a time of the day is looked for


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Calls that are what was typed, by the most exact way to read it; those by other ways; and those of operators with a similar name.
    `missing` is a number in the words that no call has, and `searched` the words of a sentence that found these.
    """

    exactly: tuple[Option, ...] = ()
    otherwise: tuple[Option, ...] = ()
    alike: tuple[Option, ...] = ()
    missing: str = ""
    searched: str = ""

    @property
    def all(self) -> list[Option]:
        """All options, in the order in which they are offered."""
        return [*self.exactly, *self.otherwise, *self.alike][:MOST_OPTIONS]

    @property
    def nothing(self) -> str:
        """What wasn't found, in a sentence."""
        return f"No call matches {self.missing}." if self.missing else "I found no call."


def find_calls(ctx: Context, typed: str) -> list[Option]:
    """P7: offer calls for what was typed that this person may know of, or say what can be typed."""
    return offer_or_examples(look_for_calls(ctx, typed).all, typed)


def offer_or_examples(found: Sequence[Option], typed: str) -> list[Option]:
    """Return what was found; if nothing was, return one option that says what can be typed."""
    if found or not typed.strip():
        return list(found)
    others = [one for one in EXAMPLES if one.casefold() != typed.strip().casefold()]
    return [Option(HINT, "No call found", f"Try {', '.join(others[:-1])} or {others[-1]}.")]


def look_for_calls(ctx: Context, typed: str) -> SearchResult:
    """P7: find calls that match and that this person may know of, newest first.

    What is typed can be read in several ways, such as a number or a name. What the first way to find anything finds
    counts as exact; the rest comes after it.
    """
    me, zone = ctx.me, _zone_of_reader(ctx)
    departments, mine = rule.search_scope(ctx.policy, me.id, me.email_key)
    operators = ctx.store.searches.operators(departments, me.email_key)
    exactly, others, by_similar_name = dict[int, Recording](), dict[int, Recording](), dict[int, Recording]()
    for search in read_query(ctx.policy, typed, ctx.now, zone, name_words(operators)):
        wanted, who = _wanted_calls(ctx.policy, search, operators)
        wanted = replace(wanted, departments=departments, mine=mine)
        query = _search_function(ctx, search, zone)
        found = query(replace(wanted, operators=who.exactly) if who else wanted)
        (others if exactly else exactly).update({one.id: one for one in found if one.id not in exactly})
        if who and who.alike and len(exactly) < MOST_OPTIONS:
            by_similar_name |= {one.id: one for one in query(replace(wanted, operators=frozenset(who.alike)))}
    similar = _call_options(ctx, (one for one in by_similar_name.values() if one.id not in exactly | others))
    marked = (replace(one, small=f"{ALIKE} · {one.small}") for one in similar)
    return SearchResult(
        tuple(_call_options(ctx, exactly.values())), tuple(_call_options(ctx, others.values())), tuple(marked)
    )


def look_in_words(ctx: Context, words: str) -> SearchResult:
    """P7: return the result of the first search in these words that finds anything. No call counts as exact that
    doesn't fit a number, day or time in them.
    """
    zone = _zone_of_reader(ctx)
    searches = wishes.searches_in(ctx.policy, words, ctx.now, zone)
    results = ((replace(look_for_calls(ctx, one), searched=one), fits) for one, fits in searches.items())
    found, fits = next((one for one in results if one[0].all), (SearchResult(), True))
    if found.exactly and fits:
        return found
    numbers = rule.numbers_in(ctx.policy, words, ctx.now.astimezone(ZoneInfo(zone)).date())
    missing = next((one for one in numbers if not look_for_calls(ctx, one).all), "")
    return replace(found, exactly=(), otherwise=found.exactly + found.otherwise, missing=missing)


def _zone_of_reader(ctx: Context) -> str:
    """Return the time zone (IANA) that says which day is today."""
    return ctx.me.zone or ctx.policy.lines[ctx.policy.company.home_line].time_zone


def chosen_calls(ctx: Context, values: Iterable[str]) -> list[Option]:
    """P7: return the calls chosen before, in that order; those this person may not know of are left out."""
    found = ctx.store.recordings.present(filter(None, map(_chosen_id, values)), ctx.now)
    return [call_option(ctx.policy, one, ctx.now) for one in found if may_know(ctx, one)]


def may_know(ctx: Context, call: Recording, person: Person | None = None) -> bool:
    """P7: return True if this person (by default the current one) may know of a call, and so ask for it."""
    me = person or ctx.me
    return rule.may_know(ctx.policy, me.id, me.email_key, call.department, call.operator_id, call.line)


def _wanted_calls(policy: Policy, search: Search, operators: Sequence[tuple[str, str]]) -> tuple[Wanted, Called | None]:
    """Turn a search into a query of the register, and say whose calls it is about (None: anyone's).
    A word that names no operator may be part of a reference.
    """
    who = operators_called(search.words, operators) if search.words else None
    others: list[str] = []
    if who is not None and not (who.exactly or who.alike):
        names = [one for one in search.words if operators_called([one], operators) != NOBODY]
        others = [access.compact_reference(one) for one in search.words if one not in names]
        who = operators_called(names, operators) if names else None
    lines = search.lines or (frozenset(policy.lines) if search.direction else None)
    wanted = Wanted(
        parts=(*search.parts, *others), days=search.days, lines=lines, direction=search.direction,
    )  # fmt: skip
    return wanted, who


def _search_function(ctx: Context, search: Search, zone: str) -> Callable[[Wanted], list[Recording]]:
    """Return the function that queries the register: one query, or one per day and zone if a time of day was typed."""
    if search.hours is None:
        return lambda wanted: _search_register(ctx, wanted)
    hours, today = search.hours, ctx.now.astimezone(ZoneInfo(zone)).date()
    return lambda wanted: _search_moments(ctx, _at_those_hours(ctx.policy, wanted, hours, today))


def _at_those_hours(policy: Policy, wanted: Wanted, hours: Hours, today: date) -> Iterator[Wanted]:
    """Yield the search for this time of day, one per day and zone, latest day first, up to `LATELY` days back."""
    first, last = wanted.days or (today - LATELY, today)
    zones = dict.fromkeys(line.time_zone for line in policy.lines.values())
    for back in range(min((last - first).days, LATELY.days) + 1):
        day = last - timedelta(days=back)
        for zone in zones:
            begins, ends = (datetime.combine(day, one, ZoneInfo(zone)) for one in hours)
            lines_in_zone = frozenset(one for one, line in policy.lines.items() if line.time_zone == zone)
            lines = lines_in_zone if wanted.lines is None else lines_in_zone & wanted.lines
            if lines:
                yield replace(wanted, lines=lines, days=None, between=(begins, ends))


def _search_moments(ctx: Context, moments: Iterator[Wanted]) -> list[Recording]:
    """Run the queries until there are enough calls for a list, and return these newest first."""
    found: list[Recording] = []
    for wanted in moments:
        found += _search_register(ctx, wanted)
        if len(found) >= MOST_OPTIONS:
            break
    return sorted(found, key=lambda one: (one.started, one.id), reverse=True)[:MOST_OPTIONS]


def _search_register(ctx: Context, wanted: Wanted) -> list[Recording]:
    """Return the calls that match, except those of lines that the policy no longer names."""
    found = ctx.store.searches.find(wanted, MOST_OPTIONS, ctx.now)
    return [one for one in found if one.line in ctx.policy.lines]


def rows_of_form(person_id: int | None, form: object, named: Collection[str], **_: object) -> Prefetch:
    """Name the rows that most filings read: who files it, whom the policy names, and the calls and people of its form."""
    people = (person_id, *map(_chosen_id, getattr(form, "concerned", ())))
    calls = (_chosen_id(str(one)) for one in getattr(form, "recordings", ()))
    return Prefetch(frozenset(filter(None, people)), frozenset(filter(None, calls)), addresses=frozenset(named))


def _chosen_id(value: str) -> int:
    """Return the id that was chosen, or 0 if it can't be an id, since a client may send anything."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= LONGEST_ID else 0
    return number if number < 2**31 else 0


def _call_options(ctx: Context, found: Iterable[Recording]) -> Iterator[Option]:
    return (call_option(ctx.policy, one, ctx.now) for one in found)


def call_option(policy: Policy, recording: Recording, now: datetime) -> Option:
    """Return a call as a look-up offers it, in the line's time, by which a day is looked for too."""
    started = moment_words(recording.started, line_words(recording.line, policy)[1], now)
    small = [recording.direction, masked_number(recording.caller), length_words(recording.seconds), recording.crm]
    label = f"{started} · {recording.operator_name}"
    return Option(str(recording.id), label, " · ".join(part for part in small if part))


SOURCE = "role_people"
"""The name of the look-up."""


def find_people(ctx: Context, typed: str) -> list[Option]:
    """Find people in roles whose name or title has every word typed; all if nothing is typed. Ordered by role."""
    words = typed.casefold().split()
    found = _people_options(ctx)
    return [one for one in found if all(word in f"{one.label} {one.small}".casefold() for word in words)]


def named_people(ctx: Context, values: Iterable[str]) -> list[Option]:
    """Return the options of people chosen before, in that order, for a form that is redrawn or opens filled in.

    People who no longer hold a role are left out.
    """
    options = {one.value: one for one in _people_options(ctx)}
    return [options[one] for one in values if one in options]


def check_people_in_roles(policy: Policy, values: Iterable[str], field: str) -> tuple[int, ...]:
    """Return the people chosen, each once. Raises `Refused` at the field for a person without a role."""
    in_roles = {str(one): one for one in policy.seats.in_roles}
    chosen = list(dict.fromkeys(values))
    if any(one not in in_roles for one in chosen):
        words = "Someone you chose no longer holds a role or deputises in one. Please choose again."
        raise Refused.at({field: words}, clause="P9")
    return tuple(in_roles[one] for one in chosen)


def number_of_people(policy: Policy) -> int:
    """Return how many people can be chosen at most: everyone in a role."""
    return len(policy.roles.addresses)


def _people_options(ctx: Context) -> list[Option]:
    """Return everyone who holds or deputises in a role, with all their titles."""
    titles: dict[int, list[str]] = {}
    for role in ctx.policy.seats.roles.values():
        for who in role.people:
            titles.setdefault(who, []).append(role.title if who == role.holder else f"deputy of the {role.title}")
    people = ctx.store.people.named(titles)
    return [Option(str(who), people[who].name, ", ".join(held)) for who, held in titles.items() if who in people]


def find_colleagues(ctx: Context, typed: str) -> list[Option]:
    """Find people by part of a name or address, those in a role first. The caller checks who may search."""
    deciders = find_people(ctx, typed)
    shown = {one.value for one in deciders}
    people = ctx.store.people.called(typed.split(), MOST_OPTIONS)
    others = [Option(str(one.id), one.name, one.email_key) for one in people if str(one.id) not in shown]
    return [*deciders, *others][:MOST_OPTIONS]


def name_colleagues(ctx: Context, values: Iterable[str]) -> list[Option]:
    """Return the people chosen before, in that order."""
    chosen = list(values)
    people = ctx.store.people.named(_read_ids(chosen))
    found = {str(one.id): Option(str(one.id), one.name, one.email_key) for one in people.values()}
    found |= {one.value: one for one in named_people(ctx, chosen)}
    return [found[one] for one in chosen if one in found]


def check_colleagues(ctx: Context, values: Iterable[str], field: str) -> tuple[int, ...]:
    """Return the people who were chosen, each once; raises `Refused` at the field."""
    chosen = list(dict.fromkeys(values))
    people = ctx.store.people.named(_read_ids(chosen))
    if len(people) < len(chosen):
        raise Refused.at({field: "This person can no longer be chosen. Please choose again."})
    return tuple(map(int, chosen))


def _read_ids(values: Iterable[str]) -> list[int]:
    """Return the ids of people among these values; a client may send anything."""
    return [int(one) for one in values if one.isascii() and one.isdigit() and len(one) <= LONGEST_ID]
