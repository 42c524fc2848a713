"""Writing to a journal that may never answer: each minute where the log ends, with what was erased, and what reports were written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import structlog

from bot.journal import Journal, JournalDown
from bot.measures import JOURNAL_NOTED
from bot.proof.journal_lines import ERASED, HEAD, MARKS, Newest, Position, counted, holds, newest
from handlers import journal as handlers_journal
from handlers.acting import CLOCK
from handlers.breach.clock import any_reports
from handlers.door import Door, Repeated
from storage.chain import GENESIS
from storage.database.store import Store

log = structlog.get_logger()
T = TypeVar("T")
PATIENCE, LONG = 10.0, 600.0  # seconds for which a journal may take its time, and for all of it, once it has answered
A_MOMENT = 0.5  # seconds for which the work before may still be at its end
A_MINUTE = 60.0  # seconds between two lines
AT_ONCE = 20_000  # entries of the log that are looked through together
CERTIFY = "retention.certify"


class Patiently:
    """One piece of work at a time, in a thread; one that does not come back keeps neither a tick nor the end."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._one_at_a_time, self._thread = asyncio.Lock(), ThreadPoolExecutor(1, "journal")
        self._working: asyncio.Future[Any] | None = None

    async def do(self, work: Callable[[], T], patience: float | None = None) -> T:
        """Do something that may never come back, such as a folder on another machine. Raises what it raises, and `JournalDown`."""
        async with self._one_at_a_time:
            if self._working is not None and not self._working.done():  # it was cancelled, or it hangs
                await asyncio.wait({self._working}, timeout=A_MOMENT)
                if not self._working.done():
                    raise JournalDown("the last attempt has not come back yet")
            patience = patience or PATIENCE
            going = self._working = asyncio.get_running_loop().run_in_executor(self._thread, work)
            going.add_done_callback(lambda done: done.cancelled() or done.exception())  # perhaps nobody waits any more
            try:
                return await asyncio.wait_for(asyncio.shield(going), patience)
            except TimeoutError as error:
                raise JournalDown(f"{self.journal.file} did not answer within {patience:.0f} s") from error

    async def read(self, work: Callable[[], T], patience: float = LONG) -> T:
        """Read the journal's file. Raises `JournalDown`, also where the folder is away that somebody else keeps."""

        def there() -> T:
            journal = self.journal
            if not journal.make and not journal.folder.is_dir():
                raise JournalDown(f"there is no folder {journal.folder}")
            try:
                return work()
            except OSError as error:
                raise JournalDown(error.strerror or type(error).__name__) from error

        return await self.do(there, patience)

    async def newest(self) -> Newest:
        """What its newest lines say. Raises `JournalDown`."""
        return await self.read(lambda: newest(self.journal.file, self.journal.seal), PATIENCE)


class Noting:
    """Each minute, and at a stop. What was erased is read from the log since the newest line, so a crash loses no line.

    A journal that is gone is written again from the log. `seconds` never goes back.
    """

    def __init__(self, door: Door, patiently: Patiently, seconds: Callable[[], float] = time.monotonic) -> None:
        self.door, self.patiently, self.seconds = door, patiently, seconds
        self._told, self._looked = float("-inf"), 0
        self._one_at_a_time = asyncio.Lock()

    async def note(self, *, at_once: bool = False) -> Position | None:
        """Write what is due, and where the log ends; None where nothing was due. Raises `JournalDown`, `DatabaseDown`.

        What was erased is written with the next tick, though a minute is not over.
        """
        async with self._one_at_a_time:
            soon = at_once or self.seconds() - self._told >= A_MINUTE
            if not soon and not (await self.door.database.read(partial(_since, after=self._looked)))[1]:
                return None
            last = (await self.patiently.newest()).position or Position(0, GENESIS)
            if not await held(self.door, last):  # else a rewritten log would have a line of its own
                log.error("journal.contradicted", entries=last.entries)
                return None
            last = await self._go_on(last)
            self._told, self._looked = self.seconds(), last.entries
            JOURNAL_NOTED.set(self.door.now().timestamp())
            return last

    async def _go_on(self, last: Position) -> Position:
        while True:
            end, lines = await self.door.database.read(partial(_since, after=last.entries))
            if end.entries <= last.entries:
                return last
            at = self.door.now().isoformat()
            told = [{**one, **end._asdict(), "at": at} for one in (*lines, {"kind": HEAD})]
            await self.patiently.do(partial(self.patiently.journal.add, told))
            last = end


def _since(store: Store, after: int) -> tuple[Position, list[dict[str, Any]]]:
    """Where the log ends, or the next piece of it does, and what was erased in between."""
    end = Position(*store.audit.head())
    if end.entries > after + AT_ONCE:
        upto = after + AT_ONCE
        end = Position(upto, store.audit.hashes([upto])[upto])
    erased = store.audit.done_between(after, end.entries, [CERTIFY])
    names = {"call": "native", "audio": "audio", "size": "size"}
    return end, [{"kind": ERASED, **{name: told[names[name]] for name in MARKS}} for _, told in erased]


async def held(door: Door, position: Position) -> bool:
    """Whether the log has this entry. After a crash it is ahead of the journal, and never behind. Raises `DatabaseDown`."""
    if position == Position(0, GENESIS):
        return True
    hashes = await door.database.read(lambda store: store.audit.hashes([position.entries]))
    return hashes.get(position.entries) == position.hash


async def lost(door: Door, patiently: Patiently) -> bool:
    """Whether the journal lacks the line that the log says is in it; both witnesses hear that. Raises `JournalDown`, `DatabaseDown`."""
    written = await door.database.read(lambda store: store.audit.noted())
    journal = patiently.journal
    if written is None or await patiently.read(lambda: holds(journal.file, Position(*written), journal.seal)):
        return False
    log.error("journal.lost", entries=written[0])
    with suppress(Repeated):
        await door.enter(handlers_journal.journal_lost(*written), CLOCK)
    return True


class ReportCounters:
    """Keeps what the door knows of the journal up to date: an older copy of a report, put back, is refused (P13)."""

    def __init__(self, door: Door, patiently: Patiently) -> None:
        self.door, self.patiently = door, patiently
        self._read = 0  # up to this byte

    async def refresh(self) -> None:
        """Read what was added since. The door forgets nothing, even if the file does. Raises `JournalDown` and `DatabaseDown`."""
        if not await self.door.database.read(any_reports):
            return
        before, journal = -1, self.patiently.journal
        while self._read != before:
            before = self._read
            found, self._read = await self.patiently.read(partial(counted, journal.file, journal.seal, before))
            self.know(found)

    def know(self, counters: dict[str, int]) -> None:
        """These are in the journal."""
        for mark, counter in counters.items():
            self.door.outside[mark] = max(counter, self.door.outside.get(mark, 0))
