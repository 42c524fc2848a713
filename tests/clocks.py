"""Clocks for tests: an event loop in which waiting takes no time, and everything the clock asks for."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.clockwork.ticks import Ticks
from bot.retention.recording_sync import RecordingSync
from tests.handlers.builders import Company
from tests.memory_recorder import MemoryRecorder

T = TypeVar("T")


class Seconds:
    """A clock that only goes forward, when a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def ticks(company: Company, seconds: Seconds | None = None) -> Ticks:
    """What the clock asks for in a company whose recording system is in memory, without a chat."""
    return Ticks(company.door, RecordingSync(company.door, MemoryRecorder(), "memory"), {}, seconds or Seconds())


async def a_tick(company: Company) -> None:
    await ticks(company).tick()


class _Hurrying(selectors.DefaultSelector):
    """Spend no time if nothing is ready: move the clock by what would have been waited."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            self.passed += timeout or 0.0
        return ready


class HurryingLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds pass as fast as the work allows; for work without threads and sockets."""

    def __init__(self) -> None:
        self._hurrying = _Hurrying()
        super().__init__(self._hurrying)

    def time(self) -> float:
        return self._hurrying.passed


def hurry(work: Coroutine[Any, Any, T]) -> T:
    """Run something to its end on such a loop."""
    with asyncio.Runner(loop_factory=HurryingLoop) as runner:
        return runner.run(work)
