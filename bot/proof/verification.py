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
SETTLED = 200  # rows that are looked at once more, as of one moment with the end of the log
A_LONG_LOOK = 600.0  # seconds: for one look through whole tables, at rows that belong to nothing


@dataclass(frozen=True, slots=True)
class Pace:
    """How many entries and how many rows are read at once, and how long to rest after each page, in seconds."""

    entries: int = 5000
    rows: int = 2000
    rest: float = 0.0


BESIDE_OTHERS = Pace(entries=250, rows=100, rest=0.005)
"""For a program that people wait for: a page takes a few milliseconds."""


@dataclass(slots=True)
class Outcome:
    """What was found. `faults` are sentences without full stops, the first hundred; `number` counts all of them.

    Without `state` only the chain was looked at, and whether entries are the bot's only where they were `sealed`.
    """

    verdict: Verdict
    state: bool = True
    sealed: bool = True
    rows: int = 0
    faults: list[str] = field(default_factory=list)
    number: int = 0

    @property
    def digest(self) -> str:
        """A digest that is the same while the findings are."""
        return hashlib.sha256("\n".join(sorted(self.faults)).encode()).hexdigest()[:16]

    def fault(self, sentence: str) -> None:
        """Take a finding; what is found with each page, such as a table that is gone, counts once."""
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
        tell(f"{what} can't be compared with the log: something there was changed so that I can't read it ({kind})")


