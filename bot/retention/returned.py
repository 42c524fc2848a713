"""What came back: erased audio is known again, and erased again (P12)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import NamedTuple

import structlog

from bot.ports import Absent, Recorder, Sighting, Unavailable
from bot.proof.restoring import Restoring
from bot.retention.recording_sync import RecordingSync, audio_digest, row_of
from bot.sealing import Marks
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.retention import closing
from handlers.retention.closing import Shown
from storage.database.store import Database, DatabaseDown

log = structlog.get_logger()
LONG, SHORT = 60.0, 10.0  # seconds for which work waits for what came back: after a restore, and at each other start
PARTS = ("words", "recordings", "erasures")
LARGEST_HEAD = 80
"""Bytes of the largest head that a WAV file has before its first sample: 44 of PCM, 58 with a fact chunk, 80 of the extensible form."""


class FirstLook:
    """`part` does one part of the clock's work. What a look finds that was erased is in no search and on no page, ready or not.

    So a slow recording system costs a start so many seconds and no more; what is under way goes on behind.
    """

    def __init__(
        self, restoring: Restoring, register: RecordingSync, part: Callable[[str], Awaitable[None]],
        waits: tuple[float, float] = (LONG, SHORT),
    ) -> None:  # fmt: skip
        self.restoring, self.register, self.part = restoring, register, part
        self.longest, self.usual = waits

    async def needed(self) -> bool:
        """Whether it is to be waited for: where it is not known yet what came back, and where anything was ever erased."""
        if self.restoring.state or self.restoring.found or self.restoring.erased:
            return True
        if self.register.read:
            return False
        with suppress(DatabaseDown):
            return await self.register.door.database.read(lambda store: store.erasures.any())
        return True

    async def look(self, running: list[asyncio.Task[None]]) -> None:
        """Wait, but not for ever; what is not done by then is among what is `running`, so that it ends with the program."""
        await self.restoring.until_known()
        work = asyncio.create_task(self._erase())
        running.append(work)
        _, late = await asyncio.wait([work], timeout=self._patience())
        if late:
            log.warning("start.still_looking", seconds=self._patience())

    def _patience(self) -> float:
        return self.longest if self.restoring.found else self.usual

    async def _erase(self) -> None:
        for name in PARTS:
            await self.part(name)


class ReturnedCalls:
    """Looks through what is found in a recording `system` before any of it is registered as a new call. `elsewhere` as of `Erasing`."""

    def __init__(
        self, door: Door, system: str, marks: Marks, audio: ReturnedAudio, elsewhere: Callable[[], AbstractSet[str]]
    ) -> None:
        self.door, self.system, self.marks, self.audio, self.elsewhere = door, system, marks, audio, elsewhere

    async def among(self, found: Sequence[Sighting]) -> Heard:
        """Those of the calls (native ids) that were erased: they stay so, and are erased once more. Raises `DatabaseDown`.

        A call is known again by its name and start, else by its audio, which is read where something of that size was erased.
        """
        named = await self._named(found)
        others = [one for one in found if one.native_id not in named]
        heard = await self.audio.among(others)
        if heard.erased:
            rows = [row_of(self.door.policy, one) for one in others if one.native_id in heard.erased]
            await self.door.enter(closing.recognised(self.system, rows), CLOCK)
        return Heard(heard.erased | named, heard.unread)

    async def _named(self, found: Sequence[Sighting]) -> set[str]:
        marked = {self.marks.of_call(one.native_id, one.started): one for one in found}
        known = await self.door.database.read(lambda store: store.erasures.known(marked))
        others = (self.elsewhere() & marked.keys()) - known.keys()
        if others:
            rows = [row_of(self.door.policy, marked[mark]) for mark in others]
            await self.door.enter(closing.recognised(self.system, rows), CLOCK)
        if known:
            shown = {
                known[mark]: Shown(one.native_id, one.stamp, one.size) for mark, one in marked.items() if mark in known
            }
            await self.door.enter(closing.came_back(shown), CLOCK)
        return {marked[mark].native_id for mark in others.union(known)}


class Heard(NamedTuple):
    """By native id: what holds erased audio, and what could have it and can't be read now."""

    erased: set[str]
    unread: set[str]


class ReturnedAudio:
    """Reads only what is as large as something that was erased: sizes are kept as keyed hashes, too, so most of what is new is never opened."""

    def __init__(
        self, database: Database, recorder: Recorder, marks: Marks, elsewhere: Callable[[], AbstractSet[str]]
    ) -> None:
        self.database, self.recorder, self.marks, self.elsewhere = database, recorder, marks, elsewhere

    async def among(self, found: Sequence[Sighting]) -> Heard:
        """Which of these hold audio that was erased. Raises `DatabaseDown`."""
        sizes: dict[str, str] = {one.native_id: self.marks.of_size(one.size) for one in found}
        known = (
            await self.database.read(lambda store: store.erasures.sizes({*sizes.values()} - {""})) | self.elsewhere()
        )
        heard = Heard(set(), set())
        for one in found:
            if sizes[one.native_id] in known:
                await self._read(one, heard)
        return heard

    async def _read(self, one: Sighting, heard: Heard) -> None:
        try:
            if await soundless(self.recorder, one.native_id, one.size):
                return
            audio = await audio_digest(self.recorder, one.native_id, one.stamp)
        except (Absent, Unavailable):  # what nobody can tell from erased audio is no call yet
            heard.unread.add(one.native_id)
            return
        mark = self.marks.of(audio)
        if mark in self.elsewhere() or await self.database.read(lambda store: store.erasures.of_audio(mark)):
            heard.erased.add(one.native_id)


async def soundless(recorder: Recorder, native_id: str, size: int) -> bool:
    """Whether a telephone system wrote the head of a WAV file and nothing more; what is larger is not read. Raises `Absent` and `Unavailable`."""
    if size > LARGEST_HEAD or not native_id.lower().endswith(".wav"):
        return False
    head = await (await recorder.audio(native_id)).read(0, size)
    return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"
