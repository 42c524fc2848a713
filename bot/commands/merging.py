"""Takes over into the journal what only a copy of it knows: it is never made older, since it is what tells of erasures (P12)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from bot.journal import Journal
from bot.proof import checkpoint_files
from bot.proof.journal_lines import CHECKPOINT, HEAD, PUT_BACK, RESTORED, Position, further, newest

AT_ONCE = 1000
OF_THEN = (HEAD, RESTORED, PUT_BACK)  # what they say counts only in the order in which it was written


def merge(copy: Path, journal: Journal) -> int:
    """Add the lines that the journal lacks; how many. Raises OSError and `JournalDown`."""
    if _begins_with(journal.file, copy):
        return 0
    known = {_digest(line) for line in _lines(journal.file)}
    kept = checkpoint_files.read(copy, journal.seal, None).noted
    missing = (line for line in _lines(copy) if _digest(line) not in known and _still_counts(line, kept))
    number = 0
    while some := list(islice(missing, AT_ONCE)):
        journal.take_over(b"".join(some))
        number += len(some)
    return number


def furthest(copy: Path | None, journal: Journal) -> Position | None:
    """The furthest end of the log that either of them tells of. Raises OSError."""
    told = [newest(file, journal.seal) for file in (journal.file, copy) if file is not None]
    found = None
    for one in told:
        found = further(found, one.position)
    return found


def _begins_with(file: Path, copy: Path) -> bool:
    """Whether a file goes on where a copy of it ends, as it usually does."""
    if not file.exists() or file.stat().st_size < copy.stat().st_size:
        return False
    with file.open("rb") as whole, copy.open("rb") as part:
        while piece := part.read(1 << 20):
            if whole.read(len(piece)) != piece:
                return False
    return True


def _still_counts(line: bytes, kept: dict[int, checkpoint_files.Noted]) -> bool:
    try:
        told = json.loads(line)
        kind = told["kind"]
        return kind not in OF_THEN and (kind != CHECKPOINT or kept[told["entries"]].hash == told["hash"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return False


def _lines(file: Path) -> Iterator[bytes]:
    if not file.exists():
        return
    with file.open("rb") as opened:
        yield from (line for line in opened if line.endswith(b"\n") and line.strip())


def _digest(line: bytes) -> int:
    """Eight bytes are enough to tell lines apart, and a million of them need little room."""
    return int.from_bytes(blake2b(line, digest_size=8).digest())
