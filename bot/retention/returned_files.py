"""Files that could not be registered, were erased, and stand in the recording system again: each is erased once more (P12)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.marks import Marks
from bot.ports import Absent, Problem, Recorder, Unavailable
from bot.retention.recording_sync import audio_digest
from bot.retention.returned_audio import ReturnedAudio
from bot.retention.unregistered import row
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.retention.intents import FilesCameBack


class ReturnedFiles:
    """Knows a file again by its name and its audio together, or by its audio alone: another one of that name is another file, and is listed."""

    def __init__(self, door: Door, recorder: Recorder, system: str, marks: Marks, audio: ReturnedAudio) -> None:
        self.door, self.recorder, self.system, self.marks, self.audio = door, recorder, system, marks, audio

    async def among(self, found: Sequence[Problem]) -> set[str]:
        """Those (native ids) that were erased once; they are being erased from now on. Raises `DatabaseDown`."""
        named = {self.marks.of_file(one.native_id): one for one in found if one.stamp}
        erased, recalled = await self.door.database.read(
            lambda store: (store.erasures.of_files(named), store.recalls.known(named))
        )
        back = [
            one
            for mark, one in named.items()
            if mark in recalled.union(erased) and await self._same(one, erased.get(mark))
        ]
        names = {one.native_id for one in back}
        others = [one for one in found if one.stamp and one.native_id not in names]
        erased_audio = (await self.audio.among(others)).erased  # what can't be read now is listed, and a person decides
        back += [one for one in others if one.native_id in erased_audio]
        if back:
            await self.door.enter(FilesCameBack(self.system, [row(one) for one in back]), CLOCK)
        return {one.native_id for one in back}

    async def _same(self, one: Problem, erased: set[str] | None) -> bool:
        """Only what has the name of an erased one is read."""
        try:
            audio = await audio_digest(self.recorder, one.native_id, one.stamp)
        except (Absent, Unavailable):  # then it is listed, and a person decides
            return False
        content = self.marks.of_content(one.native_id, audio)
        return self.marks.of(audio) in (erased or ()) or bool(
            await self.door.database.read(lambda store: store.recalls.known([content]))
        )
