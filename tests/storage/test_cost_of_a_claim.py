"""Taking the next effects costs the same however many wait, for one person or for all: counted in steps, not in seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest

from storage.database.store import Database, Store
from storage.outbox import NEW_AT_ONCE
from storage.records import Outgoing
from storage.sessions import append_record
from storage.taken import Taken
from tests.storage.counting import analyzed, counted
from tests.storage.rows import NOW, SECOND, effect, left, person

LEASE = timedelta(seconds=25)
MANY = 20_000
TOGETHER = 1000  # a server ends a transaction of ours that says nothing for seconds, as while a busy machine puts rows together


async def _queue(database: Database, rows: Sequence[Outgoing], people: int) -> None:
    await database.write(lambda store: store.session.add_all(person(f"p{one}") for one in range(people)))
    for place in range(0, len(rows), TOGETHER):
        await database.write(partial(_append, rows[place : place + TOGETHER]))


def _append(some: Sequence[Outgoing], store: Store) -> None:
    for row in some:
        append_record(store.session, row)


async def _claimed(database: Database, after: timedelta = timedelta(0), most: int = 8) -> tuple[list[Taken], int]:
    return await database.write(lambda store: counted(store, lambda: store.outbox.claim(NOW + after, LEASE, most)))


async def _lined_up(database: Database, number: int) -> None:
    """Each new effect finds its place once, so many with each claim."""
    for _ in range(number // NEW_AT_ONCE + 1):
        await _claimed(database, most=0)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["show", "whisper"])
async def test_what_waits_for_one_person_costs_nobody_anything(database: Database, kind: str) -> None:
    """A5: 5,000 words to one person took 15 seconds inside the only writer, for each claim."""
    rows = [effect(1, one, kind=kind) for one in range(MANY)]
    others = [effect(2 + one, MANY + one, NOW + SECOND) for one in range(20)]
    await _queue(database, rows + others, 22)
    await _lined_up(database, MANY)
    await _claimed(database)
    await analyzed(database, "outbox")
    taken, cost = await _claimed(database, 2 * LEASE)
    assert len(taken) == 8
    assert cost <= 100, cost


@pytest.mark.soak
async def test_with_ten_thousand_waiting_and_half_refused_whoever_is_new_is_next(database: Database) -> None:
    """A5: nobody waits behind what piles up for others, and no claim looks at it."""
    people, each, newcomer = 500, 20, 501
    await _queue(database, [effect(1 + one % people, one) for one in range(people * each)], people + 1)
    await _lined_up(database, people * each)
    await analyzed(database, "outbox")
    turns = people // 4 + 5  # everybody has had a try by then
    costs = [await _turn(database, number) for number in range(turns)]
    assert max(cost for _, cost in costs) <= 400, costs
    late = left(effect(newcomer, 10**6, NOW + turns * SECOND))
    await database.write(lambda store: store.outbox.leave(late))
    taken, _ = await _turn(database, turns)
    assert newcomer in [one.person_id for one in taken]


async def _turn(database: Database, number: int) -> tuple[list[Taken], int]:
    """The worker takes what is due, and the platform refuses every second person."""
    taken, cost = await _claimed(database, number * SECOND)
    await database.write(_half_refused(taken, number * SECOND))
    return taken, cost


def _half_refused(taken: list[Taken], now: timedelta) -> Callable[[Store], None]:
    def work(store: Store) -> None:
        for one in taken:
            row = store.outbox.get(one.id)
            if one.person_id % 2:
                store.outbox.postpone(row, "ratelimited", NOW + now + 60 * SECOND)
            else:
                store.outbox.settle(row, "sent", "", NOW + now)

    return work
