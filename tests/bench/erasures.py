"""What erasing costs: a hundred calls that are due among a hundred thousand and among a million, and ten thousand at once (P12)."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from storage.database.store import Database, Store
from storage.database.upgrade import upgrade
from storage.records import Recording
from storage.sessions import append
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import AU, POLICY, Clock, a_company
from tests.moments import NOW

FEW, MANY, DUE, ROUNDS = 100_000, 1_000_000, 100, 3
ALL, SOME, LEAST_A_SECOND, MOST_MB = 10_000, 1_000, 25, 64
AT_ONCE = 20_000
KEPT = timedelta(days=365)
UNPAUSED = POLICY.model_copy(update={"retention": POLICY.retention.model_copy(update={"pause_above": MANY})})
"""The policy of a company where no day brings too many: what is measured is not to wait for a decision."""


def erasure_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether each limit holds, and a line that says so."""
    return [asyncio.run(_compared(folder)), *asyncio.run(_all_at_once(folder))]


async def _compared(folder: Path) -> tuple[bool, str]:
    few, many = [await _archive(folder / f"erasures-{number}.db", number, ROUNDS * DUE) for number in (FEW, MANY)]
    rounds = [(await _tick(few, number), await _tick(many, number)) for number in range(ROUNDS)]
    for archive in (few, many):
        await archive.company.database.close()
    least, most = (median(times) for times in zip(*rounds, strict=True))
    told = f"{least:.0f} ms among {FEW:,} calls, {most:.0f} ms among {MANY:,}"
    return most < 1.5 * least, f"a tick that erases {DUE}: {told} (limit: half more)"


async def _all_at_once(folder: Path) -> list[tuple[bool, str]]:
    rate, _ = await _erased_at_once(folder / "erasures-all.db", ALL)
    # What is watched byte by byte takes several times as long, so fewer of them do.
    tracemalloc.start()
    _, peak = await _erased_at_once(folder / "erasures-some.db", SOME)
    tracemalloc.stop()
    return [
        (rate >= LEAST_A_SECOND, f"{ALL:,} erasures at once: {rate:.0f} a second (limit {LEAST_A_SECOND})"),
        (peak <= MOST_MB, f"{SOME:,} erasures at once: {peak:.0f} MB at most beside what was there (limit {MOST_MB})"),
    ]


async def _erased_at_once(path: Path, number: int) -> tuple[float, float]:
    """How many a second, and how many megabytes at most where that is watched."""
    archive = await _archive(path, number, number, apart=timedelta())
    archive.until(NOW + KEPT)
    if tracemalloc.is_tracing():
        tracemalloc.reset_peak()
    before, began = tracemalloc.get_traced_memory()[0], time.perf_counter()
    await archive.erasing.tick()
    spent, peak = time.perf_counter() - began, tracemalloc.get_traced_memory()[1]
    await _erased(archive, number)
    await archive.company.database.close()
    return number / spent, (peak - before) / 1e6


async def _archive(path: Path, number: int, due: int, apart: timedelta = timedelta(minutes=1)) -> Archive:
    """So many calls, the first `due` of them with audio, a hundred in each span of time; the others have long to go."""
    database = Database(f"sqlite:///{path}")
    await upgrade(database)
    archive = Archive(await a_company(database, Clock(), UNPAUSED))
    for first in range(0, number, AT_ONCE):
        await database.write(lambda store, first=first: _lay(store, first, min(first + AT_ONCE, number), due, apart))  # type: ignore[misc]
    for one in range(due):
        # Each is kept once, so that its stamp is the number of its turn.
        archive.recorder.keep(replace(SIGHTED, native_id=f"c-{one}", started=_started(one, due, apart)), b"%d" % one)
    return archive


def _started(one: int, due: int, apart: timedelta) -> datetime:
    return NOW + (one // DUE) * apart if one < due else NOW + timedelta(days=30)


def _lay(store: Store, first: int, last: int, due: int, apart: timedelta) -> None:
    for one in range(first, last):
        started = _started(one, due, apart)
        row = {
            "system": "memory", "native_id": f"c-{one}", "stamp": f"change {one + 1}", "line": AU, "direction": "incoming",
            "caller": "+61412345678", "operator_name": "Bram Tolliver", "operator_key": "bram.tolliver@fernhill.example",
            "department": "customer_success", "started": started, "local_day": "2026-11-24", "seconds": 60.0,
            "crm": f"CS-{one}", "media_type": "audio/mpeg", "size": 5, "state": "present", "found_by": f";#cs{one}.",
            "peaks": None, "audio": "", "folder": "", "erase_at": started + KEPT,
        }  # fmt: skip
        append(store.session, Recording, row)


async def _tick(archive: Archive, number: int) -> float:
    """Milliseconds for closing, erasing and certifying the next hundred."""
    archive.until(NOW + KEPT, minutes=number)
    began = time.perf_counter()
    await archive.erasing.tick()
    spent = 1000 * (time.perf_counter() - began)
    await _erased(archive, (number + 1) * DUE)
    return spent


async def _erased(archive: Archive, number: int) -> None:
    if (found := await archive.company.database.read(lambda store: store.recordings.count())).get("erased") != number:
        raise RuntimeError(f"not everything that was due was erased: {found}")