async def verify_log(
    database: Database, found: Outside | None = None, pace: Pace | None = None, *, state: bool = True, keys: Keys = NONE
) -> Outcome:
    """Verify the chain, the rows if `state`, and what the journal says. Raises `DatabaseDown`.

    Without the `keys` of the database neither seals nor confidential reports are checked.
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
            check.tell_astray()
    outcome.verdict = check.walk.verdict(check.head)
    for first, last in check.walk.unsealed:
        which = f"entry {first} does" if first == last else f"entries {first} to {last} do"
        outcome.fault(f"{which} not carry the bot's seal: put in, or changed, by hand")
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
    """Yield what the journal's newest line says and the log does not bear out; beyond a break of the chain nothing can
    be said of it.
    """
    if position is None or (verdict.fault and position.entries > verdict.entries):
        return
    if position.entries in verdict.astray or (position.entries == 0 and position.hash != GENESIS):
        yield f"entry {position.entries:,} is not the one that the journal noted: the log was rewritten there or before"
    elif position.entries > verdict.entries:
        yield (
            f"the journal noted {quantity_words(position.entries, 'entry', 'entries')}, but the log has {verdict.entries:,}: "
            "this is an older copy of the database, or the end of the log was cut off"
        )


@dataclass(slots=True)
class Check:
    """What was read so far."""

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
        """Read the entries that are there now. After a break of the chain they still say which marks were made."""
        more, last = True, math.inf
        while more:
            more = await self._read_some(self._read_entries)
            # What is added meanwhile is read in the end, at once with the rows.
            if self.outcome.state and self.head and isinstance(self.head[0], int):  # a file holds anything there
                last = min(last, self.head[0])
            more = more and (self.seq or 0) < last
            await asyncio.sleep(self.pace.rest)

    def _read_entries(self, store: Store) -> bool:
        links, self.head = store.audit.page(self.seq, self.pace.entries)
        self.walk.take(links)
        if self.outcome.state:
            self.latest.take(links)
        self.seq = links[-1][0] if links else self.seq
        return len(links) == self.pace.entries

    async def compare_rows(self) -> None:
        """Read each protected table once."""
        self.gone = set(await self.database.lacking())
        for table in protected_tables():
            if table in self.gone:
                self.outcome.fault(f"table {table} can't be read")
                continue
            self.place = None
            await self._until_done(partial(self._read_rows, table=table))

    def _read_rows(self, store: Store, table: str) -> bool:
        rows, self.place = store.marked.page(table, self.place, self.pace.rows)
        self.latest.compare(rows)
        self.outcome.rows += len(rows)
        return self.place is not None

    async def settle(self) -> None:
        """Look again at what didn't fit: it may have been written meanwhile."""
        await self._until_done(self._settle_some)

    def tell_astray(self) -> None:
        """Tell of rows that were changed by hand, and written again by the bot since."""
        for key, seq in self.latest.astray(MOST_TOLD):
            self.outcome.fault(f"row {key} was changed by hand before entry {seq}, which took it as it was then")

    async def _read_some(self, some: Callable[[Store], bool]) -> bool:
        """Read in a thread that ends before it is cancelled: SQLite crashes the process if a file is closed during use."""
        reading = asyncio.ensure_future(self.database.read(some))
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            await asyncio.wait({reading})
            raise

    async def _until_done(self, some: Callable[[Store], bool]) -> None:
        more = True
        while more:
            more = await self._read_some(some)
            await asyncio.sleep(self.pace.rest)

    def _settle_some(self, store: Store) -> bool:
        """Check again, as of one moment, what was added to the log since, and some rows."""
        while self._read_entries(store):
            pass
        for name in self.gone:
            self.latest.leave(name)
        some = self.latest.unsettled(SETTLED)
        for key in some:
            if sentence := self.latest.settle(key, store.marked.find(key)):
                self.outcome.fault(sentence)
        return len(some) == SETTLED


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
        self._verified: date | None = None
        self._behind: asyncio.Task[None] | None = None
        self.last: LogVerification | None = None

    async def tick(self) -> None:
        """Begin what is due."""
        today = morning_of(self.door.policy, self.door.now())
        if self._behind is None or self._behind.done():
            self._behind = asyncio.create_task(self._go_on(today))

    async def finish(self) -> None:
        """Wait for background work."""
        if self._behind is not None:
            await asyncio.wait([self._behind])

    async def stop(self) -> None:
        """Give up background work; it is done again after the next start."""
        if self._behind is not None:
            self._behind.cancel()
            await asyncio.wait([self._behind])

    async def _go_on(self, today: date) -> None:
        if today == self._verified and self.last is not None and self.last.compared:
            return
        try:
            if await self._setbacks.alone("verification", "verification", partial(self._verify, today)):
                self._verified = today
        except (DatabaseDown, Unavailable) as error:
            log.error("proof.later", why=str(error))

    async def _verify(self, today: date) -> None:
        """Verify the log, the rows and the journal, and report a break. Raises `DatabaseDown`.

        If the journal is away, it is checked later that day; until then it raises `JournalDown`.
        """
        try:
            found = await self._read_outside()
        except JournalDown as error:
            if today == self._verified:
                raise
            log.warning("journal.not_read", why=str(error))
            found = None
        outcome = await verify_log(self.door.database, found, BESIDE_OTHERS, keys=self.door.keys)
        LOG_BREAKS.set(outcome.number)
        self.last = LogVerification(outcome.verdict.entries, outcome.number, self.door.now(), found is not None)
        if found is not None:
            LOG_VERIFIED.set(self.door.now().timestamp())
        if outcome.number:
            await self._tell_of_breaks(outcome)
        elif found is not None:
            log.info("log.verified", entries=outcome.verdict.entries, rows=outcome.rows)

    async def _tell_of_breaks(self, outcome: Outcome) -> None:
        log.error("log.broken", number=outcome.number, faults=outcome.faults[:MOST_LOGGED])
        day = self.door.policy.company_day(self.door.now())
        with suppress(Repeated):
            broken = handlers_journal.tell_of_break(outcome.number, outcome.digest)
            await self.door.enter(broken, CLOCK, key=f"log.broken:{outcome.digest}:{day}")

    async def _read_outside(self) -> Outside:
        """Return what the journal says, once it is up to date: one that was cut off is told of as that.

        Raises `JournalDown`, `DatabaseDown`.
        """
        await self.noting.note(at_once=True)
        journal = self.patiently.journal
        return await self.patiently.read(partial(read_for_verification, journal.file, journal.seal))
