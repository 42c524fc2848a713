"""The processes of the years: one, one that is killed again and again and restarted, or several at once."""

import asyncio
import multiprocessing
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar

from bot.recorders import deleting
from bot.serving import quiet_logs
from tests.boundaries import Boundaries
from tests.moments import NOW
from tests.unlasting import let_go
from tests.years.steward import Steward, Where
from tests.years.town import Event

T = TypeVar("T")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "tests.years.lives", "aiosqlite", "asyncpg", "sqlalchemy.dialects.sqlite.aiosqlite",
        "sqlalchemy.dialects.postgresql.asyncpg",
    ]
)  # fmt: skip
UNDER_WAY = timedelta(minutes=2, seconds=1)
"""How long until another process takes over what a dead one was doing."""
AT_ONE_MOMENT, A_FEW = 2, 5
MOMENTS = 12
"""No process lives for so many of them, however fast the machine is."""
RARE = ("look", "delete", "unlink", "settle", "audio")
"""Rare boundaries: every third life ends at one of these kinds, wherever chance would end it."""
PATIENCE = 120.0


class Crew(Protocol):
    """The processes that do the work at the moments of a plan, or a little later."""

    async def at(self, moment: datetime, events: Sequence[Event]) -> None: ...
    async def close(self) -> None: ...


class Alone:
    """One process that is left alone: the test's own."""

    def __init__(self, where: Where) -> None:
        self.steward = Steward(where)

    async def at(self, moment: datetime, events: Sequence[Event]) -> None:
        assert await self.steward.at(moment, events) == 0, "a fault of ours was logged"

    async def close(self) -> None:
        await self.steward.close()


@dataclass(frozen=True, slots=True)
class Orders:
    """Where a process works, where it writes down the boundaries that it reaches, and at which of those it dies:
    boundary `die_at` of those with `among` in their name; 0 is none.
    """

    where: Where
    trace: Path
    die_at: int = 0
    among: str = ""


class Life:
    """One process, from its start to its end."""

    def __init__(self, orders: Orders) -> None:
        self.line, theirs = PROCESSES.Pipe()
        self.process = PROCESSES.Process(target=live, args=(orders, theirs), daemon=True)
        self.process.start()
        theirs.close()  # so that the line ends with the process

    async def work(self, moment: datetime, events: Sequence[Event], within: float = PATIENCE) -> int | None:
        """Have something done; return None if it died meanwhile, or didn't answer within so many seconds."""
        return await asyncio.to_thread(self._asked, (moment, events), within)

    def _asked(self, task: tuple[datetime, Sequence[Event]], within: float) -> int | None:
        try:
            self.line.send(task)
            return self.line.recv() if self.line.poll(within) else None
        except (EOFError, OSError):
            return None

    def end(self) -> None:
        """End it, when it has nothing more to do."""
        with suppress(OSError):
            self.line.send(None)
        self.process.join(PATIENCE)
        self.process.kill()
        self.line.close()

    def kill(self) -> None:
        """Kill it, and check that nothing else ended it."""
        self.process.kill()
        self.process.join()
        self.line.close()
        assert self.process.exitcode == -signal.SIGKILL, f"it ended by itself: {self.process.exitcode}"


