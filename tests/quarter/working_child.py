"""A process that works through moments as it is told over a pipe, and dies by SIGKILL at a boundary where it has orders to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from bot.serving import quiet_logs
from tests.boundaries import Boundaries
from tests.quarter.shift import Shift, Where
from tests.unlasting import let_go

W = TypeVar("W")


class Works(Protocol):
    """Whoever does what a moment brings; `at` answers how many faults there were so far."""

    @property
    def at(self) -> Callable[..., Coroutine[Any, Any, int]]: ...
    @property
    def close(self) -> Callable[[], Coroutine[Any, Any, None]]: ...


@dataclass(frozen=True, slots=True)
class Orders(Generic[W]):
    """What one life is to be: where it works, where it writes down the boundaries that it reaches, and where it ends.

    That is boundary `die_at` of those whose name has `among` in it; 0 is nowhere.
    """

    where: W
    trace: Path
    die_at: int = 0
    among: str = ""


def live(orders: Orders[Where], line: Connection) -> None:
    """Do the work of a shift."""
    obey(orders, line, _begun)


def obey(orders: Orders[W], line: Connection, begun: Callable[[W, Boundaries], Coroutine[Any, Any, Works]]) -> None:
    """Until it is told that there is nothing more to do, or somebody kills it; each answer is the number of faults so far."""
    quiet_logs()
    let_go()
    boundaries = Boundaries(orders.trace, orders.die_at, orders.among)
    boundaries.armed = True
    with asyncio.Runner() as runner:
        works = runner.run(begun(orders.where, boundaries))
        while (task := line.recv()) is not None:
            line.send(runner.run(works.at(*task)))
        runner.run(works.close())


async def _begun(where: Where, boundaries: Boundaries) -> Shift:
    shift = Shift(where, boundaries.reach)
    boundaries.watch_commits(shift.database)
    return shift
