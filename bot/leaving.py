"""Leaving in time: each stage has its share of eight seconds, and after them the program is gone, whatever hangs."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()
ALL, LAST = 7.0, 7.5  # seconds
GRACE = 0.05  # seconds in which what was cut short may come to its end


class Leaving:
    """One budget for all stages: what one does not need, the next ones have. `seconds` counts and never goes back."""

    def __init__(self, budget: float = ALL, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self._end = seconds, seconds() + budget

    async def stage(self, name: str, work: Callable[[], Awaitable[object]], keep: float = 0.0) -> None:
        """Do a stage, or as much of it as leaves `keep` seconds for those that follow; raises nothing, so that they come."""
        doing = asyncio.create_task(_done(work))
        try:
            await asyncio.wait({doing}, timeout=max(0.0, self._end - self.seconds() - keep))
        finally:
            in_time = not doing.cancel()
        if not in_time:
            log.warning("stopping.cut_short", stage=name)
            # What waits for somebody silent does not end by being told to, and is left behind.
            await asyncio.wait({doing}, timeout=GRACE)
        if doing.done() and not doing.cancelled() and (error := doing.exception()) is not None:
            log.error("stopping.fault", stage=name, error=type(error).__name__, exc_info=error)


async def _done(work: Callable[[], Awaitable[object]]) -> None:
    await work()


def for_certain(seconds: float = LAST) -> None:
    """End the process after so long from a thread of its own: a disk that hangs holds threads that nobody can end."""
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.error("stopping.forced")
    os._exit(1)