class Mortal:
    """One process after the other: each dies at a boundary, or after a time, that the seed chooses."""

    def __init__(self, where: Where, random: Random, boundaries: int) -> None:
        self.where, self.random, self.boundaries = where, random, boundaries
        self.now, self.deaths = NOW, list[tuple[datetime, str]]()
        self._life: Life | None = None
        self._left, self._moments = PATIENCE, 0

    async def at(self, moment: datetime, events: Sequence[Event]) -> None:
        self.now = max(self.now, moment)
        for deaths in range(AT_ONE_MOMENT + 1):
            life = self._begun(mortal=deaths < AT_ONE_MOMENT)
            began = asyncio.get_running_loop().time()
            faults = await life.work(self.now, events, self._left)
            self._left -= asyncio.get_running_loop().time() - began
            self._moments -= 1
            if faults is not None:
                assert faults == 0, "a fault of ours was logged"
                if not self._moments:  # on a fast machine the time that was chosen may be long
                    await self._died(life)
                return
            await self._died(life)
            self.now += UNDER_WAY
        raise AssertionError(f"a process died that was not to: {self.deaths[-1]}")

    async def close(self) -> None:
        if self._life is not None:
            await asyncio.to_thread(self._life.end)

    def _begun(self, *, mortal: bool) -> Life:
        if self._life is None:
            by_time = mortal and self.random.random() < 0.2
            among = self.random.choice(RARE) if self.random.random() < 1 / 3 else ""
            most = A_FEW if among else 2 * self.boundaries
            die_at = self.random.randrange(1, most) if mortal and not by_time else 0
            self._left = self.random.uniform(0.05, 2.0) if by_time else PATIENCE
            self._moments = 1 if not mortal else self.random.randrange(1, MOMENTS)
            self._life = Life(Orders(self.where, self._trace, die_at, among))
        return self._life

    @property
    def _trace(self) -> Path:
        return self.where.folder / f"trace-{len(self.deaths)}"

    async def _died(self, life: Life) -> None:
        await asyncio.to_thread(life.kill)
        reached = self._trace.read_text().splitlines() if self._trace.exists() else []
        self.deaths.append((self.now, reached[-1] if reached else "its beginning"))
        self._life = None


class AtOnce:
    """Several processes on one database and one folder that do everything at the same moment, presses too."""

    def __init__(self, where: Where, number: int) -> None:
        self._lives = [Life(Orders(where, where.folder / f"trace-{one}")) for one in range(number)]

    async def at(self, moment: datetime, events: Sequence[Event]) -> None:
        faults = await asyncio.gather(*(one.work(moment, events) for one in self._lives))
        assert set(faults) == {0}, f"a fault of ours was logged, or someone died: {faults}"

    async def close(self) -> None:
        for one in self._lives:
            await asyncio.to_thread(one.end)


def live(orders: Orders, line: Connection) -> None:
    """Work until there is nothing more to do, or until killed; each answer is the number of faults so far."""
    quiet_logs()
    let_go()
    boundaries = Boundaries(orders.trace, orders.die_at, orders.among)
    boundaries.armed = True
    with asyncio.Runner() as runner:
        steward = runner.run(_begun(orders.where, boundaries))
        while (task := line.recv()) is not None:
            line.send(runner.run(steward.at(*task)))
        runner.run(steward.close())


async def _begun(where: Where, boundaries: Boundaries) -> Steward:
    steward = Steward(where, boundaries.reach)
    boundaries.watch_commits(steward.database)
    journal, recorder = vars(steward.noting.patiently.journal), vars(steward.recorder)
    journal["add"] = _around(boundaries, "the journal", steward.noting.patiently.journal.add)
    for name, step in (("_unlink_file", "unlink"), ("_sync_folder", "settle")):
        setattr(deleting, name, _around(boundaries, step, getattr(deleting, name)))
    for name in ("audio", "look"):
        recorder[name] = _around_awaited(boundaries, name, getattr(steward.recorder, name))
    return steward


def _around(boundaries: Boundaries, name: str, work: Callable[..., T]) -> Callable[..., T]:
    def counted(*told: Any) -> T:
        boundaries.reach(f"before {name}")
        done = work(*told)
        boundaries.reach(f"after {name}")
        return done

    return counted


def _around_awaited(
    boundaries: Boundaries, name: str, work: Callable[..., Awaitable[T]]
) -> Callable[..., Awaitable[T]]:
    async def counted(*told: Any) -> T:
        boundaries.reach(f"before {name}")
        done = await work(*told)
        boundaries.reach(f"after {name}")
        return done

    return counted
