"""What it costs to take the next effects while very many wait for one person, beside the same with few."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median

from handlers.delivering import LEASE
from storage.database.store import Database, Store
from storage.database.upgrade import upgrade
from storage.outbox import NEW_AT_ONCE
from storage.sessions import append_record
from tests.storage.rows import NOW, SECOND, effect, person

MANY, FEW, OTHERS, TURNS = 20_000, 20, 50, 40


def outbox_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether the limit holds, and a line that says so."""
    few, many = (asyncio.run(_claims(folder / f"outbox-{number}.db", number)) for number in (FEW, MANY))
    line = f"taking 8 effects with {MANY:,} waiting for one person: {many:.1f} ms (limit 10; with {FEW}: {few:.1f})"
    return [(many < 10, line)]


async def _claims(path: Path, number: int) -> float:
    """Milliseconds for one claim, in the middle of many."""
    database = Database(f"sqlite:///{path}")
    await upgrade(database)
    await database.write(lambda store: _queue(store, number))
    for _ in range(number // NEW_AT_ONCE + 1):
        await database.write(lambda store: store.outbox.claim(NOW, LEASE, 0))
    times = [await _timed(database, turn) for turn in range(1, TURNS)]
    await database.close()
    return 1000 * median(times)


async def _timed(database: Database, turn: int) -> float:
    began = time.perf_counter()
    taken = await database.write(lambda store: store.outbox.claim(NOW + turn * (LEASE + SECOND), LEASE, 8))
    spent = time.perf_counter() - began
    if len(taken) != 8:
        raise RuntimeError(f"{len(taken)} effects were taken instead of 8")
    return spent


def _queue(store: Store, number: int) -> None:
    store.session.add_all(person(f"p{one}") for one in range(OTHERS + 1))
    store.session.flush()
    for row in (effect(1, one) for one in range(number)):
        append_record(store.session, row)
    for one in range(OTHERS):
        append_record(store.session, effect(2 + one, number + one))
