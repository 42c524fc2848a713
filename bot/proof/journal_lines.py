"""What the journal says: its newest line at each start and each minute, the rest after a restore or for a verification."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bot.journal import LONGEST_LINE, Seal

HEAD, ERASED, PUT_BACK, RESTORED = "head", "erased", "put_back", "restored"
ENDED = ("sight_ended", "key_destroyed")
"""What of reports must not come back with an older database, by a random id that nothing else names."""
REPORT_COUNTED = "report_counted"
"""How often a report was written: an older copy of it is opened to nobody."""
MARKS = ("call", "audio", "size")
"""By these keyed marks a line about an erasure says which call it was."""
WINDOW = 16 * 1024  # bytes of its end that are read first; more where no line there tells enough


class Position(NamedTuple):
    """Where the log ended when a line was written: the number of entries, and the hash of the last."""

    entries: int
    hash: str


@dataclass(slots=True)
class Newest:
    """What the newest lines say since the last restore that was seen to.

    `position` is the furthest that a line with our seal tells, `key` the id of another key that sealed a line behind it.
    `put_back` says that a copy was put back on purpose; `flawed` counts lines that can't be believed.
    """

    position: Position | None = None
    key: str = ""
    put_back: bool = False
    flawed: int = 0

    def take(self, line: bytes, seal: Seal) -> None:
        """Go on with the next line."""
        told = object_in(line)
        if told is None:
            self.flawed += 1
        elif told.get("key", seal.key_id) != seal.key_id:
            self.key = str(told["key"])[:16]
        elif not seal.fits(told):
            self.flawed += 1
        else:
            self._believe(told)

    def _believe(self, told: dict[str, Any]) -> None:
        position, self.key = position_of(told), ""
        if told.get("kind") == RESTORED:
            self.position, self.put_back = position, False
        elif position is not None and (self.position is None or position.entries > self.position.entries):
            self.position = position  # replicas may write a line behind one that tells more
        self.put_back = self.put_back or told.get("kind") == PUT_BACK


@dataclass(slots=True)
class Outside:
    """What a verification holds against the database: where the log ended, and how often each report was written.

    `reports` goes by mark; `ended` are those that are no more. `flaws` are sentences about the journal itself.
    """

    position: Position | None = None
    reports: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    flaws: list[str] = field(default_factory=list)


def newest(file: Path, seal: Seal, window: int = WINDOW) -> Newest:
    """Read the end of a journal; nothing, where there is no file. Raises OSError."""
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


def outside(file: Path, seal: Seal, window: int = WINDOW) -> Outside:
    """What a journal says to a verification; `window` bytes of its end are looked at for lines that somebody changed. Raises OSError."""
    end = newest(file, seal, window)
    found = Outside(end.position)
    if end.flawed:
        lines = "a line was" if end.flawed == 1 else f"{end.flawed:,} lines were"
        found.flaws.append(f"in the journal {lines} damaged, changed, or made by someone else")
    if end.key:
        found.flaws.append(f"the journal’s newest line names a key that is not this database’s ({end.key})")
    for told in believed(file, seal, (REPORT_COUNTED, *ENDED, RESTORED)):
        if told["kind"] == REPORT_COUNTED:
            found.reports[str(told["id"])] = max(int(told["counter"]), found.reports.get(str(told["id"]), 0))
        elif told["kind"] == RESTORED:
            found.reports.clear()  # those that came in since the copy are lost with it
        else:
            found.ended.add(str(told["id"]))
    return found


def unknown_erasures(file: Path, seal: Seal, found: int | None = None) -> frozenset[str]:
    """The marks of calls that were erased, and of which a database that was restored knows nothing.

    After each restore these are the lines above it about later entries than the copy has. `found` is where the log ended in
    a copy that was put back just now. Raises OSError.
    """
    ends = [int(one["found"]) for one in believed(file, seal, (RESTORED,))] + [
        one for one in (found,) if one is not None
    ]
    marks, place = set[str](), 0
    for told in believed(file, seal, (ERASED, RESTORED)) if ends else ():
        if told["kind"] == RESTORED:
            place += 1
        elif place < len(ends) and int(told["entries"]) > min(ends[place:]):
            marks.update(str(told[name]) for name in MARKS if told.get(name))
    return frozenset(marks)


def ended(file: Path, seal: Seal) -> frozenset[str]:
    """The ids of what the journal says has ended for good. Raises OSError."""
    return frozenset(str(told["id"]) for told in believed(file, seal, ENDED))


def counted(file: Path, seal: Seal, start: int = 0) -> tuple[dict[str, int], int]:
    """Return the highest counter of each report, by its mark, in the lines from byte `start` on, and where the last one ended.

    A file that is shorter than that is read from its beginning. Raises OSError.
    """
    found = dict[str, int]()
    try:
        start = start if start <= file.stat().st_size else 0
    except FileNotFoundError:
        return {}, 0
    for told, end in _lines(file, seal, (REPORT_COUNTED,), start=start):
        found[str(told["id"])] = max(int(told["counter"]), found.get(str(told["id"]), 0))
        start = end
    return found, start


def holds(file: Path, end: Position, seal: Seal) -> bool:
    """Return True if a line about this end of the log is in the journal. Raises OSError."""
    return any(position_of(told) == end for told, _ in _lines(file, seal, (HEAD,), word=end.hash))


def believed(file: Path, seal: Seal, kinds: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield the lines of these kinds with our seal, the oldest first; none if there is no file. Raises OSError."""
    return (told for told, _ in _lines(file, seal, kinds))


def position_of(told: dict[str, Any]) -> Position | None:
    """What a line says of the log; None for one that says nothing of it."""
    entries, last = told.get("entries"), told.get("hash")
    if isinstance(entries, bool) or not isinstance(entries, int) or not isinstance(last, str):
        return None
    return Position(entries, last)


def object_in(line: bytes) -> dict[str, Any] | None:
    """The JSON object that a line is; None for anything else."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _lines(
    file: Path, seal: Seal, kinds: Collection[str], *, start: int = 0, word: str = ""
) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the sealed lines of these kinds, and where each ends. A million lines without these words take half a second."""
    words = [one.encode() for one in ([word] if word else kinds)]
    try:
        opened = file.open("rb")
    except FileNotFoundError:
        return
    with opened:
        opened.seek(start)
        for line in opened:
            start += len(line)
            told = object_in(line) if any(one in line for one in words) else None
            if told is not None and told.get("kind") in kinds and seal.fits(told):
                yield told, start


def _whole_lines(file: Path, start: int, size: int) -> Iterator[bytes]:
    """From the first that begins at `start` or later; what is left of a line that is not whole was never told to be there."""
    with file.open("rb") as opened:
        opened.seek(max(0, start - 1))
        if start:
            opened.readline()
        while opened.tell() < size and (line := opened.readline(LONGEST_LINE)):
            if line.endswith(b"\n") and line.strip():
                yield line
