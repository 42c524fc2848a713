"""Calls that the recording system shows once more after they were erased: they stay so, and are erased again (P12)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.marks import Marks
from bot.ports import Sighting
from bot.retention.recording_sync import row_of
from bot.retention.returned_audio import Heard, ReturnedAudio
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.retention.intents import CameBack, Reappeared, Recognised, Shown


class ReturnedCalls:
    """Looks through what is found in a recording `system` before any of it is registered as a new call."""

    def __init__(self, door: Door, system: str, marks: Marks, audio: ReturnedAudio) -> None:
        self.door, self.system, self.marks, self.audio = door, system, marks, audio

    async def among(self, found: Sequence[Sighting]) -> Heard:
        """Those of the calls (native ids) that were erased: they stay so, and are erased once more. Raises `DatabaseDown`.

        A call is known again by its name and start, else by its audio, which is read where something of that size was erased.
        """
        named = await self._named(found)
        others = [one for one in found if one.native_id not in named]
        heard = await self.audio.among(others)
        if heard.erased:
            rows = [row_of(self.door.policy, one) for one in others if one.native_id in heard.erased]
            await self.door.enter(Recognised(self.system, rows), CLOCK)
        return Heard(heard.erased | named, heard.unread)

    async def _named(self, found: Sequence[Sighting]) -> set[str]:
        marked = {self.marks.of_call(one.native_id, one.started): one for one in found}
        known, recalled = await self.door.database.read(
            lambda store: (store.erasures.known(marked), store.recalls.known(marked))
        )
        only_recalled = [marked[mark] for mark in recalled.difference(known)]
        if only_recalled:
            rows = [row_of(self.door.policy, one) for one in only_recalled]
            await self.door.enter(Reappeared(self.system, rows), CLOCK)
        if known:
            shown = {
                known[mark]: Shown(one.native_id, one.stamp, one.size) for mark, one in marked.items() if mark in known
            }
            await self.door.enter(CameBack(shown), CLOCK)
        return {marked[mark].native_id for mark in recalled.union(known)}
