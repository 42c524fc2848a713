"""Searches in people's own words over a million calls, on SQLite and on PostgreSQL: how long each takes.

`python -m tests.bench.searches`; `SEARCHED=100000`: fewer calls.
"""

import asyncio
import gc
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from bot.settings.config import read_policy
from handlers.acting import Actor, Context, seated
from handlers.finding import SearchResult, look_for_calls
from handlers.policy import Policy
from storage.database.store import Database, Store
from storage.database.upgrade import upgrade_database
from tests.bench.million import NOW, TYPED, Call, asker, calls, lay
from tests.distribution import a_distributions_server, programs
from tests.stories.house import ROOT

CALLS, ROUNDS, LIMIT = 1_000_000, 100, 50.0  # milliseconds


class Figures(NamedTuple):
    """For one search: how many calls it found, and its milliseconds, also of an empty read."""

    typed: str
    found: int
    times: Sequence[float]
    idle: Sequence[float]

    @property
    def p99(self) -> float:
        return quantiles(self.times, n=100)[-1]

    @property
    def noise(self) -> float:
        """Return the same for an empty read, taken alternately with it: what this machine adds."""
        return quantiles(self.idle, n=100)[-1]


def search_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether each limit holds, and a line that says so."""
    number = int(os.environ.get("SEARCHED", CALLS))
    lines = []
    for name, url in _databases(folder):
        figures = asyncio.run(_measured(url, calls(number)))
        worst = max(figures, key=lambda one: one.p99 - one.noise)
        empty = [one.typed for one in figures if not one.found]
        half = median(median(one.times) for one in figures)
        told = f"{len(TYPED)} searches over {number:,} calls on {name} in {half:.0f} ms, p99 of the slowest (“{worst.typed}”) {worst.p99:.0f}, of a read of nothing {worst.noise:.0f} (limit {LIMIT:.0f} more); without a call: {empty}"
        lines.append((empty == [TYPED[-1]] and worst.p99 < LIMIT + worst.noise, told))
    return lines


def _databases(folder: Path) -> Iterator[tuple[str, str]]:
    yield "SQLite", f"sqlite:///{folder / 'searches.db'}"
    if found := programs():
        with a_distributions_server(found) as server:
            yield "PostgreSQL with pg_trgm", server.create()


async def _measured(url: str, those: list[Call]) -> list[Figures]:
    database, rules = Database(url), read_policy(ROOT / "policy.yaml")
    await upgrade_database(database)
    await lay(database, those)
    await _analyzed(database)
    who = await asker(database)
    gc.collect()
    gc.freeze()  # a million calls in memory are this bench's own, and no bot's
    figures = [await _timed(database, rules, who, typed) for typed in TYPED]
    await database.close()
    return figures


async def _analyzed(database: Database) -> None:
    """Analyse the tables, as a server does by itself within a minute; a file's planner doesn't need it."""
    if not database.is_sqlite:
        async with database.writers.begin() as connection:
            await connection.exec_driver_sql("ANALYZE")


async def _timed(database: Database, rules: Policy, who: Actor, typed: str) -> Figures:
    def look(store: Store) -> SearchResult:
        return look_for_calls(Context(store, seated(store, rules), NOW, who), typed)

    found, times, idle = await database.read(look), list[float](), list[float]()
    for _ in range(ROUNDS):
        for work, took in ((look, times), (lambda _: None, idle)):
            began = time.perf_counter()
            await database.read(work)
            took.append(1000 * (time.perf_counter() - began))
    return Figures(typed, len(found.all), times, idle)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        for holds, line in search_lines(Path(place)):
            print(f"{'holds ' if holds else 'MISSED'}  {line}")
