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


class Leaving:
    """One budget for all stages: what one does not need, the next ones have. `seconds` counts and never goes back."""

    def __init__(self, budget: float = ALL, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self._end = seconds, seconds() + budget

    async def stage(self, name: str, work: Callable[[], Awaitable[object]], keep: float = 0.0) -> None:
        """Do a stage, or as much of it as leaves `keep` seconds for those that follow; raises nothing, so that they come."""
        try:
            async with asyncio.timeout(max(0.0, self._end - self.seconds() - keep)):
                await work()
        except TimeoutError:
            log.warning("stopping.cut_short", stage=name)
        except Exception as error:
            log.exception("stopping.fault", stage=name, error=type(error).__name__)


def for_certain(seconds: float = LAST) -> None:
    """End the process after so long from a thread of its own: a disk that hangs holds threads that nobody can end."""
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.error("stopping.forced")
    os._exit(1)
