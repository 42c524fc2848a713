"""Whoever does the work of the years: one process, one that is killed again and again and started anew, or several at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar

from bot.recorders import deleting
from tests.boundaries import Boundaries
from tests.moments import NOW
from tests.quarter import lives
from tests.quarter.working_child import Orders, obey
from tests.years.steward import Steward, Where
from tests.years.town import Event

T = TypeVar("T")
UNDER_WAY = timedelta(minutes=2, seconds=1)
"""After so long another process sees to what a dead one had in hand."""
AT_ONE_MOMENT, A_FEW = 2, 5
MOMENTS = 12
"""Nobody lives for so many of them, however fast the machine is."""
SELDOM = ("look", "delete", "unlink", "settle", "audio")
"""Boundaries of which there are few: every third life is to end at one of a kind, wherever chance would end it."""
PATIENCE = 120.0


class Crew(Protocol):
    """Whoever does the work at the moments of a plan, or a little later."""

    async def at(self, moment: datetime, events: Sequence[Event]) -> None: ...
    async def close(self) -> None: ...


class Alone:
    """One process that nothing happens to: the test's own."""

    def __init__(self, where: Where) -> None:
        self.steward = Steward(where)

    async def at(self, moment: datetime, events: Sequence[Event]) -> None:
        assert await self.steward.at(moment, events) == 0, "a fault of ours was logged"

    async def close(self) -> None:
        await self.steward.close()


class Life(lives.Life):
    """One process, from its start to its end."""

    def __init__(self, orders: Orders[Where]) -> None:
        self.line, theirs = lives.PROCESSES.Pipe()
        self.process = lives.PROCESSES.Process(target=live, args=(orders, theirs), daemon=True)
        self.process.start()
        theirs.close()  # so that the line ends with the process

    async def work(self, moment: datetime, events: Sequence[Event], within: float = PATIENCE) -> int | None:
        """Have something done; None where it died over it, or did not answer within so many seconds."""
        return await asyncio.to_thread(lives._asked, self.line, (moment, events), within)  # type: ignore[arg-type]


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
        raise AssertionError(f"whoever was not to die did: {self.deaths[-1]}")

    async def close(self) -> None:
        if self._life is not None:
            await asyncio.to_thread(self._life.end)

    def _begun(self, *, mortal: bool) -> Life:
        if self._life is None:
            by_time = mortal and self.random.random() < 0.2
            among = self.random.choice(SELDOM) if self.random.random() < 1 / 3 else ""
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
    """Several processes on one database and one folder that do everything at the same moment, presses as well."""

    def __init__(self, where: Where, number: int) -> None:
        self._lives = [Life(Orders(where, where.folder / f"trace-{one}")) for one in range(number)]

    async def at(self, moment: datetime, events: Sequence[Event]) -> None:
        faults = await asyncio.gather(*(one.work(moment, events) for one in self._lives))
        assert set(faults) == {0}, f"a fault of ours was logged, or someone died: {faults}"

    async def close(self) -> None:
        for one in self._lives:
            await asyncio.to_thread(one.end)


def live(orders: Orders[Where], line: Connection) -> None:
    """Do the work of the years."""
    obey(orders, line, _begun)


async def _begun(where: Where, boundaries: Boundaries) -> Steward:
    steward = Steward(where, boundaries.reach)
    boundaries.watch_commits(steward.database)
    journal, recorder = vars(steward.noting.patiently.journal), vars(steward.recorder)
    journal["add"] = _around(boundaries, "the journal", steward.noting.patiently.journal.add)
    for name in ("_unlink", "_settle"):
        setattr(deleting, name, _around(boundaries, name.strip("_"), getattr(deleting, name)))
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
