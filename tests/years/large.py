"""Two years of a company of 500 with as many calls as are wanted: what happens when, drawn from a seed."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from random import Random
from zoneinfo import ZoneInfo

from handlers.acting import Actor
from storage.database.store import Store
from storage.records import ChatAccount, Person
from tests.handlers.builders import AU, UK, seeded
from tests.moments import NOW
from tests.years.presses import DECIDERS, EVERYBODY, OPERATORS, STAFF
from tests.years.town import Call, Event, Kind, moment

DAYS = 730
END = NOW + timedelta(days=DAYS)
OPEN_FROM, OPEN_FOR = time(9), 3600
"""People are called within the busiest hour of a working day, by the clock on the wall of the line: an hour in which calls go takes a look at all that is there."""
ZONES = {AU: ZoneInfo("Australia/Sydney"), UK: ZoneInfo("Europe/London")}
AT_NIGHT = 400
"""One call in so many comes at any second of any day: also in hours that daylight saving skips or repeats."""
SAMPLED, MOST_SAMPLED = 100, 500
"""Of one call in so many, and of so many calls, the second before its moment is looked at, and the moment itself."""
ASKED, HELD, DECLINED = 0.02, 0.005, 0.01
A_SECOND, SHORTLY = timedelta(seconds=1), timedelta(seconds=20)


def calls(seed: int, number: int) -> list[Call]:
    """In the order of their beginnings; no two of one operator at the same second."""
    chance = Random(seed)
    days = [NOW.date() + timedelta(days=one) for one in range(1, DAYS)]
    working = [one for one in days if one.weekday() < 5]
    operators = [one.name for one in OPERATORS[:STAFF]]
    facts: set[tuple[datetime, str, str]] = set()
    while len(facts) < number:
        line = chance.choice((AU, UK))
        day, second = chance.choice(working), chance.randrange(OPEN_FOR)
        started = datetime.combine(day, OPEN_FROM, ZONES[line]).astimezone(UTC) + timedelta(seconds=second)
        if len(facts) % AT_NIGHT == 0:
            started = NOW + timedelta(seconds=chance.randrange(DAYS * 86_400))
        facts.add((started, line, chance.choice(operators)))
    return [Call(one, line, started, operator) for one, (started, line, operator) in enumerate(sorted(facts))]


def events(seed: int, town: list[Call]) -> list[Event]:
    """Everything that happens, in order, with the moments at which all is looked at."""
    chance = Random(seed + 1)
    sampled = max(SAMPLED, len(town) // MOST_SAMPLED)
    each = (one for call in town for one in _of(chance, call, sampled))
    every = chain(_hours(), _outages(chance), each, _declines(chance, town))
    return sorted(one for one in every if one.at < END)


def _hours() -> Iterator[Event]:
    """The clock's work is done each hour; once a day the Head lets go whatever is paused."""
    for hour in range(DAYS * 24):
        yield Event(NOW + timedelta(hours=hour, seconds=17), "look")
    for day in range(DAYS):
        yield Event(NOW + timedelta(days=day, minutes=30), "agree")


def _outages(chance: Random) -> Iterator[Event]:
    """The recorder is away for minutes at an hour's tick, and asked again when it is back."""
    for hour in chance.sample(range(DAYS * 24), 60):
        at = NOW + timedelta(hours=hour)
        yield Event(at, "away")
        back = at + timedelta(minutes=chance.randrange(1, 25))
        yield Event(back, "back")
        yield from (Event(back + timedelta(minutes=minutes), "look") for minutes in (1, 16))


def _of(chance: Random, call: Call, sampled: int) -> Iterator[Event]:
    yield Event(call.started + timedelta(minutes=2), "call", call.number)
    due = moment(call)
    if call.number % sampled == 0:
        yield Event(due - A_SECOND, "before", call.number)
        yield from (Event(at, "look") for at in (due, due + SHORTLY))
    if chance.random() < ASKED:
        asked: Kind = chance.choice(("ask", "ask", "claim"))
        at = call.started + timedelta(days=chance.choice((1, 3, 30, 340, 360, 363)), hours=chance.randrange(24))
        yield Event(at, asked, call.number)
        if chance.random() < 0.7:
            decided: Kind = chance.choice(("approve", "deny"))
            yield Event(at + timedelta(days=chance.choice((0, 1, 8)), minutes=7), decided, call.number)
    if chance.random() < HELD:
        yield from _held(chance, call, due)


def _held(chance: Random, call: Call, due: datetime) -> Iterator[Event]:
    held: Kind = chance.choice(("hold", "hold_asked"))
    at = due - timedelta(days=chance.choice((1, 4, 50)), seconds=chance.randrange(80_000))
    yield Event(at, held, call.number)
    if chance.random() < 0.6:
        then: Kind = chance.choice(("confirm", "release"))
        yield Event(at + timedelta(days=chance.choice((0, 3, 55)), minutes=9), then, call.number)


def _declines(chance: Random, town: list[Call]) -> Iterator[Event]:
    """Callers say so a minute after the beginning, to one operator once a day; one in three agreed after all, as the Head hears within hours."""
    last = dict[str, datetime]()
    for call in town:
        lately = call.operator in last and call.started - last[call.operator] < timedelta(days=1)
        if lately or chance.random() >= DECLINED:
            continue
        last[call.operator] = call.started
        yield Event(call.started + timedelta(minutes=1), "decline", call.number)
        if chance.random() < 1 / 3:
            yield Event(call.started + timedelta(hours=chance.choice((1, 3)), minutes=11), "keep", call.number)


def moved_in(store: Store) -> dict[str, Actor]:
    """All 500 have met the bot; those who decide by their short names, the staff by number."""
    people = [
        Person(email_key=one.email, email=one.email, name=one.name, zone=one.zone, checked_at=NOW) for one in EVERYBODY
    ]
    store.session.add_all(people)
    store.session.flush()
    store.session.add_all(
        ChatAccount(
            platform="slack", account_id=one.account, person_id=person.id, email_key=one.email, standing="member", checked_at=NOW
        )
        for one, person in zip(EVERYBODY, people, strict=True)
    )  # fmt: skip
    seeded(store)
    names = [*DECIDERS, *(f"staff{one}" for one in range(len(OPERATORS)))]
    each = zip(names, EVERYBODY, people, strict=True)
    visitors = {name: Actor(f"slack:{one.account}", person.id) for name, one, person in each}
    return visitors | {"anna": visitors["staff0"]}
