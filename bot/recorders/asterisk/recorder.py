"""Asterisk as a call recording system: audio files in its spool, described in its CDR (call detail records), a CSV file."""

import asyncio
import csv
import hashlib
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple, Self

from bot.ports import NOTHING, Capabilities, Gone, KnownCalls, LookFinished, Problem, Sighting, Sought, Unavailable
from bot.recorders import listing, sidecar
from bot.recorders.asterisk.ami import UNPLAYABLE, Account, AsteriskAddress, Spool, read_address
from bot.recorders.asterisk.live import AsteriskCalls, caller_number, probe_asterisk
from bot.recorders.folder import FolderRecordings
from bot.recorders.tree import media_type, printable_name

HOW = (
    "The audio file was deleted from Asterisk's spool, and its line in the call log that the bot reads was overwritten."
)
UNSEEN = "Asterisk's other call logs (Master.csv, a database, CEL, its own log), which may still say who called whom and when; copies in backups and snapshots of the spool; copies that a program made when the recording ended; converted or cut copies; and what a disk keeps of a deleted file until it is overwritten."
AT_ONCE = 1 << 20  # bytes of the CDR
NEW = 60.0
"""Seconds after the last sound in which the CDR line may still come: it's written once the last leg hangs up."""


class AsteriskRecorder(AsteriskCalls, FolderRecordings):
    """Recordings in a folder that Asterisk writes, reported once their calls are over.

    A recording's native id is its audio file's path below the spool. All else about it comes from the CDR line that
    names it. `seconds` counts and never goes back, `wait` waits for seconds, `now` is in seconds since 1970.
    """

    def __init__(
        self, account: Account, spool: Spool, cdr: str, seconds: Callable[[], float] = time.monotonic,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep, now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        FolderRecordings.__init__(self, spool.root, seconds=seconds)
        AsteriskCalls.__init__(self, account, spool, wait)
        self._now = now
        self._rows = Rows(cdr, spool.below)
        self._live_files: set[str] = set()

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the Asterisk at such an address (docs/asterisk.md); ValueError says what to fix."""
        address: AsteriskAddress = read_address(url)
        return cls(address.account, address.spool, address.cdr)

    async def changes(
        self, known: KnownCalls, since: object = None, watched: Mapping[str, str] = NOTHING
    ) -> AsyncIterator[Sighting | Problem | Gone | LookFinished]:
        """Yield what is new, changed, gone or wrong, as for a folder; recordings of live calls aren't reported yet."""
        # The live calls first: one that ends meanwhile has its CDR line by then, or is reported at the next look.
        self._live_files = await self.recorded_now()
        await asyncio.to_thread(self._rows.refresh)
        async for found in super().changes(known, since, watched):
            yield found

    def capabilities(self) -> Capabilities:
        """Return what Asterisk can do, and what a certificate of an erasure says of it."""
        return Capabilities(delete="native", hold="emulated", how=HOW, unseen=UNSEEN, live="native")

    async def look(self, sought: Collection[Sought]) -> Mapping[str, tuple[str, ...]]:
        """Return, by native id, what is left of deleted recordings in the folder and in the whole CDR. Raises `Unavailable`."""
        found = await super().look(sought)
        lines = await asyncio.to_thread(self._lines_naming, [one.native_id for one in sought])
        return {native_id: (*names, *lines.get(native_id, ())) for native_id, names in found.items()}

    async def check(self) -> str:
        """Return sentences that say Asterisk, spool and CDR work; raises `Unavailable` with why not."""
        return f"{await probe_asterisk(self._account)} {await asyncio.to_thread(self._check_cdr)}"

    def _full_stamp(self, native_id: str, stamp: str) -> str:
        """Add the CDR lines to the stamp, so that it changes as soon as another line names this recording."""
        places = self._rows.places(native_id)
        return f"{stamp}.{sidecar.stamp_part(*(one.digest for one in places))}" if places else stamp

    def _is_described(self, pair: listing.Pair) -> bool:
        """Return True if a CDR line names this audio."""
        return bool(self._rows.places(pair.native_id))

    def _read(self, pair: listing.Pair, stamp: str) -> Sighting | Problem | None:
        """Return the recording, or its problem; None while its call goes on or its CDR line may still come."""
        name = pair.native_id
        if name in self._live_files:
            return None
        columns = self._rows.columns_for(name)
        if not columns:
            if self._now() - pair.audio.st_mtime < NEW:
                return None
            words = f"no line of {self._rows.path} names {printable_name(name)}: does the dialplan set CDR(rs_files)?"
            return replace(listing.file_problem(pair, "no_metadata", words), stamp=stamp)
        try:
            file = sidecar.AudioFile(name, media_type(name), pair.audio.st_size, stamp, listing.modified_at(pair.audio))
            return _read_sighting(file, columns)
        except sidecar.MetadataError as flaw:
            words = f"{printable_name(name)}: {flaw} The dialplan sets it (docs/asterisk.md)."
            return replace(listing.file_problem(pair, "metadata", words), stamp=stamp)

    async def _delete_elsewhere(self, native_id: str) -> None:
        """Erase the recording's name in the CDR, after its file was deleted. Raises `Unavailable`."""
        await asyncio.to_thread(self._blank_lines, native_id)

    def _blank_lines(self, native_id: str) -> None:
        """Overwrite the recording's names in the CDR. Raises `Unavailable`."""
        self._rows.refresh()
        if not self._rows.path.exists():
            raise Unavailable(self._missing_cdr_words())
        for place in self._rows.places(native_id):
            blank_names(self._rows.path, place, frozenset(lookup_keys(native_id)), self._files)
        self._rows.forget(native_id)

    def _lines_naming(self, native_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return which of them the CDR still names.

        It searches the bytes, so that it also finds a line that a crash or a full disk cut off. Raises `Unavailable`.
        """
        if not native_ids:
            return {}
        names = b"|".join(re.escape(key.encode()) for one in native_ids for key in lookup_keys(one))
        below = re.escape(f"{self._files.path_in_asterisk.rstrip('/')}/".encode())
        wanted, found = re.compile(rb'(?<=["|])\s*(?:' + below + rb")?(" + names + rb')\s*["|]'), set[str]()
        try:
            with self._rows.path.open("rb") as file:
                while lines := file.readlines(AT_ONCE):
                    found.update(name.decode() for name in wanted.findall(b"".join(lines)))
        except FileNotFoundError as why:
            raise Unavailable(self._missing_cdr_words()) from why
        except OSError as why:
            raise Unavailable(f"I can't search {self._rows.path}: {why.strerror}.") from why
        return {one: (f"a line of {self._rows.path}",) for one in native_ids if not found.isdisjoint(lookup_keys(one))}

    def _check_cdr(self) -> str:
        """Return sentences on the recordings and the CDR; raises `Unavailable` if lines couldn't be erased."""
        self._rows.refresh()
        path = self._rows.path
        if not os.access(path if path.exists() else path.parent, os.R_OK | os.W_OK):
            raise Unavailable(f"I can't erase lines in {path}: let the bot's account read and write it.")
        unplayable = sum(one.is_file() and one.suffix[1:] in UNPLAYABLE for one in Path(self._root).rglob("*.*"))
        unheard = f" Ignored, in other formats (.{', .'.join(UNPLAYABLE)}): {unplayable:,}. Record as .wav."
        missing = "" if path.exists() else f" {self._missing_cdr_words()}"
        return f"{self._count_sentence()}{unheard if unplayable else ''}{missing}"

    def _missing_cdr_words(self) -> str:
        return (
            f"{self._rows.path} is missing: is its disk mounted? If no call has ended yet, create it as an empty file."
        )


def _read_sighting(file: sidecar.AudioFile, columns: list[str]) -> Sighting:
    """Return the recording that the columns of a CDR line describe; raises `MetadataError`."""
    if len(columns) != len(COLUMNS):
        raise sidecar.MetadataError("its line in the CDR doesn't have the right columns.")
    by_name = dict(zip(COLUMNS, columns, strict=True))
    operator = {"name": by_name["operator_name"], "email": by_name["operator"]}
    facts: dict[str, object] = {
        **by_name, "caller": caller_number(by_name["caller"], by_name["line"]), "operator": operator, "started": _read_moment(by_name["start"]),
        "duration": _read_seconds(by_name["duration"]),
    }  # fmt: skip
    return sidecar.Reader(facts).sighting(file)


def _read_moment(epoch: str) -> str:
    """Return seconds since 1970 as ISO 8601; empty if they are no time, which is then reported as a wrong field."""
    try:
        return datetime.fromtimestamp(float(epoch), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _read_seconds(written: str) -> float | str:
    """Return a duration as a number; unchanged if it's none, which is then reported as a wrong field."""
    try:
        return float(written)
    except ValueError:
        return written


VERSION = "rs1"
"""The first column of each line; another file, or another order of columns, lacks it."""
COLUMNS = (
    "version", "files", "linkedid", "start", "duration", "operator", "operator_name", "department", "line", "direction",
    "caller", "crm",
)  # fmt: skip
MOST_BYTES = 65_536  # of one line
_BEGINS = f'"{VERSION}","'.encode()
# FreePBX files audio in a folder for each day, and its CDR names only the file.
_FREEPBX = re.compile(r"\d{4}/\d\d/\d\d/([^/]+)")


class Place(NamedTuple):
    """Where a line is in the file, and a hash of its content."""

    start: int
    length: int
    digest: bytes


class Rows:
    """The lines of one CDR file, by the recordings that they name.

    `below` returns the name below the spool of a path. Only the position of each line is kept in memory; its content is
    read when needed.
    """

    def __init__(self, path: str, below: Callable[[str], str]) -> None:
        self.path, self._below = Path(path), below
        self._places: dict[str, tuple[Place, ...]] = {}
        self._file = self._end = 0

    def refresh(self) -> None:
        """Read the lines that are new; raises `Unavailable`. A file that doesn't exist yet has none."""
        try:
            with self.path.open("rb") as file:
                seen = os.fstat(file.fileno())
                if seen.st_ino != self._file or seen.st_size < self._end:
                    self._places, self._file, self._end = {}, seen.st_ino, 0
                file.seek(self._end)
                for start, line in self._whole_lines(file):
                    self._note_line(start, line)
        except FileNotFoundError:
            if not self.path.parent.is_dir():
                raise Unavailable(f"{self.path.parent} doesn't exist: correct cdr= in RECORDINGS_URL.") from None
        except OSError as why:
            raise Unavailable(f"{self.path} can't be read: {why.strerror}.") from why

    def columns_for(self, native_id: str) -> list[str]:
        """Return the columns of the last line that names a recording; empty without one.

        Start and duration cover all lines of the same call.
        """
        lines = [split_columns(self.line(one)) for one in self.places(native_id)]
        complete = [one for one in lines if len(one) == len(COLUMNS)]
        if not complete or len(lines[-1]) != len(COLUMNS):
            return lines[-1] if lines else []
        last = list(complete[-1])
        times_of_call = [times for one in complete if one[2] == last[2] and (times := _call_times(one))]
        if times_of_call and _call_times(last):
            began = min(start for start, _ in times_of_call)
            last[3:5] = f"{began:.6f}", f"{max(end for _, end in times_of_call) - began:.6f}"
        return last

    def places(self, native_id: str) -> tuple[Place, ...]:
        """Return where the lines that name it are."""
        return next((self._places[key] for key in lookup_keys(native_id) if key in self._places), ())

    def line(self, place: Place) -> bytes:
        """Return a line as it is now; raises `Unavailable`."""
        try:
            with self.path.open("rb") as file:
                return os.pread(file.fileno(), place.length, place.start)
        except OSError as why:
            raise Unavailable(f"{self.path} can't be read: {why.strerror}.") from why

    def forget(self, native_id: str) -> None:
        """Forget the lines of a recording that was erased."""
        for key in lookup_keys(native_id):
            self._places.pop(key, None)

    def _note_line(self, start: int, line: bytes) -> None:
        """Remember where this line is, for each recording that it names."""
        digest = hashlib.blake2b(line, digest_size=8).digest()
        for name in recordings_named(split_columns(line), self._below):
            self._places[name] = (*self._places.get(name, ()), Place(start, len(line), digest))

    def _whole_lines(self, file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
        """Yield whole lines with their positions; one still being written is left for next time."""
        line = b""
        while part := file.readline(MOST_BYTES):
            if part.startswith(_BEGINS):  # no quoted value holds this, so what came before was never finished
                self._end, line = self._end + len(line), b""
            line += part
            whole = line.endswith(b"\n") and not line.count(b'"') % 2  # a value may have a line break in it
            if whole or len(line) >= MOST_BYTES:
                yield self._end, line.rstrip(b"\r\n")
                self._end, line = self._end + len(line), b""


def split_columns(line: bytes) -> list[str]:
    """Return the columns of a line; empty if it isn't one of ours, or was blanked."""
    try:
        found = next(csv.reader([line.decode("utf-8", "replace")], strict=True), [])
    except csv.Error:
        return []
    return found if found and found[0] == VERSION else []


def recordings_named(columns: Sequence[str], below: Callable[[str], str]) -> list[str]:
    """Return the recordings that a line's columns name, each once."""
    named = (below(one.strip()) for one in columns[1].split("|")) if len(columns) > 1 else ()
    return list(dict.fromkeys(one for one in named if one))


def lookup_keys(native_id: str) -> tuple[str, ...]:
    """Return the names by which a CDR line may call this recording."""
    found = _FREEPBX.fullmatch(native_id)
    return (native_id, found[1]) if found else (native_id,)


def _call_times(columns: Sequence[str]) -> tuple[float, float] | None:
    """Return when a call began and ended (seconds since 1970); None if the columns don't say."""
    try:
        start, duration = float(columns[3]), float(columns[4])
    except (ValueError, IndexError):
        return None
    return (start, start + duration) if 0 < start < 1e11 and 0 <= duration < 1e6 else None


def blank_names(path: Path, place: Place, native_ids: frozenset[str], spool: Spool) -> None:
    """Overwrite these recordings' names in one line, or the whole line if it names no others; on the disk on return.

    It's done in place and at the same length, since Asterisk appends meanwhile. Raises `Unavailable`.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as why:
        raise Unavailable(
            f"I can't write to {path} ({why.strerror}), and a line in it still names an erased call."
        ) from why
    try:
        line = os.pread(file, place.length, place.start)
        os.pwrite(file, _line_without(line, native_ids, spool), place.start)
        os.fsync(file)
    except OSError as why:
        raise Unavailable(f"{path} can't be written: {why.strerror}.") from why
    finally:
        os.close(file)


def _line_without(line: bytes, native_ids: frozenset[str], spool: Spool) -> bytes:
    """Return the line with these names blanked, or blank altogether if it names no others."""
    named = recordings_named(split_columns(line), spool.below)
    if not set(named) & native_ids:
        return line
    if set(named) <= native_ids:
        return re.sub(rb"[^\r\n]", b"-", line)
    for name in native_ids:
        for written in (f"{spool.path_in_asterisk.rstrip('/')}/{name}".encode(), name.encode()):
            line = re.sub(rb'(?<=["|])' + re.escape(written) + rb'(?=["|])', b" " * len(written), line)
    return line
