"""Writes to a journal that may never answer: each minute where the log ends, what was erased, and which reports were written."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import structlog

from bot.journal import LONGEST_LINE, Journal, JournalDown, Seal
from bot.measures import JOURNAL_NOTED
from handlers import journal as handlers_journal
from handlers.acting import CLOCK
from handlers.breach.clock import any_reports
from handlers.door import Door
from storage.chain import GENESIS
from storage.database.store import Store

log = structlog.get_logger()
T = TypeVar("T")
PATIENCE, LONG = 10.0, 600.0  # seconds that one piece of work may take, and that reading the whole journal may
A_MOMENT = 0.5  # seconds to let the previous piece of work finish
A_MINUTE = 60.0  # seconds between two lines
AT_ONCE = 20_000  # entries of the log that are looked through together
CERTIFY = "retention.certify"


class Patiently:
    """Works on the journal in a thread, one piece at a time; work that never returns delays neither a tick nor a stop."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._one_at_a_time, self._thread = asyncio.Lock(), ThreadPoolExecutor(1, "journal")
        self._working: asyncio.Future[Any] | None = None

    async def do(self, work: Callable[[], T], patience: float | None = None) -> T:
        """Do work that may hang, such as on a network folder. Raises what it raises, and `JournalDown` if it takes too long."""
        async with self._one_at_a_time:
            if self._working is not None and not self._working.done():  # it was cancelled, or it hangs
                await asyncio.wait({self._working}, timeout=A_MOMENT)
                if not self._working.done():
                    raise JournalDown("the last attempt hasn't finished yet")
            patience = patience or PATIENCE
            going = self._working = asyncio.get_running_loop().run_in_executor(self._thread, work)
            going.add_done_callback(lambda done: done.cancelled() or done.exception())  # perhaps no one waits any more
            try:
                return await asyncio.wait_for(asyncio.shield(going), patience)
            except TimeoutError as error:
                raise JournalDown(f"{self.journal.file} didn't answer within {patience:.0f} s") from error

    async def read(self, work: Callable[[], T], patience: float = LONG) -> T:
        """Read the journal's file. Raises `JournalDown`, also if the folder that should be there is missing."""

        def read_in_folder() -> T:
            journal = self.journal
            if not journal.make and not journal.folder.is_dir():
                raise JournalDown(f"there is no folder {journal.folder}")
            try:
                return work()
            except OSError as error:
                raise JournalDown(error.strerror or type(error).__name__) from error

        return await self.do(read_in_folder, patience)

    async def newest(self) -> Newest:
        """Return what its newest lines say. Raises `JournalDown`."""
        return await self.read(lambda: read_newest(self.journal.file, self.journal.seal), PATIENCE)


class Noting:
    """Writes journal lines each minute and at a stop: what was erased since the newest line, and where the log ends.

    That comes from the log, so a crash loses no line. The log says which line was written last: a journal that lacks it is
    reported, and written again from the log. `seconds` never goes back.
    """

    def __init__(self, door: Door, patiently: Patiently, seconds: Callable[[], float] = time.monotonic) -> None:
        self.door, self.patiently, self.seconds = door, patiently, seconds
        self._told = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def note(self, *, at_once: bool = False) -> None:
        """Write the journal lines that are due. Raises `JournalDown`, `DatabaseDown`.

        Erasures are written with the next tick, even within the minute.
        """
        async with self._one_at_a_time:
            is_due = at_once or self.seconds() - self._told >= A_MINUTE
            if not is_due and not (await self.door.database.read(partial(_erased_since, after=self.door.journal)))[1]:
                return
            # Before the journal is read: another replica may write into it meanwhile.
            in_journal = max(self.door.journal, await self.door.database.read(lambda store: store.audit.in_journal()))
            last = (await self.patiently.newest()).position or Position(0, GENESIS)
            if not await is_in_log(self.door, last):  # otherwise a rewritten log would get a line of its own
                log.error("journal.contradicted", entries=last.entries)
                return
            if last.entries < in_journal:
                log.error("journal.lost", entries=in_journal, left=last.entries)
                await self.door.enter(handlers_journal.note_journal_lost(in_journal, last.entries), CLOCK)
            self.door.journal = (await self._write_to_end(last)).entries
            self._told = self.seconds()
            JOURNAL_NOTED.set(self.door.now().timestamp())

    async def _write_to_end(self, last: Position) -> Position:
        """Write lines from this position to the end of the log, and return where that is."""
        while True:
            end, lines = await self.door.database.read(partial(_erased_since, after=last.entries))
            if end.entries <= last.entries:
                return last
            at = self.door.now().isoformat()
            stamped = [{**one, **end._asdict(), "at": at} for one in (*lines, {"kind": HEAD})]
            await self.patiently.do(partial(self.patiently.journal.add, stamped))
            last = end


