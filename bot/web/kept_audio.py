"""Copies a call's audio into a report, and plays what was copied: part by part, so that no call is ever held whole (P13)."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.ports import Changed, Recorder
from bot.web.drawn import HEAD
from bot.web.spans import RANGE, span
from handlers.acting import WEB
from handlers.breach.intents import PART, Hear, Keep, Keeping, Kept, Sound
from handlers.door import Door
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown

LARGEST = 1 << 30  # bytes of one call that are copied
BUSY = "Another call is being copied just now. Please try again in a minute."
LARGE = "This call is larger than a report can keep. Please ask for a hold instead."
MISSING = "The audio of this call is no longer there, so it can’t be kept."


class KeptAudio:
    """One copy at a time; whoever asks for another meanwhile is told so."""

    def __init__(self, door: Door, recorder: Recorder) -> None:
        self.door, self.recorder = door, recorder
        self._copying = asyncio.Lock()

    async def keep(self, report: str, session: str, number: int) -> None:
        """Copy a call. Raises `Refused`, and `Absent`, `Changed` and `Unavailable` where the audio can't be had."""
        if self._copying.locked():
            raise Refused(BUSY)
        async with self._copying:
            await self._copy(report, session, number)

    async def _copy(self, report: str, session: str, number: int) -> None:
        name = await self.door.enter(Keep(report, session, number), WEB)
        call = await self.door.database.read(lambda store: store.recordings.get(number))
        if call is None:
            raise Refused(MISSING)
        audio = await self.recorder.audio(call.native_id)
        if audio.stamp != call.stamp:
            raise Changed(call.native_id)
        if audio.size > LARGEST:
            raise Refused(LARGE)
        starts = range(0, audio.size, PART)
        for part, start in enumerate(starts):
            data = await audio.read(start, min(start + PART, audio.size))
            await self.door.enter(Keeping(report, session, name, part, data), WEB)
        kept = Kept(report, session, name, number, len(starts), audio.size, audio.media_type)
        await self.door.enter(kept, WEB)

    async def play(self, request: web.Request, report: str, session: str, name: str) -> web.StreamResponse:
        """A stretch of a copy, within one part where a stretch is asked for; raises `Refused` once it may not be heard."""
        header = request.headers.get("Range", "")
        first = await self._hear(report, session, name, _first(header))
        found = span(header, first.size)
        if not first.size or found is None:
            return web.Response(status=416, headers={**HEAD, "Content-Range": f"bytes */{first.size}"})
        if RANGE.fullmatch(header.strip()) is None:
            return await self._whole(request, (report, session, name), first)
        part = found[0] // PART
        sound = first if part == _first(header) else await self._hear(report, session, name, part)
        data = sound.data[found[0] - part * PART : found[1] - part * PART]
        told = f"bytes {found[0]}-{found[0] + len(data) - 1}/{first.size}"
        return web.Response(body=data, status=206, headers={**_about(first), "Content-Range": told})

    async def _whole(self, request: web.Request, which: tuple[str, str, str], first: Sound) -> web.StreamResponse:
        response = web.StreamResponse(headers={**_about(first), "Content-Length": str(first.size)})
        try:
            await response.prepare(request)
            await response.write(first.data)
            for part in range(1, -(-first.size // PART)):
                await response.write((await self._hear(*which, part)).data)
            await response.write_eof()
        except (Refused, DatabaseDown, ConnectionError):  # the answer has begun: all that is left is to end it
            if request.transport is not None:
                request.transport.abort()
        return response

    async def _hear(self, report: str, session: str, name: str, part: int) -> Sound:
        return await self.door.enter(Hear(report, session, name, part), WEB)


def _first(header: str) -> int:
    """Which part a stretch begins in, as far as that can be told before the size is known."""
    found = RANGE.fullmatch(header.strip())
    start = found[1] if found else ""
    return int(start) // PART if start and len(start) <= 15 else 0


def _about(sound: Sound) -> dict[str, str]:
    return {**HEAD, "Accept-Ranges": "bytes", "Content-Disposition": "inline", "Content-Type": sound.media_type}
