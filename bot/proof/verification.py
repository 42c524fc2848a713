"""Verifies the log, each day and on demand: the chain, the marks of every protected row, and the journal."""

import asyncio
import hashlib
import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import structlog

from bot.journal import JournalDown
from bot.measures import LOG_BREAKS, LOG_VERIFIED, TICK_FAULTS, Setbacks
from bot.ports import Unavailable
from bot.proof.journalling import Noting, Outside, Patiently, Position, read_for_verification
from bot.settings.config import Misconfigured
from handlers import journal as handlers_journal
from handlers.acting import CLOCK, NONE
from handlers.breach.clock import find_missing_reports
from handlers.digest.steps import LogVerification
from handlers.door import Door, Repeated
from handlers.phrases import quantity_words
from handlers.rules.deadlines import morning_of
from handlers.sealing import Keys
from storage.chain import GENESIS, Verdict, Walk
from storage.database.store import Database, DatabaseDown, Store
from storage.mark_check import Latest, Place, protected_tables

MOST_TOLD = 100
SETTLED = 200  # rows that are checked again together with the end of the log
A_LONG_LOOK = 600.0  # seconds that one read of whole tables may take


@dataclass(frozen=True, slots=True)
class Pace:
    """How many entries and how many rows are read at once, and how many seconds to rest after each page."""

    entries: int = 5000
    rows: int = 2000
    rest: float = 0.0


GENTLE_PACE = Pace(entries=250, rows=100, rest=0.005)
"""For verifying while people use the program: a page takes a few milliseconds."""


@dataclass(slots=True)
class Outcome:
    """What a verification found. `faults` are sentences without full stops, the first hundred; `number` counts them all.

    If `state` is False, only the chain was checked. If `sealed` is False, it wasn't checked that the bot wrote the entries.
    """

    verdict: Verdict
    state: bool = True
    sealed: bool = True
    rows: int = 0
    faults: list[str] = field(default_factory=list)
    number: int = 0

    @property
    def digest(self) -> str:
        """A digest that stays the same as long as the findings do."""
        return hashlib.sha256("\n".join(sorted(self.faults)).encode()).hexdigest()[:16]

    def fault(self, sentence: str) -> None:
        """Add a finding; one that comes with each page, such as a missing table, counts once."""
        if sentence in self.faults:
            return
        self.number += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(sentence)


