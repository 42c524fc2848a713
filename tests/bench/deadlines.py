"""What a tick costs that finds a hundred deadlines due, among ten thousand others and among a million."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import select

from bot.clockwork.ticks import Ticks
from bot.retention.recording_sync import RecordingSync
from storage.audit import Entry
from storage.database.store import Database, Store
from storage.database.upgrade import upgrade
from storage.deadlines import Deadline
from storage.sessions import append
from tests.handlers.builders import Clock, Company, a_company, ask
from tests.memory_recorder import MemoryRecorder

FEW, MANY, DUE, ROUNDS = 10_000, 1_000_000, 100, 5
KIND, AT_ONCE = "access.remind", 50_000


def deadline_lines(folder: Path) -> list[tuple[bool, str]]:
    """Whether the limit holds, and a line that says so."""
    return [asyncio.run(_compared(folder))]


async def _compared(folder: Path) -> tuple[bool, str]:
    few, many = [await _company(folder / f"deadlines-{number}.db", number) for number in (FEW, MANY)]
    rounds = [(await _tick(few), await _tick(many)) for _ in range(ROUNDS)]
    for company in (few, many):
        await company.database.close()
    least, most = (median(times) for times in zip(*rounds, strict=True))
    told = f"{least:.0f} ms among {FEW:,} deadlines, {most:.0f} ms among {MANY:,}"
    return most < 1.5 * least, f"a tick with {DUE} due: {told} (limit: half more)"


async def _company(path: Path, number: int) -> Company:
    """A hundred requests wait; of the other deadlines half are done and half are yet to come."""
    database = Database(f"sqlite:///{path}")
    await upgrade(database)
    company = await a_company(database, Clock())
    for one in range(DUE):
        await ask(company, company.anna, crm=f"CS-{one}")
    for first in range(0, number, AT_ONCE):
        await database.write(lambda store, first=first: _others(company, store, first, min(first + AT_ONCE, number)))  # type: ignore[misc]
    company.clock.pass_(days=1, hours=4)
    return company


def _others(company: Company, store: Store, first: int, last: int) -> None:
    now = company.clock.now
    for one in range(first, last):
        done = now if one % 2 else None
        due = now - timedelta(minutes=one + 1) if done else now + timedelta(days=60, minutes=one)
        row = {"key": f"{KIND}:O-{one}", "kind": KIND, "subject": f"O-{one}", "due_at": due, "done_at": done}
        append(store.session, Deadline, row)


def _again(company: Company, store: Store) -> None:
    """Ask for all of them once more, in an entry that vouches for it."""
    for one in store.session.scalars(select(Deadline).where(Deadline.kind == KIND, Deadline.subject.like("R-%"))):
        one.done_at = None
    entry = Entry("clock", "bench.again", "deadlines", "done")
    store.audit.append(entry, company.clock.now, company.door.keys.log_seal)


async def _tick(company: Company) -> float:
    """Milliseconds for reminding of a hundred requests, which is asked for once more each time."""
    await company.database.write(lambda store: _again(company, store))
    ticks = Ticks(company.door, RecordingSync(company.door, MemoryRecorder(), "file"), {}, company.seconds)
    began = time.perf_counter()
    await ticks.part("deadlines")
    spent = 1000 * (time.perf_counter() - began)
    left = await company.database.read(lambda store: store.deadlines.due(company.clock.now, [KIND], 1))
    if left:
        raise RuntimeError("not everything that was due was done")
    return spent
