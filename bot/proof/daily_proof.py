"""What the program does by itself so that the log proves something: each day a line that the journal must keep, and a verification."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial

import structlog

from bot.journal import JournalDown
from bot.measures import LOG_BREAKS, LOG_VERIFIED, TICK_FAULTS
from bot.ports import Unavailable
from bot.proof import verification
from bot.proof.journal_lines import Outside, outside
from bot.proof.journalling import Noting, Patiently, lost
from bot.proof.verification import BESIDE_OTHERS, Outcome, reading
from bot.setbacks import Setbacks, Work
from handlers import journal as handlers_journal
from handlers.acting import CLOCK
from handlers.digest.steps import Verified
from handlers.door import Door, Repeated
from handlers.rules.access import company_day
from handlers.rules.deadlines import morning_of
from storage.database.store import DatabaseDown

log = structlog.get_logger()
MOST_LOGGED = 20


class Proof:
    """`tick` is for the clock and answers at once; writing and verifying go on behind it, at start and with each day."""

    def __init__(
        self, door: Door, patiently: Patiently, noting: Noting, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.door, self.patiently, self.noting = door, patiently, noting
        self._setbacks = Setbacks(seconds)
        TICK_FAULTS.labels("verification")  # begins at 0, as those of the clock's other work do
        self._noted: date | None = None
        self._verified: date | None = None
        self._behind: asyncio.Task[None] | None = None
        self.last: Verified | None = None

    async def tick(self) -> None:
        """Begin what is due."""
        today = morning_of(self.door.policy, self.door.now())
        if self._behind is None or self._behind.done():
            self._behind = asyncio.create_task(self._go_on(today))

    async def finish(self) -> None:
        """Wait for what goes on behind."""
        if self._behind is not None:
            await asyncio.wait([self._behind])

    async def stop(self) -> None:
        """Give up what goes on behind; it is done again after the next start."""
        if self._behind is not None:
            self._behind.cancel()
            await asyncio.wait([self._behind])

    async def _go_on(self, today: date) -> None:
        if today != self._noted and await self._alone("journal", partial(self.note, today)):
            self._noted = today
        if today != self._verified:
            if await self._alone("verification", self.verify):
                self._verified = today
        elif self.last is not None and not self.last.compared:
            await self._make_up()

    async def _alone(self, part: str, work: Work) -> bool:
        try:
            return await self._setbacks.alone(part, part, work)
        except (DatabaseDown, Unavailable) as error:
            log.error("proof.later", part=part, why=str(error))
            return False

    async def note(self, today: date) -> None:
        """Once a day the log says which line the journal holds, so that a journal cut off is found out. Raises `JournalDown`, `DatabaseDown`."""
        written = await self.door.database.read(lambda store: store.audit.noted_at())
        if written is not None and morning_of(self.door.policy, written) == today:
            return
        await lost(self.door, self.patiently)  # before the journal goes on without it
        if position := await self.noting.note(at_once=True):
            await self.door.enter(handlers_journal.noted(*position), CLOCK)

    async def verify(self) -> None:
        """The log, the rows, and what the journal says; a break is told. Raises `DatabaseDown`.

        Where the journal is away, or lacks what was written into it, the log is held against what there is; the rest is made up for.
        """
        try:
            found, whole = await self._outside()
        except JournalDown as error:
            log.warning("journal.not_read", why=str(error))
            found, whole = Outside(), False
        await self._verify(found, whole)

    async def _make_up(self) -> None:
        """Compare the day's log with the journal after all; what still can't be is tried again later, after an hour at most."""
        try:
            await self._setbacks.alone("verification", "comparison", self._compare)
        except (DatabaseDown, Unavailable) as error:
            log.warning("journal.compared_later", why=str(error))

    async def _compare(self) -> None:
        found, whole = await self._outside()
        if not whole:
            raise JournalDown("the journal lacks what was written into it")
        await self._verify(found, whole)

    async def _verify(self, found: Outside, compared: bool) -> None:  # noqa: FBT001  as `_outside` says
        outcome = await verification.verify(self.door.database, found, BESIDE_OTHERS, keys=self.door.keys)
        LOG_BREAKS.set(outcome.number)
        self.last = Verified(outcome.verdict.entries, outcome.number, self.door.now(), compared)
        if compared:
            LOG_VERIFIED.set(self.door.now().timestamp())
        if outcome.number:
            await self._tell(outcome)
        elif compared:
            log.info("log.verified", entries=outcome.verdict.entries, rows=outcome.rows)

    async def _tell(self, outcome: Outcome) -> None:
        log.error("log.broken", number=outcome.number, faults=outcome.faults[:MOST_LOGGED])
        day = company_day(self.door.policy, self.door.now())
        with suppress(Repeated):
            broken = handlers_journal.broken(outcome.number, outcome.digest)
            await self.door.enter(broken, CLOCK, key=f"log.broken:{outcome.digest}:{day}")

    async def _outside(self) -> tuple[Outside, bool]:
        """What the journal says, and whether it has all that was written into it. Raises `JournalDown`, `DatabaseDown`."""
        flaws, whole, journal = list[str](), True, self.patiently.journal
        with reading("what was written into the journal", flaws.append):
            whole = not await lost(self.door, self.patiently)
        found = await self.patiently.read(partial(outside, journal.file, journal.seal))
        found.flaws += flaws
        return found, whole
