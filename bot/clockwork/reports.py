"""What the clock does for reports, whether there are any or not, and what the journal is told of them (P12, P13)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import structlog

from bot.measures import TICK_FAULTS
from bot.ports import Unavailable
from bot.proof.journalling import Patiently
from handlers.acting import CLOCK
from handlers.breach.intents import Look, Notice, RewriteReports, Seal
from handlers.breach.journalling import Journalled
from handlers.breach.looks import traces
from handlers.door import Door
from handlers.rules.access import company_day
from storage.database.store import DatabaseDown

log = structlog.get_logger()
PART = "confidential"
"""It runs with each tick, reports or not, and says no more."""


class Reports:
    """One part of a tick; what fails in it says in the log no word of its own."""

    def __init__(self, door: Door, patiently: Patiently) -> None:
        self.door, self.patiently = door, patiently
        self._sealed: date | None = None

    async def tick(self) -> None:
        """Report what is found, ask the rule again and take the steps that are due; then tell the journal. Raises `DatabaseDown`."""
        for piece in (Notice(), Look()):
            await self._by_itself(piece)
        await self._seal()
        with suppress(Unavailable):  # the part that writes the other lines says that the journal is away
            await self.tell()

    async def _by_itself(self, piece: Notice | Look) -> None:
        """What spoils one keeps no other from being done."""
        try:
            await self.door.enter(piece, CLOCK)
        except DatabaseDown:
            raise
        except Exception as error:  # noqa: BLE001  a traceback may hold what somebody wrote
            TICK_FAULTS.labels(PART).inc()
            log.error("tick.fault", part=PART, error=type(error).__name__)

    async def _seal(self) -> None:
        """With each of the company's days, reports or not. Raises `DatabaseDown`."""
        today = company_day(self.door.policy, self.door.now())
        if today != self._sealed:
            await self.door.enter(Seal(today.isoformat()), CLOCK)
            await self.door.enter(RewriteReports(), CLOCK)
            self._sealed = today

    async def tell(self) -> None:
        """A line for each sight that ended and each key that was destroyed; written again where it is not known to stand there.

        It has no place in the log, and no more of its time than the day: neither says when somebody lost sight of a report.
        Raises `JournalDown` and `DatabaseDown`.
        """
        found = await self.door.database.read(traces)
        if not found:
            return
        day = self.door.now().date().isoformat()
        lines = [{"kind": kind, "id": trace, "at": day} for trace, kind in sorted(found.items())]
        await self.patiently.do(lambda: self.patiently.journal.add(lines))
        await self.door.enter(Journalled(tuple(found)), CLOCK)
