"""Copies a call's audio into a report, and plays what was copied, at the pace of listening: part by part, no call is held whole (P7, P13)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.ports import Absent, Recorder
from bot.retention.recording_sync import audio_of
from bot.web.answers import HEAD
from bot.web.confidential import Present
from bot.web.limits import REAL, Pace, Pacing
from bot.web.listening import Sounding
from handlers.acting import WEB
from handlers.breach import hearing
from handlers.breach.hearing import Copy, may_hear
from handlers.breach.known import PART, Sound
from handlers.door import Door
from handlers.rules.refusal import Refused

LARGEST = 1 << 30  # bytes of one call that are copied
BUSY = "Another call is being copied just now. Please try again in a minute."
LARGE = "This call is larger than a report can keep. Please ask for a hold instead."
CROWDED = "This call is being played in two other places. Close one of them, then press Play."
INLINE = {**HEAD, "Content-Disposition": "inline"}
MISSING = "The audio of this call is no longer there, so it can’t be kept."


class KeptAudio:
    """One copy at a time; whoever asks for another meanwhile is told so. `present` are those who still belong here."""

    def __init__(self, door: Door, recorder: Recorder, present: Present, pace: Pace = REAL) -> None:
        self.door, self.recorder, self.present = door, recorder, present
        self.pacing = Pacing(pace, CROWDED)
        self._copying = asyncio.Lock()
        self._over = False

    def end(self) -> None:
        """The program stops: each stream ends with its next look, which is within a second."""
        self._over = True

    async def keep(self, report: str, session: str, number: int) -> None:
        """Copy a call. Raises `Refused`, and `Absent`, `Changed` and `Unavailable` where the audio can't be had."""
        if self._copying.locked():
            raise Refused(BUSY)
        async with self._copying:
            await self._copy(report, session, number)

    async def _copy(self, report: str, session: str, number: int) -> None:
        name = await self.door.enter(hearing.keep(report, session, number), WEB)
        call = await self.door.database.read(lambda store: store.recordings.get(number))
        if call is None:
            raise Refused(MISSING)
        audio = await audio_of(self.recorder, call.native_id, call.stamp)
        if audio.size > LARGEST:
            raise Refused(LARGE)
        starts = range(0, audio.size, PART)
        for part, start in enumerate(starts):
            data = await audio.read(start, min(start + PART, audio.size))
            await self.door.enter(hearing.keeping(report, session, name, part, data), WEB)
        kept = hearing.kept(report, session, name, number, len(starts), audio.size, audio.media_type)
        await self.door.enter(kept, WEB)

    async def play(self, request: web.Request, report: str, session: str, name: str) -> web.StreamResponse:
        """A copy at the pace of listening, or a stretch of it, within one part; raises `Refused` where it may not be heard, and `TooMuch`."""
        copy = await self._look(report, session, name)
        sound = KeptSound(copy, lambda part: self.door.enter(hearing.hear(report, session, name, part), WEB))

        async def ask() -> None:
            if self._over:
                raise Refused("The program stops.", code="stopping")
            await self.present.stay((await self._look(report, session, name)).person)

        # One budget for a reader and a call, however many sessions there are; two streams of each call that stands on a page.
        sounding = Sounding(
            sound, self.pacing, f"{session} {name}", lambda: self.pacing.budget(f"{report} {copy.person}", copy.recording, rate(copy)),
            ask, sound.begin, INLINE, part=PART,
        )  # fmt: skip
        return await sounding.answer(request)

    async def _look(self, report: str, session: str, name: str) -> Copy:
        return await self.door.look(WEB, lambda act: may_hear(act, report, session, name))


PLAIN, PACKED = (
    32_000.0,
    8_000.0,
)  # bytes taken for a second where nobody knows how long it lasts: of audio/wav, of all else


class KeptSound:
    """An `Audio`. `hear` asks for a part, which is noted, and raises `Refused` once it may not be heard."""

    def __init__(self, copy: Copy, hear: Callable[[int], Awaitable[Sound]]) -> None:
        self.size, self.media_type, self.stamp, self.hear = copy.size, copy.media_type, "", hear
        self._held = (-1, b"")

    async def begin(self, start: int, _: int) -> None:
        """What goes on record before it leaves: the part in which it begins. Raises `Refused`."""
        await self._part(start // PART)

    async def read(self, start: int, end: int) -> bytes:
        """Bytes of the half-open range; raises `Absent` where a part is missing, and `Refused`."""
        found = b""
        while start < end:
            number = start // PART
            data = (await self._part(number))[start - number * PART : end - number * PART]
            if not data:
                raise Absent
            found, start = found + data, start + len(data)
        return found

    async def _part(self, number: int) -> bytes:
        if self._held[0] != number:
            self._held = (number, (await self.hear(number)).data)
        return self._held[1]


def rate(copy: Copy) -> float:
    """Bytes of a second of sound."""
    if copy.seconds:
        return copy.size / max(copy.seconds, 1.0)
    return PLAIN if "wav" in copy.media_type else PACKED
