"""Takes back in the journal what was told to go and stays after all, so that no restore of an older database erases it (P12)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.ports import Absent, Recorder, Unavailable
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.retention.erasing import UNDER_WAY
from handlers.retention.intents import Doomed, Stay

log = structlog.get_logger()
AT_ONCE = 200  # calls that one tick looks for


class Staying:
    """It is taken back once the audio was seen to be there as it was: whatever may have been deleted counts as erased.

    `back` writes into the journal that the erasure with this id did not happen. Raises `Unavailable`.
    """

    def __init__(self, door: Door, recorder: Recorder, system: str, back: Callable[[str], Awaitable[None]]) -> None:
        self.door, self.recorder, self.system, self.back = door, recorder, system, back
        self._never_asked = dict[str, Doomed]()
        self._not_there = set[str]()

    def note(self, one: Doomed) -> None:
        """It was told to go, and something came to keep or stop it before the recorder was asked."""
        self._never_asked[one.erasure] = one

    async def tick(self) -> None:
        """What can't be seen to now is tried again. Raises `DatabaseDown`."""
        try:
            await self._look()
        except Unavailable as error:
            log.warning("erasure.not_taken_back", why=str(error))

    async def _look(self) -> None:
        for one in tuple(self._never_asked.values()):
            await self._take_back(one.erasure, one.native_id, one.stamp)
            del self._never_asked[one.erasure]
        now = self.door.now()
        stays = await self.door.database.read(
            lambda store: store.erasures.staying(self.system, now - UNDER_WAY, now, AT_ONCE)
        )
        for erasure, native_id, stamp in stays:
            if erasure in self._not_there:
                continue
            if await self._take_back(erasure, native_id, stamp):
                await self.door.enter(Stay(erasure), CLOCK)
            else:
                self._not_there.add(erasure)

    async def _take_back(self, erasure: str, native_id: str, stamp: str) -> bool:
        try:
            there = (await self.recorder.audio(native_id)).stamp == stamp
        except Absent:
            return False
        if there:
            await self.back(erasure)
        return there
