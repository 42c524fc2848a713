"""Log lines of what may come again and again, as whatever a stranger can cause: the first of a kind at once, and then seldom, however many there are."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()
EVERY = 10.0  # seconds


class Seldom:
    """Warns of a kind of thing once in `every` seconds; `more` says how many went without a line before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, every: float = EVERY) -> None:
        self.clock, self.every = clock, every
        self._kinds: dict[tuple[str, str], tuple[float, int]] = {}

    def warn(self, event: str, why: str) -> None:
        """`why` is one of a few words, and nothing that a stranger wrote."""
        self._tell(log.warning, event, why)

    def error(self, event: str, why: str) -> None:
        """The same for what somebody has to mend."""
        self._tell(log.error, event, why)

    def _tell(self, tell: Callable[..., object], event: str, why: str) -> None:
        again, more = self._kinds.get((event, why), (float("-inf"), 0))
        if self.clock() < again:
            self._kinds[event, why] = again, more + 1
            return
        self._kinds[event, why] = self.clock() + self.every, 0
        tell(event, why=why, more=more)