def _erased_since(store: Store, after: int) -> tuple[Position, list[dict[str, Any]]]:
    """Return where the log ends (or its next part), and journal lines of what was erased up to there."""
    end = Position(*store.audit.head())
    if end.entries > after + AT_ONCE:
        upto = after + AT_ONCE
        end = Position(upto, store.audit.hashes([upto])[upto])
    certificates = store.audit.done_between(after, end.entries, [CERTIFY])
    names = {"call": "native", "audio": "audio", "size": "size"}  # of each mark: in the journal, and in the log
    return end, [{"kind": ERASED, **{name: detail[names[name]] for name in MARKS}} for _, detail in certificates]


async def is_in_log(door: Door, position: Position) -> bool:
    """Return True if the log has this entry, as it must: after a crash the log is never behind the journal.

    Raises `DatabaseDown`.
    """
    if position == Position(0, GENESIS):
        return True
    hashes = await door.database.read(lambda store: store.audit.hashes([position.entries]))
    return hashes.get(position.entries) == position.hash


class ReportCounters:
    """Keeps the door's counters of reports up to date from the journal, so that an older copy of a report is refused (P13)."""

    def __init__(self, door: Door, patiently: Patiently) -> None:
        self.door, self.patiently = door, patiently
        self._read = 0  # up to this byte

    async def refresh(self) -> None:
        """Read the counters added since the last time; none is ever lowered. Raises `JournalDown` and `DatabaseDown`."""
        if not await self.door.database.read(any_reports):
            return
        before, journal = -1, self.patiently.journal
        while self._read != before:  # until no line has been added since
            before = self._read
            found, self._read = await self.patiently.read(partial(read_counters, journal.file, journal.seal, before))
            self.remember(found)

    def remember(self, counters: dict[str, int]) -> None:
        """Remember counters that are in the journal."""
        for mark, counter in counters.items():
            self.door.outside[mark] = max(counter, self.door.outside.get(mark, 0))


HEAD, ERASED, PUT_BACK, RESTORED = "head", "erased", "put_back", "restored"
ENDED = ("sight_ended", "key_destroyed")
"""What has ended for good, even if an older database is put back; named by a random id that is used nowhere else."""
REPORT_COUNTED = "report_counted"
"""How often a report was written: an older copy of it is never opened."""
MARKS = ("call", "audio", "size")
"""The keyed marks by which a line about an erasure says which call it was."""
WINDOW = 16 * 1024  # bytes at the journal's end that are read first; more if they don't tell enough


class Position(NamedTuple):
    """Where the log ended when a line was written: the number of entries, and the hash of the last."""

    entries: int
    hash: str


@dataclass(slots=True)
class Newest:
    """What the newest journal lines say, since the last restore that was handled.

    `position` is the furthest that a line with our seal reports; `key` the id of another key that sealed a later line.
    `put_back` is true if a copy was put back on purpose; `flawed` counts lines that can't be trusted.
    """

    position: Position | None = None
    key: str = ""
    put_back: bool = False
    flawed: int = 0

    def take(self, line: bytes, seal: Seal) -> None:
        """Take in the next line."""
        fields = object_in(line)
        if fields is None:
            self.flawed += 1
        elif fields.get("key", seal.key_id) != seal.key_id:
            self.key = str(fields["key"])[:16]
        elif not seal.fits(fields):
            self.flawed += 1
        else:
            self._take_line(fields)

    def _take_line(self, fields: dict[str, Any]) -> None:
        """Take in the fields of a line with our seal."""
        position, self.key = position_of(fields), ""
        if fields.get("kind") == RESTORED:
            self.position, self.put_back = position, False
        elif position is not None and (self.position is None or position.entries > self.position.entries):
            self.position = position  # replicas may write a line behind one that tells more
        self.put_back = self.put_back or fields.get("kind") == PUT_BACK


@dataclass(slots=True)
class Outside:
    """What the journal says, for a verification: where the log ended, and how often each report was written.

    `reports` are counters by mark; `ended` the ids of what has ended. `flaws` are sentences about the journal itself.
    """

    position: Position | None = None
    reports: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    flaws: list[str] = field(default_factory=list)


