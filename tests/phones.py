"""Phone systems that fail in their own ways: too slow, broken, deaf, mute, or without live calls (P5)."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.ports import Capabilities, LiveCall, UnreadableCall
from tests.memory_recorder import MemoryRecorder


class Slow(MemoryRecorder):
    """Answers, but never in time."""

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        await asyncio.Event().wait()
        return ()


class Broken(MemoryRecorder):
    """Raises an unexpected error."""

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        raise KeyError(call_id)


class Mute(MemoryRecorder):
    """Says too little about a call in progress."""

    async def live(self) -> Sequence[LiveCall | UnreadableCall]:
        return [UnreadableCall("call-7", "it has no operator")]


class Elsewhere(MemoryRecorder):
    """A system that knows no live calls."""

    def capabilities(self) -> Capabilities:
        return replace(super().capabilities(), live="none")
