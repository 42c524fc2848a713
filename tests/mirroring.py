"""A company whose recording system enforces holds, and replicas that tell it about them."""

import asyncio
from dataclasses import replace

from bot.ports import Capabilities, HeldBySystem
from bot.retention.mirroring import Mirroring
from tests.clocks import Seconds
from tests.erasing import Archive
from tests.handlers.holds.acts import hold, release
from tests.memory_recorder import MemoryRecorder


class Listening(MemoryRecorder):
    """Remembers what it is asked; calls in `failing` raise, and calls in `hanging` never get an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.failing: dict[str, Exception] = {}
        self.hanging: set[str] = set()
        self.keeps = True

    def capabilities(self) -> Capabilities:
        return replace(super().capabilities(), hold="native" if self.keeps else "emulated")

    async def hold(self, native_id: str, case: str) -> None:
        await self._heard("hold", native_id)
        await super().hold(native_id, case)

    async def release(self, native_id: str, case: str) -> None:
        await self._heard("release", native_id)
        await super().release(native_id, case)

    async def _heard(self, what: str, native_id: str) -> None:
        self.asked.append(f"{what} {native_id}")
        if native_id in self.hanging:
            await asyncio.Event().wait()
        if native_id in self.failing:
            raise self.failing[native_id]

    def heard(self) -> list[str]:
        """Return what it was asked since the last time."""
        told, self.asked = self.asked, []
        return sorted(told)


class House(Archive):
    """An archive whose recording system enforces holds, and one replica that tells it about them."""

    recorder: Listening

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seconds = Seconds()
        self.mirroring = self.replica()

    def replica(self, system: str = "memory", answers: float = 60.0) -> Mirroring:
        return Mirroring(self.company.door, self.recorder, system, self.seconds, answers)

    async def tick(self) -> None:
        await self.sync.sync()
        await self.mirroring.tick()
        await self.mirroring.release_before(self.erasing.tick)

    async def hold(self, *calls: int, until: str = "2026-12-31") -> str:
        return (await hold(self.company, self.company.helena, calls, until=until)).hold

    async def release(self, one: str) -> None:
        await release(self.company, one, self.company.helena)

    async def is_kept(self, name: str) -> bool:
        """Return True if another program that deletes it there is refused."""
        try:
            await self.recorder.delete(name, (await self.recorder.audio(name)).stamp)
        except HeldBySystem:
            return True
        return False
