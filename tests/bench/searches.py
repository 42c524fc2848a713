"""Sixty searches in people's own words over a million calls, on SQLite and on PostgreSQL: what each finds, and how long it takes.

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
from handlers.acting import Actor
from handlers.finding import MOST_OPTIONS
from handlers.policy import Policy
from storage.database.store import Database
from storage.database.upgrade import upgrade_database
from tests.distribution import a_distributions_server, programs
from tests.searching.sixty import SIXTY, Call, Words, asker, calls, differs, lay, looked
from tests.stories.house import ROOT

CALLS, ROUNDS, LIMIT = 1_000_000, 100, 50.0  # milliseconds


class Figures(NamedTuple):
    """Of one search: what is wrong with what it finds, and milliseconds, also of a read of nothing."""

    typed: str
    wrong: str
    times: Sequence[float]
    idle: Sequence[float]

    @property
    def p99(self) -> float:
        return quantiles(self.times, n=100)[-1]

    @property
    def noise(self) -> float:
        """The same of a read of nothing, in turn with it: what this machine does beside."""
        return quantiles(self.idle, n=100)[-1]


def search_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether each limit holds, and a line that says so."""
    number = int(os.environ.get("SEARCHED", CALLS))
    lines = []
    for name, url in _databases(folder):
        figures = asyncio.run(_measured(url, calls(number)))
        worst = max(figures, key=lambda one: one.p99 - one.noise)
        wrong = [one.typed for one in figures if one.wrong]
        told = (
            f"{len(figures) - len(wrong)} of {len(figures)} searches over {number:,} calls on {name} find what they say"
        )
        half = median(median(one.times) for one in figures)
        timed = f"in {half:.0f} ms, p99 of the slowest (“{worst.typed}”) {worst.p99:.0f}, of a read of nothing {worst.noise:.0f} (limit {LIMIT:.0f} more)"
        lines.append((not wrong and worst.p99 < LIMIT + worst.noise, f"{told} {timed}"))
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
    figures = [await _timed(database, rules, who, words, those) for words in SIXTY]
    await database.close()
    return figures


async def _analyzed(database: Database) -> None:
    """As a server does by itself within a minute; a file's planner needs nothing."""
    if not database.is_sqlite:
        async with database.writers.begin() as connection:
            await connection.exec_driver_sql("ANALYZE")


async def _timed(database: Database, rules: Policy, who: Actor, words: Words, those: Sequence[Call]) -> Figures:
    found, times, idle = await looked(database, rules, who, words.typed), [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await looked(database, rules, who, words.typed)
        times.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        await database.read(lambda _: None)
        idle.append(1000 * (time.perf_counter() - began))
    return Figures(words.typed, differs(words, found, those, MOST_OPTIONS), times, idle)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        for holds, line in search_lines(Path(place)):
            print(f"{'holds ' if holds else 'MISSED'}  {line}")
