"""Audio of what was erased, under another name or another start: it is known again by a keyed hash, and never taken for a new call (P12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.marks import Marks
from bot.ports import Absent, Recorder, Sighting, Unavailable
from bot.retention.recording_sync import audio_digest
from bot.retention.soundless import soundless
from storage.database.store import Database, Store


class Heard(NamedTuple):
    """By native id: what holds erased audio, and what could have it and can't be read now."""

    erased: set[str]
    unread: set[str]


class ReturnedAudio:
    """Reads only what is as large as something that was erased: sizes are kept as keyed hashes, too, so most of what is new is never opened."""

    def __init__(self, database: Database, recorder: Recorder, marks: Marks) -> None:
        self.database, self.recorder, self.marks = database, recorder, marks

    async def among(self, found: Sequence[Sighting]) -> Heard:
        """Which of these hold audio that was erased. Raises `DatabaseDown`."""
        sizes: dict[str, str] = {one.native_id: self.marks.of_size(one.size) for one in found}
        known = await self.database.read(lambda store: _sizes(store, {*sizes.values()} - {""}))
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
        if await self.database.read(lambda store: store.erasures.of_audio(mark) or bool(store.recalls.known([mark]))):
            heard.erased.add(one.native_id)


def _sizes(store: Store, marks: set[str]) -> set[str]:
    return store.erasures.sizes(marks) | store.recalls.known(marks)
