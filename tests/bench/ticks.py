"""A tick with nothing new, at a thousand recordings and at a million: it is to cost the same."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bot.app import utc_now
from bot.clockwork.ticks import Ticks
from bot.recorders.folder import FolderRecorder
from bot.recorders.listing import stamp_at
from bot.retention.recording_sync import RecordingSync
from bot.settings.config import read_policy
from handlers.door import Door
from storage.database.store import Database, Store
from storage.database.upgrade import upgrade
from storage.records import Recording
from storage.sessions import append
from tests.stories.house import AU, ROOT

FEW, MANY = 1_000, 1_000_000
IN_A_FOLDER = 1_000
TICKS, ROUNDS = 60, 5
EVERY = 20.0  # seconds, as TICK_SECONDS says where nobody says otherwise


def tick_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether the limit holds, and a line that says so."""
    return [asyncio.run(_compared(folder))]


async def _compared(folder: Path) -> tuple[bool, str]:
    few, many = [await _register(folder / f"{number}", number) for number in (FEW, MANY)]
    rounds = [(await _a_tick(few), await _a_tick(many)) for _ in range(ROUNDS)]
    for ticks, number in ((few, FEW), (many, MANY)):
        assert not ticks.register.problems
        assert await ticks.door.database.read(lambda store: store.recordings.count()) == {"present": number}
        await ticks.door.database.close()
    least, most = (median(times) for times in zip(*rounds, strict=True))
    told = f"{least:.1f} ms at {FEW:,} recordings, {most:.1f} ms at {MANY:,}"
    return most < 1.5 * least, f"a tick with nothing new: {told} (limit: half more)"


@dataclass(slots=True)
class Passed:
    """Seconds of a day that is over as soon as the work is."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


async def _register(folder: Path, number: int) -> Ticks:
    """So many recordings that were read before, and a bot that has looked at all of them since it started."""
    print(f"a register of {number:,} …", file=sys.stderr, flush=True)
    calls = folder / "calls"
    await asyncio.to_thread(calls.mkdir, parents=True)
    database = Database(f"sqlite:///{folder / 'register.db'}")
    await upgrade(database)
    for rows in _laid(calls, number):
        await database.write(lambda store, rows=rows: _store(store, rows))  # type: ignore[misc]
    passed = Passed()
    door = Door(database, read_policy(ROOT / "policy.yaml"), utc_now)
    ticks = Ticks(door, RecordingSync(door, FolderRecorder(calls, seconds=passed), "file"), {}, passed)
    for _ in range(3):  # everything is looked at, and soon afterwards once more
        await ticks.tick()
        passed.seconds += EVERY
    return ticks


async def _a_tick(ticks: Ticks) -> float:
    """Milliseconds, of many ticks together: what is looked at in turn falls on some of them."""
    assert isinstance(ticks.seconds, Passed)
    began = time.perf_counter()
    for _ in range(TICKS):
        await ticks.tick()
        ticks.seconds.seconds += EVERY
    return 1000 * (time.perf_counter() - began) / TICKS


def _laid(root: Path, number: int) -> Iterator[list[dict[str, Any]]]:
    """Empty files that are stored as if they had been read: a start then finds nothing new in them."""
    newest = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    for first in range(0, number, IN_A_FOLDER):
        folder = root / f"{first // IN_A_FOLDER:04}"
        folder.mkdir(parents=True)
        here = os.open(root, os.O_RDONLY)
        try:
            rows = [
                _row(here, f"{folder.name}/{one:07}", newest - timedelta(seconds=one))
                for one in range(first, first + IN_A_FOLDER)
            ]
        finally:
            os.close(here)
        yield rows


def _row(here: int, stem: str, started: datetime) -> dict[str, Any]:
    for ending in ("wav", "json"):
        os.close(os.open(f"{stem}.{ending}", os.O_CREAT | os.O_WRONLY, 0o600, dir_fd=here))
    return {
        "system": "file", "native_id": f"{stem}.wav", "stamp": stamp_at(here, f"{stem}.wav"), "line": AU,
        "direction": "incoming", "caller": "+61412345678", "operator_name": "Operator", "department": "customer_success",
        "operator_key": "operator@fernhill.example", "started": started, "local_day": f"{started:%Y-%m-%d}",
        "seconds": 184.5, "crm": "CS-10442", "media_type": "audio/wav", "size": 1600, "found_by": ";#cs10442.",
    }  # fmt: skip


def _store(store: Store, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        append(store.session, Recording, row)
