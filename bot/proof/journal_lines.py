"""What stands in the journal: of its newest lines at every start, of all of them only after a restore."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from bot.journal import LONGEST_LINE
from bot.sealing import Seal

CHECKPOINT, HEAD, ERASURE, ACCESS_ENDED = "checkpoint", "head", "erasure", "access_ended"
NOT_ERASED = "not_erased"
"""That what was told of an erasure until then did not happen, since the call is kept; it may be told of anew later."""
ENDED = ("sight_ended", "key_destroyed")
"""What must not come back with any older database, by a random id that nothing else names: of reports."""
REPORT_COUNTED = "report_counted"
"""How often a report was written: an older copy of it is opened to nobody."""
WORDS_ERASED = "words_erased"
"""The same of what people wrote about requests."""
MARKS = ("call", "moment", "audio", "size")
"""By these keyed marks a line about an erasure tells which call it was."""
PIECE = 256 * 1024  # bytes that are looked through together: what a processor holds at hand
LOOK = 64 * PIECE  # bytes that are read at once of a journal of any length
PUT_BACK, RESTORED = "put_back", "restored"
# Bytes of its end that are read at a start, however long it is; more where no line there tells enough.
WINDOW = 256 * 1024


class Position(NamedTuple):
    """Where the log ended when a line was written: the number of entries, and the hash of the last."""

    entries: int
    hash: str


@dataclass(slots=True)
class Newest:
    """What the newest lines say since the last restore that was seen to.

    `position` is the furthest that a line with our seal tells, `foreign` the furthest of lines that another key sealed
    (`key`: its id). `put_back` says that a copy was put back on purpose; `flawed` counts lines that can't be believed.
    """

    position: Position | None = None
    foreign: Position | None = None
    key: str = ""
    put_back: bool = False
    flawed: int = 0

    def take(self, line: bytes, seal: Seal) -> None:
        """Go on with the next line."""
        told = _object(line)
        if told is None:
            self.flawed += 1
        elif told.get("key", seal.key_id) != seal.key_id:
            self.foreign, self.key = further(self.foreign, position_of(told)), str(told["key"])[:16]
        elif not seal.fits(told):
            self.flawed += 1
        elif told.get("kind") == RESTORED:
            self.position, self.foreign, self.put_back = position_of(told), None, False
        else:
            self.put_back = self.put_back or told.get("kind") == PUT_BACK
            self.position = further(self.position, position_of(told))


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
        if start == 0 or found.position is not None or found.foreign is not None:
            return found
        window *= 8


def believed(file: Path, seal: Seal) -> Iterator[dict[str, Any]]:
    """Every line with our seal, the oldest first; no more of it is kept in memory than one line. Raises OSError."""
    with file.open("rb") as lines:
        for line in iter(lambda: lines.readline(LONGEST_LINE), b""):
            told = _object(line)
            if told is not None and seal.fits(told):
                yield told


def ended(file: Path, seal: Seal, kinds: Collection[str] = ENDED) -> Iterator[set[str]]:
    """The ids of what the journal says has ended for good, of so much of it at a time (`PIECE`). Raises OSError.

    Lines of other kinds are not read as what they are, so that a million of them cost no more than a look at their bytes.
    """
    for block in _blocks(file):
        yield {trace for line in naming(block, kinds) if (trace := _ended(line, seal, kinds))}


def counted(file: Path, seal: Seal, start: int = 0) -> tuple[dict[str, int], int]:
    """The highest counter of each report, by its mark, of the next `LOOK` bytes from `start` on, and where the last whole line ended.

    A file that is shorter than that is read from its beginning. Nothing where there is none. Raises OSError.
    """
    found: dict[str, int] = {}
    try:
        start = start if start <= file.stat().st_size else 0
        with file.open("rb") as opened:
            opened.seek(start)
            block = opened.read(LOOK) + opened.readline(LONGEST_LINE)
    except FileNotFoundError:
        return {}, 0
    block = block[: block.rfind(b"\n") + 1]
    for line in naming(block, (REPORT_COUNTED,)):
        told = _object(line) or {}
        counter = told.get("counter")
        if told.get("kind") == REPORT_COUNTED and isinstance(counter, int) and seal.fits(told):
            found[str(told.get("id"))] = max(counter, found.get(str(told.get("id")), 0))
    return found, start + len(block)


def not_erased(file: Path, seal: Seal) -> Iterator[dict[str, datetime]]:
    """Erasures that did not happen, by their id, and until when what is told of them does not count; so much at a time as by `ended`.

    It goes by the moment, since a copy's lines that a journal lacked stand behind its own. Raises OSError.
    """
    for block in _blocks(file):
        told = (_object(line) for line in naming(block, (NOT_ERASED,)))
        sound = (one for one in told if one is not None and one.get("kind") == NOT_ERASED and seal.fits(one))
        yield latest((str(one.get("erasure")), at) for one in sound if (at := moment_of(one)))


def has_checkpoint(file: Path, end: Position, seal: Seal | None) -> bool:
    """Whether a checkpoint of this end of the log stands in the journal; not where there is no file. Raises OSError.

    Only one with the right seal counts; with None, where no key tells, any.
    """
    try:
        told = (_object(line) for block in _blocks(file) for line in naming(block, (end.hash,)))
        those = (one for one in told if one is not None and one.get("kind") == CHECKPOINT and position_of(one) == end)
        return any(seal is None or seal.proves(one) for one in those)
    except FileNotFoundError:
        return False


def latest(told: Iterable[tuple[str, datetime]]) -> dict[str, datetime]:
    """The last moment of each."""
    found: dict[str, datetime] = {}
    for erasure, at in told:
        found[erasure] = max(at, found.get(erasure, at))
    return found


def moment_of(told: dict[str, Any]) -> datetime | None:
    """When a line was written (aware); None where that can't be read."""
    try:
        at = datetime.fromisoformat(str(told.get("at")))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _blocks(file: Path) -> Iterator[bytes]:
    """Whole lines, so many of them at a time."""
    with file.open("rb") as opened:
        while block := opened.read(PIECE):
            yield block + opened.readline(LONGEST_LINE)


def naming(block: bytes, kinds: Iterable[str]) -> Iterator[bytes]:
    """The lines of a block in which one of these words stands, whatever else they say."""
    for kind in kinds:
        sought, at = kind.encode(), -1
        while (at := block.find(sought, at + 1)) >= 0:
            start, end = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at)
            yield block[start : len(block) if end < 0 else end]
            at = len(block) if end < 0 else end


def _ended(line: bytes, seal: Seal, kinds: Collection[str]) -> str:
    told = _object(line)
    return str(told.get("id")) if told is not None and told.get("kind") in kinds and seal.fits(told) else ""


def position_of(told: dict[str, Any]) -> Position | None:
    """What a line says of the log; None for one that says nothing of it."""
    entries, last = told.get("entries"), told.get("hash")
    if isinstance(entries, bool) or not isinstance(entries, int) or not isinstance(last, str):
        return None
    return Position(entries, last)


def further(one: Position | None, other: Position | None) -> Position | None:
    """The one that tells more, the first of equals: replicas and late checkpoints may write a line behind such a one."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda position: position.entries)


def _whole_lines(file: Path, start: int, size: int) -> Iterator[bytes]:
    """From the first that begins at `start` or later; what is left of a line that is not whole was never told to be there."""
    with file.open("rb") as opened:
        opened.seek(max(0, start - 1), os.SEEK_SET)
        if start:
            opened.readline()
        while opened.tell() < size and (line := opened.readline(LONGEST_LINE)):
            if line.endswith(b"\n") and line.strip():
                yield line


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
