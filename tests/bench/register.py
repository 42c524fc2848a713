"""The register at size, in one process: how long its first sync takes, and one that finds nothing new."""

import asyncio
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from bot.app import utc_now
from bot.recorders import open_recorder
from bot.retention.recording_sync import RecordingSync
from bot.settings.config import read_policy
from handlers.door import Door
from storage.database.store import Database
from storage.database.upgrade import upgrade_database
from tests.bench.town import lay_calls
from tests.stories.house import ROOT

T = TypeVar("T")
CALLS = 20_000


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
    await database.close()
    return [
        (number == CALLS and first < 30, f"first sync of {number} recordings: {first:.1f} s (limit 30)"),
        (unchanged == 0 and again < 2, f"sync without a change: {again:.2f} s (limit 2)"),
    ]


async def _timed(work: Awaitable[T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = await work
    return time.perf_counter() - began, result
