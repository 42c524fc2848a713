"""What the program does by itself so that the log proves something: a checkpoint each day, in the journal, and a verification."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import date

import structlog

from bot.journal import Journal, JournalDown
from bot.measures import JOURNAL_WAITS, LOG_BREAKS, LOG_VERIFIED, TICK_FAULTS
from bot.ports import Unavailable
from bot.proof import checkpoint_files, loss, verification
from bot.proof.checkpoint_files import Notes
from bot.proof.journal_lines import CHECKPOINT
from bot.proof.journalling import Patiently
from bot.proof.verification import BESIDE_OTHERS, Outcome, reading
from bot.setbacks import Setbacks, Work
from handlers.acting import CLOCK
from handlers.checkpoints import Broken, Take, Written
from handlers.digest.steps import Verified
from handlers.door import Door, Repeated
from handlers.rules.access import company_day
from handlers.rules.reminding import checkpoint_day
from storage.database.store import DatabaseDown
from storage.tables.log import Checkpoint

log = structlog.get_logger()
MOST_LOGGED = 20
A_MOMENT = 5.0  # seconds


class Proof:
    """`tick` is for the clock and answers at once; writing and verifying go on behind it, at start and with each day."""

    def __init__(
        self,
        door: Door,
        journal: Journal,
        seconds: Callable[[], float] = time.monotonic,
        patiently: Patiently | None = None,
    ) -> None:
        self.door, self.journal, self.patiently = door, journal, patiently or Patiently(journal)
        self._setbacks = Setbacks(seconds)
        TICK_FAULTS.labels("verification")  # begins at 0, as those of the clock's other work do
        self._taken: date | None = None
        self._verified: date | None = None
        self._behind: asyncio.Task[None] | None = None
        self.last: Verified | None = None

    async def tick(self) -> None:
        """Begin what is due."""
        today = checkpoint_day(self.door.policy, self.door.now())
        if self._behind is None or self._behind.done():
            self._behind = asyncio.create_task(self._go_on(today))

    async def finish(self) -> None:
        """Wait for what goes on behind."""
        if self._behind is not None:
            await asyncio.wait([self._behind])

    async def soon(self) -> None:
        """Wait a moment for what goes on behind, which goes on all the same."""
        if self._behind is not None:
            await asyncio.wait([self._behind], timeout=A_MOMENT)

    async def stop(self) -> None:
        """Give up what goes on behind; it is done again after the next start."""
        if self._behind is not None:
            self._behind.cancel()
            await asyncio.wait([self._behind])

    async def _go_on(self, today: date) -> None:
        if today != self._taken and await self._alone("checkpoint", self._take):
            self._taken = today
        await self._alone("journal", self.write)
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

    async def _take(self) -> None:
        await self.door.enter(Take(), CLOCK)

    async def write(self) -> None:
        """Checkpoints that wait go into the journal, all or none. Raises `JournalDown`, `DatabaseDown`."""
        waiting = await self.door.database.read(lambda store: store.checkpoints.unwritten())
        JOURNAL_WAITS.set(len(waiting))
        if waiting:
            await loss.lost(self.door, self.patiently)  # before a new journal stands in the place of one that is gone
            await self.patiently.do(lambda: self.journal.add(map(_line, waiting)))
        for one in waiting:
            await self.door.enter(Written(date.fromisoformat(one.day)), CLOCK)
        JOURNAL_WAITS.set(0)

    async def verify(self) -> None:
        """The log, the state, and what the journal noted; a break is told. Raises `DatabaseDown`.

        Where the journal is away, or lacks what was written into it, the log is held against what there is; the rest is made up for.
        """
        try:
            notes, whole = await self._noted()
        except JournalDown as error:
            log.warning("journal.not_read", why=str(error))
            notes, whole = Notes(), False
        await self._verify(notes, whole)

    async def _make_up(self) -> None:
        """Compare the day's log with its checkpoints after all; what still can't be is tried again later, after an hour at most."""
        try:
            await self._setbacks.alone("verification", "checkpoints", self._compare)
        except (DatabaseDown, Unavailable) as error:
            log.warning("checkpoints.later", why=str(error))

    async def _compare(self) -> None:
        notes, whole = await self._noted()
        if not whole:
            raise JournalDown("the journal lacks what was written into it")
        await self._verify(notes, whole)

    async def _verify(self, notes: Notes, compared: bool) -> None:  # noqa: FBT001  as `_noted` says
        outcome = await verification.verify(self.door.database, notes, BESIDE_OTHERS, keys=self.door.keys)
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
            broken = Broken(outcome.number, outcome.digest)
            await self.door.enter(broken, CLOCK, key=f"log.broken:{outcome.digest}:{day}")

    async def _noted(self) -> tuple[Notes, bool]:
        """What the journal notes, and whether it has all that was written into it. Raises `JournalDown`, `DatabaseDown`."""
        flaws, whole, replaced = list[str](), True, None
        with reading("what was written into the journal", flaws.append):
            whole = not await loss.lost(self.door, self.patiently)
        with reading("the keys", flaws.append):
            replaced = await self.door.database.read(lambda store: store.master_keys.replaced())
        notes = await self.patiently.do(lambda: self._read(replaced))
        notes.flaws += flaws
        return notes, whole

    def _read(self, replaced: Collection[str] | None) -> Notes:
        loss.there(self.journal)
        try:
            return checkpoint_files.read(self.journal.file, self.journal.seal, replaced)
        except FileNotFoundError:
            return Notes()
        except OSError as error:
            raise JournalDown(error.strerror or type(error).__name__) from error


def _line(one: Checkpoint) -> dict[str, object]:
    return {"kind": CHECKPOINT, "day": one.day, "entries": one.entries, "hash": one.hash, "at": one.at.isoformat()}
