"""What came back: erased audio is known again, and erased again (P12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from bot.journal import Marks
from bot.ports import Absent, Recorder, Sighting, Unavailable
from bot.retention.recording_sync import audio_digest, row_of
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.retention import closing
from handlers.retention.closing import Shown

LARGEST_HEAD = 80
"""Bytes of the largest head that a WAV file has before its first sample: 44 of PCM, 58 with a fact chunk, 80 of the extensible form."""


class Heard(NamedTuple):
    """By native id: what holds erased audio, and what could have it and can't be read now."""

    erased: set[str]
    unread: set[str]


class ReturnedCalls:
    """Looks through what is found in a recording `system` before any of it is registered as a new call. `elsewhere` as of `Erasing`.

    Sizes are kept as keyed hashes, too, so that only audio as large as something that was erased is ever read.
    """

    def __init__(
        self, door: Door, recorder: Recorder, system: str, marks: Marks, elsewhere: Callable[[], AbstractSet[str]]
    ) -> None:
        self.door, self.recorder, self.system, self.marks, self.elsewhere = door, recorder, system, marks, elsewhere

    async def among(self, found: Sequence[Sighting]) -> Heard:
        """Return those of the calls (native ids) that were erased: they stay so, and are erased again. Raises `DatabaseDown`.

        A call is known again by its name and start, or else by its audio.
        """
        named = await self._named(found)
        others = [one for one in found if one.native_id not in named]
        heard = await self._heard(others)
        if heard.erased:
            await self._recognise([one for one in others if one.native_id in heard.erased])
        return Heard(heard.erased | named, heard.unread)

    async def _recognise(self, found: Sequence[Sighting]) -> None:
        rows = [row_of(self.door.policy, one) for one in found]
        await self.door.enter(closing.recognised(self.system, rows), CLOCK)

    async def _named(self, found: Sequence[Sighting]) -> set[str]:
        marked = {self.marks.of_call(one.native_id, one.started): one for one in found}
        known = await self.door.database.read(lambda store: store.erasures.known(marked))
        others = (self.elsewhere() & marked.keys()) - known.keys()
        if others:
            await self._recognise([marked[mark] for mark in others])
        if known:
            shown = {
                known[mark]: Shown(one.native_id, one.stamp, one.size) for mark, one in marked.items() if mark in known
            }
            await self.door.enter(closing.came_back(shown), CLOCK)
        return {marked[mark].native_id for mark in others.union(known)}

    async def _heard(self, found: Sequence[Sighting]) -> Heard:
        sizes: dict[str, str] = {one.native_id: self.marks.of_size(one.size) for one in found}
        known = await self.door.database.read(lambda store: store.erasures.sizes({*sizes.values()} - {""}))
        known |= self.elsewhere()
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
        except (Absent, Unavailable):  # what can't be told from erased audio is no call yet
            heard.unread.add(one.native_id)
            return
        mark = self.marks.of(audio)
        if mark in self.elsewhere() or await self.door.database.read(lambda store: store.erasures.of_audio(mark)):
            heard.erased.add(one.native_id)


async def soundless(recorder: Recorder, native_id: str, size: int) -> bool:
    """Whether a telephone system wrote the head of a WAV file and nothing more; what is larger is not read. Raises `Absent` and `Unavailable`."""
    if size > LARGEST_HEAD or not native_id.lower().endswith(".wav"):
        return False
    head = await (await recorder.audio(native_id)).read(0, size)
    return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"
