"""A plan of years that bears delays: whatever people do, and whatever falls due, has minutes of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from random import Random

from tests.handlers.builders import AU, UK
from tests.moments import NOW
from tests.years.town import PEOPLE, Call, Event, Kind, moment

YEARS = timedelta(days=850)
"""Two years and the first of March after a February of 29 days."""
STARTS, MOMENT_TICKS = 10, (0, 7)
"""The minute of an hour at which calls begin, and how long after a moment the clock looks (minutes)."""
MINUTE: dict[Kind, int] = {
    "hold": 20, "hold_asked": 22, "ask": 30, "claim": 32, "confirm": 40, "release": 42, "approve": 50, "deny": 52,
}  # fmt: skip
FIRST = datetime(2028, 2, 29, 1, 10, tzinfo=NOW.tzinfo)
"""A call of the day that the next year does not have."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A moment at which everybody who works is to do what is due, after what happens then."""

    at: datetime
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls of some years, and each moment at which something is done."""

    town: tuple[Call, ...]
    stops: tuple[Stop, ...]


def a_plan(seed: int, number: int) -> Plan:
    """So many calls, with what people do about them, and a look each month."""
    chance = Random(seed)
    town = tuple(_call(one) for one in range(number))
    events = [*(one for call in town for one in _of(chance, call))]
    looks = [moment(one) + timedelta(minutes=after) for one in town for after in MOMENT_TICKS]
    looks += [NOW + timedelta(days=days, minutes=5) for days in range(30, YEARS.days, 30)]
    every = sorted([*events, *(Event(at, "look") for at in looks)])
    stops = [Stop(at, tuple(those)) for at, those in groupby(every, lambda one: one.at) if at < NOW + YEARS]
    return Plan(town, tuple(stops))


def _call(number: int) -> Call:
    """Two are of the same second, so that they are erased together."""
    first = Random(number // 2 * 1_000_003)
    started = NOW + timedelta(days=first.randrange(1, 480), hours=first.randrange(24))
    started = FIRST if number < 2 else started.replace(minute=STARTS)
    line = (AU, UK)[number % 2 if number < 2 else first.randrange(2)]
    return Call(number, line, started, PEOPLE[number % len(PEOPLE)])


def _of(chance: Random, call: Call) -> Iterator[Event]:
    yield Event(call.started + timedelta(minutes=2), "call", call.number)
    due = moment(call)
    if chance.random() < 0.6:
        asked: Kind = chance.choice(("ask", "ask", "claim"))
        at = due - timedelta(days=chance.choice((1, 2, 6, 15, 200)))
        yield _event(at, asked, call)
        decided: Kind = chance.choice(("approve", "deny", "look"))
        if decided != "look":
            yield _event(at + timedelta(days=chance.choice((0, 2, 8, 18))), decided, call)
    if chance.random() < 0.4:
        held: Kind = chance.choice(("hold", "hold_asked"))
        at = due - timedelta(days=chance.choice((1, 3, 40)))
        yield _event(at, held, call)
        then: Kind = chance.choice(("confirm", "release", "look"))
        if then != "look":
            yield _event(at + timedelta(days=chance.choice((1, 4, 30))), then, call)


def _event(at: datetime, kind: Kind, call: Call) -> Event:
    return Event(at.replace(minute=MINUTE[kind], second=0), kind, call.number)
