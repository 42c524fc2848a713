"""The register and the audit log at size, in one process: each figure beside its limit."""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from bot.app import utc_now
from bot.recorders import open_recorder
from bot.retention.recording_sync import RecordingSync
from bot.settings.config import read_policy
from handlers.acting import Actor
from handlers.cards import Option
from handlers.door import Door
from handlers.finding import find_calls
from storage.audit import Entry
from storage.chain import FIELDS
from storage.database.store import Database, Store
from storage.database.upgrade import upgrade_database
from storage.people import Account
from tests.bench.town import lay_calls
from tests.keys import KEYS
from tests.ledgers import verdict_of
from tests.stories.house import ROOT

T = TypeVar("T")
CALLS, ENTRIES = 20_000, 50_000
TYPED = ("", "0412 345", "operator 17", "yesterday", "CS-0199", "61 4000", "no one at all")


def register_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether each limit holds, and a line that says so."""
    return asyncio.run(_measured(folder))


async def _measured(folder: Path) -> list[tuple[bool, str]]:
    lay_calls(folder / "many", CALLS)
    database = Database(f"sqlite:///{folder / 'register.db'}")
    await upgrade_database(database)
    door = Door(database, read_policy(ROOT / "policy.yaml"), utc_now)
    keeper = RecordingSync(door, open_recorder(f"file://{folder / 'many'}"), "file")
    first, number = await _timed(keeper.sync())
    again, unchanged = await _timed(keeper.sync())
    typed = await _typed(door)
    await database.write(many_entries)
    verified, verdict = await _timed(database.read(verdict_of))
    floor = bare(await database.read(lambda store: list(store.audit.exported())))
    await database.close()
    rate = verdict.entries / verified
    return [
        (number == CALLS and first < 30, f"first sync of {number} recordings: {first:.1f} s (limit 30)"),
        (unchanged == 0 and again < 2, f"sync without a change: {again:.2f} s (limit 2)"),
        (
            max(typed) < 100,
            f"typeahead over {CALLS} recordings: {median(typed):.0f} ms, slowest {max(typed):.0f} (limit 100)",
        ),
        (
            not verdict.fault and rate > floor / 2,
            f"the chain of the log, without what is stored: {rate:,.0f} entries a second; bare JSON and SHA-256 does {floor:,.0f} (limit: half of it)",
        ),
    ]


async def _typed(door: Door) -> list[float]:
    account = Account(
        "slack", "U0BENCH", "asker.0@fernhill.example", "asker.0@fernhill.example", "Asker", "UTC", "member", utc_now()
    )
    met = await door.database.write(lambda store: store.meetings.meet(account))
    who = Actor("slack:U0BENCH", met.person_id)
    times: list[float] = []
    for text in TYPED * 5:
        taken, _ = await _timed(_find(door, who, text))
        times.append(1000 * taken)
    return times


async def _find(door: Door, who: Actor, text: str) -> list[Option]:
    return await door.database.read(lambda store: find_calls(door.context(store, who), text))


def many_entries(store: Store) -> None:
    """A long log, most of it of listening, as it is."""
    now = datetime.now(UTC)
    for number in range(ENTRIES):
        store.audit.append(
            Entry(f"person:{number % 50}", "listening.part", f"G-{number}", detail={"from_ms": number}),
            now,
            KEYS.log_seal,
        )


def bare(rows: list[dict[str, Any]], seconds: Callable[[], float] = time.perf_counter) -> float:
    """Entries a second of what cannot be spared: one encoder and one hash, over rows that are in memory already."""
    plain = [{name: row[name] for name in FIELDS} for row in rows]
    encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
    began = seconds()
    for row in plain:
        hashlib.sha256(encode(row).encode()).hexdigest()
    return len(plain) / (seconds() - began)


async def _timed(work: Awaitable[T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = await work
    return time.perf_counter() - began, result
