"""What the clock does for reports, whether there are any or not, and what the journal is told of them (P12, P13)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date

import structlog

from bot.measures import TICK_FAULTS
from bot.ports import Unavailable
from bot.proof.journalling import Patiently, ReportCounters
from handlers.acting import CLOCK
from handlers.breach import clock
from handlers.breach.clock import line, traces, urgent
from handlers.door import Door
from handlers.handling import Intent
from storage.database.store import DatabaseDown

log = structlog.get_logger()
PART = "confidential"
"""It runs with each tick, reports or not, and says no more."""


class Reports:
    """One part of a tick; what fails in it says in the log no word of its own."""

    def __init__(self, door: Door, patiently: Patiently) -> None:
        self.door, self.patiently, self.counters = door, patiently, ReportCounters(door, patiently)
        self._told: date | None = None
        self._woken, self._one_at_a_time = asyncio.Event(), asyncio.Lock()

    def wake(self) -> None:
        """Something confidential was done; look at once whether the journal must hear of it."""
        self._woken.set()

    async def run(self) -> None:
        """Tell the journal, until cancelled; what can't be told now is told with a tick."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            with suppress(Unavailable, DatabaseDown):
                await self.tell()

    async def tick(self) -> None:
        """Report what is found, ask the rule again and take the steps that are due; then tell the journal. Raises `DatabaseDown`."""
        for piece in (clock.notice(), clock.look()):
            await self._by_itself(piece)
        with suppress(Unavailable):  # the part that writes the other lines says that the journal is away
            await self.tell()
            await self.counters.refresh()

    async def _by_itself(self, piece: Intent[int]) -> None:
        """What spoils one keeps no other from being done."""
        try:
            await self.door.enter(piece, CLOCK)
        except DatabaseDown:
            raise
        except Exception as error:  # noqa: BLE001  a traceback may hold what somebody wrote
            TICK_FAULTS.labels(PART).inc()
            log.error("tick.fault", part=PART, error=type(error).__name__)

    async def tell(self) -> None:
        """A line for each sight that ended, key that was destroyed and report that was written; again where it may not stand there.

        It has no place in the log, and no more of its time than the day. What says only that a report was written waits until
        fewer people may read one, or for the next day: else the journal would say at what minute somebody reports.
        Raises `JournalDown` and `DatabaseDown`.
        """
        async with self._one_at_a_time:
            found = await self.door.database.read(traces)
            today = self.door.now().date()
            if found and (urgent(found) or today != self._told):
                lines = [line(one, today.isoformat()) for one in found]
                await self.patiently.do(lambda: self.patiently.journal.add(lines))
                self.counters.know({one.trace: one.counter for one in found if one.counter})
                await self.door.enter(clock.journalled(found), CLOCK)
            self._told = today
