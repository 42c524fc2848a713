"""Seconds that pass only when a test says so, for audio that streams over a real connection."""

import asyncio
from dataclasses import dataclass

from bot.web.limits import Pace
from tests.stories.waiting import until


@dataclass(eq=False)
class _Sleeper:
    until: float
    waiting: asyncio.Future[None]
    task: asyncio.Task[object] | None


class Hourglass:
    """A clock whose sleeping tasks sleep until the test lets that much time pass."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[_Sleeper] = []
        self._awake: set[asyncio.Task[object] | None] = set()
        self.pace = Pace(lambda: self.now, self._sleep)

    async def pass_(self, seconds: float) -> None:
        """Let time pass, and let tasks that wake meanwhile work."""
        end = self.now + seconds
        while first := min(
            (one for one in self._sleepers if one.until <= end), key=lambda one: one.until, default=None
        ):
            self.now = max(self.now, first.until)
            self._sleepers.remove(first)
            if first.waiting.done():  # it was cancelled, and has not come to see it yet
                continue
            self._awake.add(first.task)
            first.waiting.set_result(None)
            await until(self._all_asleep, "each that woke sleeps again or has ended", pause=0.001)
        self.now = end

    async def asleep(self, number: int) -> None:
        """Wait until so many sleep."""
        await until(lambda: len(self._sleepers) == number, f"{number} asleep")

    def _all_asleep(self) -> bool:
        return all(task is None or task.done() for task in self._awake)

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return await asyncio.sleep(0)
        sleeper = _Sleeper(self.now + seconds, asyncio.get_running_loop().create_future(), asyncio.current_task())
        self._sleepers.append(sleeper)
        self._awake.discard(sleeper.task)
        try:
            await sleeper.waiting
        finally:
            self._sleepers = [one for one in self._sleepers if one is not sleeper]