def read_newest(file: Path, seal: Seal, window: int = WINDOW) -> Newest:
    """Read what the newest lines of a journal say; empty if there is no file. Raises OSError."""
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        return Newest()
    while True:
        start = max(0, size - window)
        found = Newest()
        for line in _whole_lines(file, start, size):
            found.take(line, seal)
        if start == 0 or found.position is not None or found.key:
            return found
        window *= 8


def read_for_verification(file: Path, seal: Seal, window: int = WINDOW) -> Outside:
    """Return what a journal says for a verification; `window` bytes at its end are searched for altered lines.

    Raises OSError.
    """
    end = read_newest(file, seal, window)
    found = Outside(end.position)
    if end.flawed:
        lines = "a line" if end.flawed == 1 else f"{end.flawed:,} lines"
        found.flaws.append(f"the journal has {lines} damaged, changed, or written by someone else")
    if end.key:
        found.flaws.append(f"the journal's newest line was written with another database's key ({end.key})")
    for fields in read_lines(file, seal, (REPORT_COUNTED, *ENDED, RESTORED)):
        if fields["kind"] == REPORT_COUNTED:
            found.reports[str(fields["id"])] = max(int(fields["counter"]), found.reports.get(str(fields["id"]), 0))
        elif fields["kind"] == RESTORED:
            found.reports.clear()  # those that came in since the copy are lost with it
        else:
            found.ended.add(str(fields["id"]))
    return found


def unknown_erasures(file: Path, seal: Seal, found: int | None = None) -> frozenset[str]:
    """Return the marks of erased calls of which a restored database knows nothing.

    Those are the lines before a restore about later entries than the restored copy has. `found` is where the log ends in
    a copy that was put back just now. Raises OSError.
    """
    # Where the log of each restored copy ended: an erasure is unknown if any copy restored after it ended before it.
    ends = [int(one["found"]) for one in read_lines(file, seal, (RESTORED,))] + [
        one for one in (found,) if one is not None
    ]
    marks, restores = set[str](), 0
    for fields in read_lines(file, seal, (ERASED, RESTORED)) if ends else ():
        if fields["kind"] == RESTORED:
            restores += 1
        elif restores < len(ends) and int(fields["entries"]) > min(ends[restores:]):
            marks.update(str(fields[name]) for name in MARKS if fields.get(name))
    return frozenset(marks)


def read_counters(file: Path, seal: Seal, start: int = 0) -> tuple[dict[str, int], int]:
    """Return the highest counter of each report, by its mark, in the lines from byte `start` on; and where the last line ends.

    A file shorter than `start` is read from its beginning. Raises OSError.
    """
    found = dict[str, int]()
    try:
        start = start if start <= file.stat().st_size else 0
    except FileNotFoundError:
        return {}, 0
    for fields, end in _sealed_lines(file, seal, (REPORT_COUNTED,), start):
        found[str(fields["id"])] = max(int(fields["counter"]), found.get(str(fields["id"]), 0))
        start = end
    return found, start


def read_lines(file: Path, seal: Seal, kinds: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield the lines of these kinds with our seal, the oldest first; none if there is no file. Raises OSError."""
    return (fields for fields, _ in _sealed_lines(file, seal, kinds))


def position_of(line_data: dict[str, Any]) -> Position | None:
    """Return the log's position that a line states; None if it states none."""
    entries, last = line_data.get("entries"), line_data.get("hash")
    if isinstance(entries, bool) or not isinstance(entries, int) or not isinstance(last, str):
        return None
    return Position(entries, last)


def object_in(line: bytes) -> dict[str, Any] | None:
    """Return the JSON object in a line; None if it's anything else."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _sealed_lines(
    file: Path, seal: Seal, kinds: Collection[str], start: int = 0
) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the lines of these kinds with our seal, and where each ends; fast, since only lines with such a word are parsed."""
    words = [one.encode() for one in kinds]
    try:
        opened = file.open("rb")
    except FileNotFoundError:
        return
    with opened:
        opened.seek(start)
        for line in opened:
            start += len(line)
            fields = object_in(line) if any(one in line for one in words) else None
            if fields is not None and fields.get("kind") in kinds and seal.fits(fields):
                yield fields, start


def _whole_lines(file: Path, start: int, size: int) -> Iterator[bytes]:
    """Yield whole lines from the first that begins at `start` or later; an incomplete line was never confirmed."""
    with file.open("rb") as opened:
        opened.seek(max(0, start - 1))
        if start:
            opened.readline()
        while opened.tell() < size and (line := opened.readline(LONGEST_LINE)):
            if line.endswith(b"\n") and line.strip():
                yield line
