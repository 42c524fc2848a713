"""How fast a call leaves the house: one budget for a listener, however it is asked for, and two streams at most (P7).

Budgets are this process's own: behind a load balancer that spreads one browser over several, each has its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.web.answers import TooMuch

BLOCK, LEAST = 16 * 1024, 1024  # bytes between two looks at the grant while audio streams; about a second of sound
LARGE = 256 * 1024  # the same while it is given as fast as it is taken
HEAD_START, FASTEST = 10.0, 3.0  # seconds of sound at once, then so many times as fast as it is heard
MOST = 2  # streams of one session
# Seconds for a connection to end that a browser has just given up; how often that is looked at.
PATIENCE, LOOKS = 1.0, 5
CROWDED = "This access is being played in two other places. Close one of them, then press Play."


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes for a stream, in seconds: a clock that only goes on, and how to wait."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


REAL = Pace(time.monotonic, asyncio.sleep)


class Budget:
    """Bytes of a call that one listener may have by now, at `rate` bytes a second of sound.

    Half of what it holds is kept for streams that begin, so that whoever seeks hears at once.
    """

    def __init__(self, rate: float, pace: Pace) -> None:
        self.rate, self.pace = rate, pace
        self.block = max(LEAST, min(BLOCK, int(rate)))
        self.reserve = max(float(self.block), HEAD_START * rate)
        self.streams = 0
        self._left, self._at = 2 * self.reserve, pace.monotonic()

    @property
    def idle(self) -> bool:
        """Nobody draws on it, and it is as full as a new one."""
        return not self.streams and self._now() >= 2 * self.reserve

    async def take(self, size: int, *, first: bool, gone: Callable[[], bool], begins: bool = False) -> bool:
        """Wait until so many bytes may leave, and count them; False, with nothing counted, once their taker is `gone`.

        `first` bytes of a stream may draw on the reserve. Where a stream `begins`, a block is counted at least, since
        each beginning is a look and an entry in the log.
        """
        size = max(size, self.block) if begins else size
        least = size if first else size + self.reserve
        while (short := least - self._now()) > 1e-6 and not gone():
            await self.pace.sleep(short / (FASTEST * self.rate))
        if gone():
            return False
        self._left -= size
        return True

    def _now(self) -> float:
        now = self.pace.monotonic()
        self._left = min(2 * self.reserve, self._left + (now - self._at) * FASTEST * self.rate)
        self._at = now
        return self._left


class Unbounded(Budget):
    """Of what is given as fast as it is taken: so many bytes, and never short of one."""

    def __init__(self, size: int, pace: Pace) -> None:
        super().__init__(float(max(size, 1)), pace)
        self.block = LARGE

    async def take(self, size: int, *, first: bool, gone: Callable[[], bool], begins: bool = False) -> bool:
        """False once its taker is `gone`."""
        return not gone()


class Pacing:
    """All budgets and streams of this process; `crowded` is said to whoever wants one stream more than a session may have."""

    def __init__(self, pace: Pace = REAL, crowded: str = CROWDED) -> None:
        self.pace, self.crowded = pace, crowded
        self.budgets: dict[tuple[str, int], Budget] = {}
        self._streams: dict[str, list[asyncio.Transport]] = {}

    def budget(self, grant: str, recording: int, rate: float) -> Budget:
        """What the holder of a grant may have of a recording, in all of his or her sessions together."""
        for key in [key for key, one in self.budgets.items() if one.idle]:
            del self.budgets[key]
        return self.budgets.setdefault((grant, recording), Budget(rate, self.pace))

    def full(self, session: str) -> bool:
        """Whether this session has all the streams that it may have; a connection that has ended counts no more."""
        return sum(not one.is_closing() for one in self._streams.get(session, ())) >= MOST

    def look(self, session: str) -> None:
        """Raises `TooMuch` where this session has all the streams that it may have."""
        if self.full(session):
            raise TooMuch(self.crowded, PATIENCE)

    @asynccontextmanager
    async def stream(self, session: str, budget: Budget, transport: asyncio.Transport) -> AsyncIterator[None]:
        """Room for one stream more; raises `TooMuch` where there is none within a moment."""
        for _ in range(LOOKS):
            if not self.full(session):
                break
            await self.pace.sleep(PATIENCE / LOOKS)
        else:
            raise TooMuch(self.crowded, PATIENCE)
        mine = self._streams.setdefault(session, [])
        mine.append(transport)
        budget.streams += 1
        try:
            yield
        finally:
            budget.streams -= 1
            mine.remove(transport)
            if not mine:
                self._streams.pop(session, None)
