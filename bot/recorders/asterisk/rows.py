"""What Asterisk's CDR says of recordings: one line for each call, in a file that only grows."""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple

from bot.ports import Unavailable
from bot.recorders.asterisk.opening import Spool
from bot.recorders.stamps import part

VERSION = "rs1"
"""The first column of each line, so that another file is told apart, and another order of columns is."""
COLUMNS = (
    "version", "files", "linkedid", "start", "duration", "operator", "operator_name", "department", "line", "direction",
    "caller", "crm",
)  # fmt: skip
MOST_BYTES = 65_536  # of one line
_BEGINS = f'"{VERSION}","'.encode()
_FREEPBX = re.compile(r"\d{4}/\d\d/\d\d/([^/]+)")


class Place(NamedTuple):
    """Where one line stands in the file, and a hash of what it says."""

    start: int
    length: int
    digest: bytes


class Position(NamedTuple):
    """How far the file was read: which file it was, and how many names of files were seen in it."""

    file: int
    names: int


class Rows:
    """The lines of one CDR file, by the recordings that they name. `below` makes a name below the spool of a path.

    What is kept in memory is where each line stands; what it says is read when it is asked for.
    """

    def __init__(self, path: str, below: Callable[[str], str]) -> None:
        self.path, self._below = Path(path), below
        self._places: dict[str, tuple[Place, ...]] = {}
        self._names: list[str] = []
        self._file = self._end = 0

    def refresh(self) -> Position:
        """Read what was written since the last time; raises `Unavailable`. A file that is not there yet has no lines."""
        try:
            with self.path.open("rb") as file:
                seen = os.fstat(file.fileno())
                if seen.st_ino != self._file or seen.st_size < self._end:
                    self._places, self._names, self._file, self._end = {}, [], seen.st_ino, 0
                file.seek(self._end)
                for start, line in self._lines(file):
                    self._note(start, line)
        except FileNotFoundError:
            if not self.path.parent.is_dir():
                raise Unavailable(f"{self.path.parent} is not there: mend cdr= in RECORDINGS_URL.") from None
        except OSError as why:
            raise Unavailable(f"{self.path} can't be read: {why.strerror}.") from why
        return Position(self._file, len(self._names))

    def since(self, before: Position) -> list[str] | None:
        """Native ids that lines speak of which came after; None where that can't be told."""
        if before.file != self._file:
            return None
        return [one for name in self._names[before.names :] for one in self._candidates(name)]

    def mark(self, native_id: str, stamp: str) -> str:
        """Another stamp as soon as another line speaks of this recording."""
        places = self._of(native_id)
        return f"{stamp}.{part(*(one.digest for one in places))}" if places else stamp

    def known(self, native_id: str) -> bool:
        """Whether a line speaks of it."""
        return bool(self._of(native_id))

    def told(self, native_id: str) -> list[str]:
        """The columns of the line that speaks of it last, begun and ended as all lines of that call say; else empty."""
        lines = [columns(self.line(one)) for one in self._of(native_id)]
        sound = [one for one in lines if len(one) == len(COLUMNS)]
        if not sound or len(lines[-1]) != len(COLUMNS):
            return lines[-1] if lines else []
        last = list(sound[-1])
        its = [times for one in sound if one[2] == last[2] and (times := _times(one))]
        if its and _times(last):
            began = min(start for start, _ in its)
            last[3:5] = f"{began:.6f}", f"{max(end for _, end in its) - began:.6f}"
        return last

    def places(self, native_id: str) -> tuple[Place, ...]:
        """Where the lines stand that speak of it."""
        return self._of(native_id)

    def line(self, place: Place) -> bytes:
        """A line as it stands there now; raises `Unavailable`."""
        try:
            with self.path.open("rb") as file:
                return os.pread(file.fileno(), place.length, place.start)
        except OSError as why:
            raise Unavailable(f"{self.path} can't be read: {why.strerror}.") from why

    def forget(self, native_id: str) -> None:
        """It was taken out of the file."""
        for key in self.keys(native_id):
            self._places.pop(key, None)

    def keys(self, native_id: str) -> tuple[str, ...]:
        """What a line may call it."""
        return tuple(_keys(native_id))

    def _of(self, native_id: str) -> tuple[Place, ...]:
        return next((self._places[key] for key in _keys(native_id) if key in self._places), ())

    def _note(self, start: int, line: bytes) -> None:
        digest = hashlib.blake2b(line, digest_size=8).digest()
        for name in files(columns(line), self._below):
            self._places[name] = (*self._places.get(name, ()), Place(start, len(line), digest))
            self._names.append(name)

    def _lines(self, file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
        """Whole lines with where they begin; one that is still being written is left for the next time."""
        line = b""
        while part := file.readline(MOST_BYTES):
            if part.startswith(_BEGINS):  # which no quoted value holds: whatever came before was never finished
                self._end, line = self._end + len(line), b""
            line += part
            whole = line.endswith(b"\n") and not line.count(b'"') % 2  # a value may have a line break in it
            if whole or len(line) >= MOST_BYTES:
                yield self._end, line.rstrip(b"\r\n")
                self._end, line = self._end + len(line), b""

    def _candidates(self, name: str) -> Iterator[str]:
        """The native ids that a name in a line may stand for: FreePBX leaves out the folder of the day."""
        yield name
        if "/" in name:
            return
        for place in self._places.get(name, ()):
            if times := _times(columns(self.line(place))):
                day = datetime.fromtimestamp(times[0], UTC)
                yield from (f"{day + timedelta(days):%Y/%m/%d}/{name}" for days in (-1, 0, 1))


def columns(line: bytes) -> list[str]:
    """The columns of a line, none where it is no line of ours (it was blanked, or another file's)."""
    try:
        found = next(csv.reader([line.decode("utf-8", "replace")], strict=True), [])
    except csv.Error:
        return []
    return found if found and found[0] == VERSION else []


def files(told: Sequence[str], below: Callable[[str], str]) -> list[str]:
    """The recordings that a line names, each once."""
    named = (below(one.strip()) for one in told[1].split("|")) if len(told) > 1 else ()
    return list(dict.fromkeys(one for one in named if one))


def _keys(native_id: str) -> Iterator[str]:
    yield native_id
    if found := _FREEPBX.fullmatch(native_id):
        yield found[1]


def _times(told: Sequence[str]) -> tuple[float, float] | None:
    """When a call began and ended, in seconds since 1970."""
    try:
        start, duration = float(told[3]), float(told[4])
    except (ValueError, IndexError):
        return None
    return (start, start + duration) if 0 < start < 1e11 and 0 <= duration < 1e6 else None


def blank(path: Path, place: Place, native_ids: frozenset[str], spool: Spool) -> None:
    """Overwrite the names of a recording in one line, and all of the line where it names no other; on the disk when it returns.

    In place and as long as before, since Asterisk appends meanwhile. Raises `Unavailable`.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as why:
        raise Unavailable(f"{path} can't be written ({why.strerror}), and a line in it names what was erased.") from why
    try:
        line = os.pread(file, place.length, place.start)
        os.pwrite(file, _without(line, native_ids, spool), place.start)
        os.fsync(file)
    except OSError as why:
        raise Unavailable(f"{path} can't be written: {why.strerror}.") from why
    finally:
        os.close(file)


def _without(line: bytes, native_ids: frozenset[str], spool: Spool) -> bytes:
    named = files(columns(line), spool.below)
    if not set(named) & native_ids:
        return line
    if set(named) <= native_ids:
        return re.sub(rb"[^\r\n]", b"-", line)
    for name in native_ids:
        for told in (f"{spool.there.rstrip('/')}/{name}".encode(), name.encode()):
            line = re.sub(rb'(?<=["|])' + re.escape(told) + rb'(?=["|])', b" " * len(told), line)
    return line
