"""The waveform of a call, worked out once and kept with it, for every page on which it is heard."""

from __future__ import annotations

import asyncio

from bot.ports import Audio
from handlers import recordings
from handlers.acting import WEB
from handlers.door import Door
from storage.records import Recording

LARGEST_DECODED = 64 * 1024 * 1024  # bytes of audio that are decoded


class Waves:
    """Works out one at a time, and each once: whoever had to wait looks again whether it is there by now."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._drawing = asyncio.Semaphore(1)

    async def of(self, recording: Recording, audio: Audio) -> list[float]:
        """How loud each part is, from 0 to 1; empty for what can't be decoded. Raises as `Audio.read`, and `DatabaseDown`."""
        if recording.peaks is not None:
            known: list[float] = recording.peaks["peaks"]
            return known
        async with self._drawing:
            which = recording.id, recording.stamp
            kept = await self.door.database.read(lambda store: store.recordings.drawn(*which))
            return await self._drawn(*which, audio) if kept is None else kept

    async def _drawn(self, recording: int, stamp: str, audio: Audio) -> list[float]:
        data = await audio.read(0, audio.size) if audio.size <= LARGEST_DECODED else b""
        drawn = await asyncio.to_thread(_peaks, data)
        await self.door.enter(recordings.keep_wave(recording, stamp, drawn), WEB)
        return drawn


def _peaks(data: bytes) -> list[float]:
    # With numpy and soundfile come 20 MB, which a bot need not hold before somebody hears the first call.
    from bot.web.peaks import peaks

    return peaks(data)
