"""The waveform of a call, worked out once and kept with it, for every page on which it is heard."""

from __future__ import annotations

import asyncio

from bot.ports import Audio
from handlers.door import Door
from storage.records import Recording

LARGEST_DECODED = 64 * 1024 * 1024  # bytes of audio that are decoded


class Waves:
    """Works out one at a time."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._drawing = asyncio.Semaphore(1)

    async def of(self, recording: Recording, audio: Audio) -> list[float]:
        """How loud each part is, from 0 to 1; empty for what can't be decoded. Raises as `Audio.read`."""
        if recording.peaks is not None:
            known: list[float] = recording.peaks["peaks"]
            return known
        async with self._drawing:
            data = await audio.read(0, audio.size) if audio.size <= LARGEST_DECODED else b""
            drawn = await asyncio.to_thread(_peaks, data)
        await self.door.database.write(lambda store: store.recordings.draw(recording.id, recording.stamp, drawn))
        return drawn


def _peaks(data: bytes) -> list[float]:
    # With numpy and soundfile come 20 MB, which a bot need not hold before somebody hears the first call.
    from bot.web.peaks import peaks

    return peaks(data)
