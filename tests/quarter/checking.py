"""The checker: log and ledger of a quarter held against what should have come of it; shares no code with the rules.

Each step falls once and when it should, each reminder is told once, to the right person, in working hours, all of one
moment in one message; and for each message that the log speaks of there is one in the ledger, and no other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from tests.quarter.days import BEGIN, END, Days
from tests.quarter.deciders import RESOURCES, Call, Deciders, Role
from tests.quarter.expected import Course
from tests.quarter.reach import Reach
from tests.quarter.told import Entry, Log, Reminded, Sent, Told, read

T = TypeVar("T", Told, Reminded)
Fell = Mapping[tuple[str, str, int], Sequence[datetime]]
"""When each step of a request fell for a person, each time that it did."""
AT_ONCE = ("access.file", "access.recheck", "access.reroute", "access.pass_on")
"""Steps by which somebody gets the card at once, at whatever hour."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checker knows beforehand: who holds which role, where people live (IANA), whose calls and accounts these are.

    `heard` says who wrote when after the way had been shut. `late` is by how much something may be done later than it should, where whoever did it died meanwhile.
    """

    roles: Mapping[str, Role]
    zones: Mapping[int, str]
    calls: Mapping[int, Call]
    shut: Mapping[date, str]
    accounts: Mapping[str, int]
    heard: Sequence[tuple[int, datetime]]
    end: datetime
    late: timedelta = timedelta(0)


def problems(entries: Sequence[Entry], sent: Sequence[Sent], facts: Facts) -> list[str]:
    """A sentence for everything that is otherwise than it should be."""
    log = read(entries)
    reach = Reach(log.turned, facts.accounts, facts.heard)
    courses = expected(log, reach, facts)
    steps = [one for course in courses for one in course.steps]
    reminded = [one for course in courses for one in course.reminded]
    fell = {(c.request.id, *key): at for c in courses for key, at in c.fell.items()}
    return [
        *_compared(steps, log.steps, facts.late),
        *_compared(reminded, log.reminded, facts.late),
        *_in_hours(log, facts),
        *_messages(log, sent, fell, reach),
        *_cards(log, sent, reach),
        *_warned(log, sent),
        *_doubled(log, facts),
        *(f"{one.kind} for {one.person} is {one.state}" for one in sent if not _ended_well(one, reach)),
        *(f"refused or failed: {one}" for one in entries if one["outcome"] not in {"done", "noted", "refused"}),
    ]  # fmt: skip


def expected(log: Log, reach: Reach, facts: Facts) -> list[Course]:
    """What should have come of every request."""
    deciders, days = Deciders(facts.roles, facts.calls, log.absences), Days(facts.shut)
    looks = [at for one in log.absences for at in (one.said, one.over) if at is not None]
    return [Course(one, deciders, days, reach, facts.zones, facts.end).run(looks) for one in log.filed.values()]


def _compared(wanted: Sequence[T], seen: Sequence[T], late: timedelta) -> Iterator[str]:
    """Each that should be, once, at its moment or no more than so much later, and no other."""
    left: dict[T, list[datetime]] = defaultdict(list)
    for one in sorted(seen, key=lambda one: one.at):
        left[_timeless(one)].append(one.at)
    for one in sorted(wanted, key=lambda one: one.at):
        found = left[_timeless(one)]
        if not found:
            yield f"missing: {one}"
        elif not one.at <= (at := found.pop(0)) <= one.at + late:
            yield f"at {at}: {one}"
    yield from (f"too much: {one} at {at}" for one, each in left.items() for at in each)


def _timeless(one: T) -> T:
    return replace(one, at=datetime.min.replace(tzinfo=UTC))


def _in_hours(log: Log, facts: Facts) -> Iterator[str]:
    """Whatever the calendars say, by the clock on the wall of whoever is told."""
    for one in log.reminded:
        zone = ZoneInfo(facts.zones[one.person])
        local, meant = one.at.astimezone(zone), (one.at - facts.late).astimezone(zone)
        if local.weekday() > 4 or local.time() < BEGIN or meant.time() > END:
            yield f"out of hours, {local}: {one}"


def _ended_well(row: Sent, reach: Reach) -> bool:
    """It was done; nothing fails but what was for whom nothing reaches, and to that one nothing is sent."""
    lost = row.done is not None and reach.lost(row.person, row.done)
    return row.state in ({"failed", "superseded"} if lost else {"sent", "updated", "superseded"})


def _messages(log: Log, sent: Sequence[Sent], fell: Fell, reach: Reach) -> Iterator[str]:
    """One message for all that a person is told of at a moment: those very things, each with when it fell.

    What does not reach a person is tried once more as the cards themselves; whoever is there again gets what stayed behind.
    """
    returned = {(one.person, one.until) for one in reach.spells}
    wanted: dict[tuple[int, datetime], list[Reminded]] = defaultdict(list)
    for one in log.reminded:
        wanted[one.person, one.at].append(one)
    seen: dict[tuple[int, datetime], list[Sent]] = defaultdict(list)
    for row in sent:
        if row.kind == "digest" or (row.kind == "show" and row.payload.get("again")):
            seen[row.person, row.at].append(row)
    for key in (wanted.keys() | seen.keys()) - returned:
        if reach.lost(*key):
            continue
        told, rows = wanted.get(key, []), seen.get(key, [])
        if len(rows) != 1 or not _says(rows[0], told, fell):
            yield f"{key[0]} at {key[1]} is told of {told} by {rows}"


def _says(row: Sent, told: Sequence[Reminded], fell: Fell) -> bool:
    if row.kind == "show":
        return [one.request for one in told] == [row.payload["matter"]]
    ids = {f"{one.request}:{one.step}:{one.person}:{_fell(one, fell):%Y%m%d%H%M%S}" for one in told}
    return row.state == "sent" and Counter(row.payload["reminders"]) == Counter(ids)


def _fell(one: Reminded, fell: Fell) -> datetime:
    """When that fell of which somebody was told: the last time before."""
    return max((at for at in fell.get((one.request, one.step, one.person), ()) if at <= one.at), default=one.at)


def _cards(log: Log, sent: Sequence[Sent], reach: Reach) -> Iterator[str]:
    """Whoever asked, and whoever was asked at once and is reached, has the card; nobody has two of one request."""
    cards = Counter((one.payload["matter"], one.person) for one in sent if one.kind == "show" and one.state == "sent")
    yield from (f"two cards: {one}" for one, number in cards.items() if number > 1)
    at_once = [one for one in log.steps if one.action in AT_ONCE]
    asked = {(one.request, person) for one in at_once for person in one.people if not reach.lost(person, one.at)}
    asked |= {(one.id, one.requester) for one in log.filed.values()}
    yield from (f"no card: {one}" for one in asked - cards.keys())


def _warned(log: Log, sent: Sequence[Sent]) -> Iterator[str]:
    """Each alarm is one message to whom the log names; no other is sent, and there is always someone to tell."""
    wanted = Counter((one.request, person, one.at) for one in log.steps for person in one.warned)
    wanted.update(("", person, one.at) for one in log.turned for person in one.warned)
    seen = Counter((one.payload.get("matter", ""), one.person, one.at) for one in sent if one.kind == "warn")
    yield from _apart("alarm", wanted, seen)
    yield from (f"an alarm that no one could be told of: {one}" for one in sent if one.kind == "alert")


def _doubled(log: Log, facts: Facts) -> Iterator[str]:
    """That somebody has two accounts is told once, to Human Resources; of no other account anybody is told."""
    for one in log.turned:
        if one.warned != ({facts.roles[RESOURCES].holder} if one.stands == "ambiguous" else frozenset()):
            yield f"told wrongly: {one}"


def _apart(what: str, wanted: Counter[Any], seen: Counter[Any]) -> Iterator[str]:
    yield from (f"an {what} that was not sent: {one}" for one in wanted - seen)
    yield from (f"an {what} too many: {one}" for one in seen - wanted)
