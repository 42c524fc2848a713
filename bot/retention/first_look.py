"""Before work begins: what came back to the recording system is erased first, as far as that can be asked in time (P12)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.proof.restoring import Restoring
from bot.retention.recording_sync import RecordingSync
from storage.database.store import DatabaseDown

log = structlog.get_logger()
AFTER_A_RESTORE = 60.0  # seconds for which work waits for the erasures that a restored database brought
AT_A_START = 10.0  # and at each other start, for what a restored folder may have brought
PARTS = ("words", "recordings", "erasures")


class FirstLook:
    """`part` does one part of the clock's work. What a look finds that was erased is in no search and on no page, ready or not.

    So a slow recording system costs a start so many seconds and no more; what is under way goes on behind.
    """

    def __init__(
        self, restoring: Restoring, register: RecordingSync, part: Callable[[str], Awaitable[None]],
        waits: tuple[float, float] = (AFTER_A_RESTORE, AT_A_START),
    ) -> None:  # fmt: skip
        self.restoring, self.register, self.part = restoring, register, part
        self.after_a_restore, self.at_a_start = waits

    async def needed(self) -> bool:
        """Whether it is to be waited for: where it is not known yet what came back, and where anything was ever erased."""
        if self.restoring.state or self.restoring.found:
            return True
        if self.register.read:
            return False
        with suppress(DatabaseDown):
            return await self.register.door.database.read(lambda store: store.erasures.any() or store.recalls.any())
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
        return self.after_a_restore if self.restoring.found else self.at_a_start

    async def _erase(self) -> None:
        for name in PARTS:
            await self.part(name)
