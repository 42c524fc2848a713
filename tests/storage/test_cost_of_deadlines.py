"""What is due is found at the same cost however much was done before and however much is to come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.database.store import Database, Store
from storage.deadlines import Deadline
from storage.sessions import append
from tests.storage.counting import analyzed, counted
from tests.storage.rows import NOW

KIND = "access.remind"


async def _many(database: Database, number: int) -> None:
    """A hundred are due; of the others half are done and half are yet to come."""

    def work(store: Store) -> None:
        for one in range(number):
            due, done = NOW + timedelta(minutes=one + 1), None
            if one < 100:
                due = NOW - timedelta(minutes=one)
            elif one % 2:
                due, done = NOW - timedelta(days=1), NOW
            row = {"key": f"{KIND}:R-{one}", "kind": KIND, "subject": f"R-{one}", "due_at": due, "done_at": done}
            append(store.session, Deadline, row)

    await database.write(work)
    await analyzed(database, "deadlines")


async def _cost(database: Database) -> int:
    def look(store: Store) -> tuple[int, int]:
        found, cost = counted(store, lambda: store.deadlines.due(NOW, [KIND], 100))
        _, strange = counted(store, lambda: store.deadlines.unknown(NOW, [KIND]))
        return len(found), cost + strange

    number, cost = await database.read(look)
    assert number == 100
    return cost


@pytest.mark.soak
@pytest.mark.parametrize("number", [20_000, 60_000])
async def test_the_look_for_what_is_due_does_not_grow(database: Database, number: int) -> None:
    await _many(database, number)
    assert await _cost(database) < 600


async def test_what_comes_next_is_found_at_once(database: Database) -> None:
    await _many(database, 5_000)
    _, cost = await database.read(lambda store: counted(store, lambda: store.deadlines.next(NOW)))
    assert cost < 40
