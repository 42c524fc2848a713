"""Crews of processes: one that is killed again and again and started anew, and several that work at once."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

from storage.database.store import Database, Store
from tests.ledgers import outgoing
from tests.moments import NOW
from tests.quarter.book import taken
from tests.quarter.plan import Press
from tests.quarter.shift import Where
from tests.quarter.working_child import Orders, live

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "tests.quarter.working_child",
        "aiosqlite",
        "asyncpg",
        "sqlalchemy.dialects.sqlite.aiosqlite",
        "sqlalchemy.dialects.postgresql.asyncpg",
    ]
)
A_LEASE = timedelta(seconds=30)
"""For so long nobody else sends what a dead process had in hand."""
AT_ONE_MOMENT = 3
"""Deaths at one moment: together they delay it by less than it takes to the next slot of the plan."""
AMONG = ("deadlines", "after post", "")
"""Boundaries at which lives end: round commits that settle a deadline, after messages, and all that there are."""
ANY = 6
"""How many more there are of all than of those that are named."""
PATIENCE = 120.0
"""Seconds after which a process that does not answer is taken to hang."""


class Life:
    """One process, from its start to its end."""

    def __init__(self, orders: Orders[Where]) -> None:
        self.line, theirs = PROCESSES.Pipe()
        self.process: ForkServerProcess = PROCESSES.Process(target=live, args=(orders, theirs), daemon=True)
        self.process.start()
        theirs.close()  # so that the line ends with the process

    async def do(self, moment: datetime, press: Press | None, within: float = PATIENCE) -> int | None:
        """Have something done; None where it died over it, or did not answer within so many seconds."""
        return await asyncio.to_thread(_asked, self.line, (moment, press), within)

    def end(self) -> None:
        """Let it go, when it has nothing more to do."""
        with suppress(OSError):
            self.line.send(None)
        self.process.join(PATIENCE)
        self.process.kill()
        self.line.close()

    def kill(self) -> None:
        """Whether it is dead already or not; nothing else may have ended it."""
        self.process.kill()
        self.process.join()
        self.line.close()
        assert self.process.exitcode == -signal.SIGKILL, f"it ended by itself: {self.process.exitcode}"


def _asked(line: Connection, task: tuple[datetime, Press | None], within: float) -> int | None:
    try:
        line.send(task)
        return line.recv() if line.poll(within) else None
    except (EOFError, OSError):
        return None


@dataclass(slots=True)
class Deaths:
    """Where lives ended, and how often each row of the outbox was with the chat then while nobody had written that down."""

    at: list[tuple[datetime, str]] = field(default_factory=list)
    unwritten: Counter[str] = field(default_factory=Counter)


class Mortal:
    """One process after the other: each dies at a boundary or after a time that the seed chooses, the sooner the smaller `often` is."""

    def __init__(self, where: Where, database: Database, random: Random, often: int) -> None:
        self.where, self.database, self.random, self.often = where, database, random, often
        self.now, self.deaths = NOW, Deaths()
        self._life: Life | None = None
        self._left = PATIENCE

    async def at(self, moment: datetime, press: Press | None = None) -> None:
        """Again and again until it is done; each death takes as long as a lease."""
        self.now = moment
        for deaths in range(AT_ONE_MOMENT + 1):
            life = self._begun(mortal=deaths < AT_ONE_MOMENT)
            began = asyncio.get_running_loop().time()
            faults = await life.do(self.now, press, self._left)
            self._left -= asyncio.get_running_loop().time() - began
            if faults is not None:
                assert faults == 0, "a fault of ours was logged"
                if deaths == AT_ONE_MOMENT:  # whoever was not to die at this moment is not to live for ever
                    await self._died(life)
                return
            await self._died(life)
            self.now += A_LEASE
        raise AssertionError(f"whoever was not to die did: {self.deaths.at[-1]}")

    async def close(self) -> None:
        if self._life is not None:
            await asyncio.to_thread(self._life.end)

    def _begun(self, *, mortal: bool) -> Life:
        if self._life is None:
            among = self.random.choice(AMONG) if mortal else "never"
            most = self.often * (1 if among else ANY)
            die_at = self.random.randrange(1, most) if mortal else 0
            # A third dies whenever it is, in the middle of anything, and at its boundary at the latest.
            self._left = self.random.uniform(0.05, 2.0) if mortal and self.random.random() < 0.3 else PATIENCE
            self._life = Life(Orders(self.where, self._trace, die_at, among))
        return self._life

    @property
    def _trace(self) -> Path:
        return self.where.book.with_name(f"trace-{len(self.deaths.at)}")

    async def _died(self, life: Life) -> None:
        await asyncio.to_thread(life.kill)
        reached = self._trace.read_text().splitlines() if self._trace.exists() else []
        self.deaths.at.append((self.now, reached[-1] if reached else "its beginning"))
        self.deaths.unwritten.update(await self.database.read(self._unwritten))
        self._life = None

    def _unwritten(self, store: Store) -> set[str]:
        """What the chat has taken, and the ledger knows nothing of yet."""
        waiting = {row.id for row in outgoing(store) if row.state == "queued"}
        return {one.outgoing for one in taken(self.where.book)} & waiting


class AtOnce:
    """Several processes on one database that do everything at the same moment, presses as well."""

    def __init__(self, where: Where, number: int) -> None:
        self.now = NOW
        self._lives = [Life(Orders(where, where.book.with_name(f"trace-{one}"))) for one in range(number)]

    async def at(self, moment: datetime, press: Press | None = None) -> None:
        self.now = moment
        faults = await asyncio.gather(*(one.do(moment, press) for one in self._lives))
        assert set(faults) == {0}, "a fault of ours was logged, or someone died"

    async def close(self) -> None:
        for one in self._lives:
            await asyncio.to_thread(one.end)
