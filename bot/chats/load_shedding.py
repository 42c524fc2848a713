"""Whether people wait for answers now: then cards stand back for a moment, and it is counted how long they waited."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.measures import ACKS

CALM = 0.05  # seconds: three requests within it are a rush, and their answers go first


class LoadShedding:
    """`clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self._waiting = 0
        self._came: deque[float] = deque([float("-inf")] * 3, maxlen=3)

    @contextmanager
    def answering(self, platform: str) -> Iterator[None]:
        """Around whatever a chat platform waits for."""
        started = self.clock()
        self._came.append(started)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            ACKS.labels(platform).observe(self.clock() - started)

    def busy(self) -> bool:
        """Whether somebody waits, or may do so in the next moment."""
        return self._waiting > 0 or self.clock() - self._came[0] < CALM