@contextmanager
def telling_faults(what: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Report what can't be read as a fault of the log. Raises `DatabaseDown`, `Unavailable`, `Misconfigured`."""
    try:
        yield
    except (DatabaseDown, Unavailable, Misconfigured):
        raise
    except Exception as error:  # noqa: BLE001  a row may hold anything at all
        kind = type(error).__name__
        tell(f"I can't compare {what} with the log: I can't read it any more ({kind})")


async def verify_log(
    database: Database, found: Outside | None = None, pace: Pace | None = None, *, state: bool = True, keys: Keys = NONE
) -> Outcome:
    """Verify the chain, the stored rows if `state` is set, and what the journal says. Raises `DatabaseDown`.

    Without the database's `keys` neither seals nor confidential reports are checked.
    """
    found, pace = found or Outside(), pace or Pace()
    outcome = Outcome(Verdict(0, GENESIS), state, keys is not NONE)
    with closing(Latest()) as latest:
        known = dict([found.position]) if found.position else {}
        check = Check(database, pace, outcome, latest, Walk(known, keys.log_seal if outcome.sealed else None))
        await check.read_log()
        if state:
            await check.compare_rows()
            await check.settle()
            check.report_rewritten_rows()
    outcome.verdict = check.walk.verdict(check.head)
    for first, last in check.walk.unsealed:
        which = f"entry {first} lacks" if first == last else f"entries {first} to {last} lack"
        outcome.fault(f"{which} the bot's seal: added or changed by hand")
    if state and outcome.sealed:
        with telling_faults("confidential reports", outcome.fault):
            lost = await database.read(
                lambda store: find_missing_reports(store, keys, found.reports, found.ended), within=A_LONG_LOOK
            )
            for fault in lost:
                outcome.fault(fault)
    if outcome.verdict.fault:
        number = outcome.verdict.entries
        before = quantity_words(number, "entry", "entries")
        outcome.fault(f"{outcome.verdict.fault}. The {before} before that {'holds' if number == 1 else 'hold'}")
    for sentence in (*found.flaws, *_contradicted_by_journal(found.position, outcome.verdict)):
        outcome.fault(sentence)
    return outcome


def _contradicted_by_journal(position: Position | None, verdict: Verdict) -> Iterator[str]:
    """Yield what contradicts the journal's newest line.

    Nothing, if the chain breaks before that line's entry.
    """
    if position is None or (verdict.fault and position.entries > verdict.entries):
        return
    if position.entries in verdict.astray or (position.entries == 0 and position.hash != GENESIS):
        yield f"entry {position.entries:,} isn't the one in the journal: the log was rewritten at or before it"
    elif position.entries > verdict.entries:
        yield (
            f"the journal knows of {quantity_words(position.entries, 'entry', 'entries')}, but the log has {verdict.entries:,}: the database is an older copy, or the end of the log was cut off"
        )


@dataclass(slots=True)
class Check:
    """A verification in progress: what was read so far.

    `latest` has each row's newest mark by the log, `walk` recomputes the chain. `seq` is the last entry that was read,
    `place` where the table in hand continues, `head` where the log says it ends, `gone` the tables that are missing.
    """

    database: Database
    pace: Pace
    outcome: Outcome
    latest: Latest
    walk: Walk
    seq: int | None = None
    place: Place | None = None
    head: tuple[int, str] | None = None
    gone: set[str] = field(default_factory=set)

    async def read_log(self) -> None:
        """Read the entries that are there now; even after a break of the chain they say which marks were made."""
        more, last = True, math.inf
        while more:
            more = await self._read_some(self._read_entries)
            # What is added meanwhile is read in the end, at once with the rows.
            if self.outcome.state and self.head and isinstance(self.head[0], int):  # a file holds anything there
                last = min(last, self.head[0])
            more = more and (self.seq or 0) < last
            await asyncio.sleep(self.pace.rest)

    def _read_entries(self, store: Store) -> bool:
        """Read the next page of entries; return True if there may be more."""
        links, self.head = store.audit.page(self.seq, self.pace.entries)
        self.walk.take(links)
        if self.outcome.state:
            self.latest.take(links)
        self.seq = links[-1][0] if links else self.seq
        return len(links) == self.pace.entries

    async def compare_rows(self) -> None:
        """Compare each protected table with the log, once."""
        self.gone = set(await self.database.lacking())
        for table in protected_tables():
            if table in self.gone:
                self.outcome.fault(f"table {table} can't be read")
                continue
            self.place = None
            await self._until_done(partial(self._read_rows, table=table))

    def _read_rows(self, store: Store, table: str) -> bool:
        """Compare the next page of a table's rows with the log; return True if there may be more."""
        rows, self.place = store.marked.page(table, self.place, self.pace.rows)
        self.latest.compare(rows)
        self.outcome.rows += len(rows)
        return self.place is not None

    async def settle(self) -> None:
        """Check again the rows that didn't fit: they may have been written meanwhile."""
        await self._until_done(self._settle_some)

    def report_rewritten_rows(self) -> None:
        """Report rows that were changed by hand and that the bot has written again since."""
        for key, seq in self.latest.astray(MOST_TOLD):
            self.outcome.fault(f"row {key} was changed by hand before entry {seq}, which recorded it as changed")

    async def _read_some(self, work: Callable[[Store], bool]) -> bool:
        """Run one read to its end even if cancelled: SQLite crashes the process if a file is closed during use."""
        reading = asyncio.ensure_future(self.database.read(work))
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            await asyncio.wait({reading})
            raise

    async def _until_done(self, work: Callable[[Store], bool]) -> None:
        """Repeat a piece of work, with a rest after each, as long as it returns True."""
        more = True
        while more:
            more = await self._read_some(work)
            await asyncio.sleep(self.pace.rest)

    def _settle_some(self, store: Store) -> bool:
        """Read the new entries and check some rows again, as of one moment; return True if there may be more."""
        while self._read_entries(store):
            pass
        for name in self.gone:
            self.latest.leave(name)
        keys = self.latest.unsettled(SETTLED)
        for key in keys:
            if sentence := self.latest.settle(key, store.marked.find(key)):
                self.outcome.fault(sentence)
        return len(keys) == SETTLED


log = structlog.get_logger()
MOST_LOGGED = 20


class Proof:
    """Verifies the log at the start and each day. `tick` returns at once; the work continues in the background."""

    def __init__(
        self, door: Door, patiently: Patiently, noting: Noting, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.door, self.patiently, self.noting = door, patiently, noting
        self._setbacks = Setbacks(seconds)
        TICK_FAULTS.labels("verification")  # begins at 0, as those of the clock's other work do
        self._verified: date | None = None
        self._background: asyncio.Task[None] | None = None
        self.last: LogVerification | None = None

    async def tick(self) -> None:
        """Start the day's verification in the background, if none is running."""
        today = morning_of(self.door.policy, self.door.now())
        if self._background is None or self._background.done():
            self._background = asyncio.create_task(self._verify_once_a_day(today))

    async def finish(self) -> None:
        """Wait for background work."""
        if self._background is not None:
            await asyncio.wait([self._background])

    async def stop(self) -> None:
        """Give up background work; it is done again after the next start."""
        if self._background is not None:
            self._background.cancel()
            await asyncio.wait([self._background])

    async def _verify_once_a_day(self, today: date) -> None:
        """Verify, unless that was done today, including the journal."""
        if today == self._verified and self.last is not None and self.last.compared:
            return
        try:
            if await self._setbacks.alone("verification", "verification", partial(self._verify, today)):
                self._verified = today
        except (DatabaseDown, Unavailable) as error:
            log.error("proof.later", why=str(error))

    async def _verify(self, today: date) -> None:
        """Verify the log, the rows and the journal, and report a break. Raises `DatabaseDown`.

        If the journal can't be read, that part is tried again later in the day; such a try raises `JournalDown`.
        """
        try:
            outside = await self._read_outside()
        except JournalDown as error:
            if today == self._verified:
                raise
            log.warning("journal.not_read", why=str(error))
            outside = None
        outcome = await verify_log(self.door.database, outside, GENTLE_PACE, keys=self.door.keys)
        LOG_BREAKS.set(outcome.number)
        self.last = LogVerification(outcome.verdict.entries, outcome.number, self.door.now(), outside is not None)
        if outside is not None:
            LOG_VERIFIED.set(self.door.now().timestamp())
        if outcome.number:
            await self._tell_of_breaks(outcome)
        elif outside is not None:
            log.info("log.verified", entries=outcome.verdict.entries, rows=outcome.rows)

    async def _tell_of_breaks(self, outcome: Outcome) -> None:
        """Tell people of a break, once a day for the same findings."""
        log.error("log.broken", number=outcome.number, faults=outcome.faults[:MOST_LOGGED])
        day = self.door.policy.company_day(self.door.now())
        with suppress(Repeated):
            broken = handlers_journal.tell_of_break(outcome.number, outcome.digest)
            await self.door.enter(broken, CLOCK, key=f"log.broken:{outcome.digest}:{day}")

    async def _read_outside(self) -> Outside:
        """Bring the journal up to date and return what it says; a journal that was cut off is reported. Raises `JournalDown`, `DatabaseDown`."""
        await self.noting.note(at_once=True)
        journal = self.patiently.journal
        return await self.patiently.read(partial(read_for_verification, journal.file, journal.seal))
