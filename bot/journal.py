"""The journal, a file outside the database to which sealed lines are only ever added; and the keyed marks of erased calls."""

import errno
import fcntl
import hmac
import os
import stat
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.ports import Unavailable
from handlers.sealing import Keys
from storage.chain import compact
from storage.database.files import on_disk

_SEAL = "journal seal"


class Seal:
    """Seals journal lines (HMAC-SHA256) and recognises its own, under any master key of the database.

    `key_id` only names the key. Made from the bytes of a master key, it's that key's own seal, as on a backup.
    """

    def __init__(self, master: Keys | bytes) -> None:
        self._keys = master if isinstance(master, Keys) else Keys(master)

    @property
    def key_id(self) -> str:
        """The id of the key that sealed a line: 32 bits in hex, which reveal nothing about the key."""
        return self._keys.lasting("journal key id")[:4].hex()

    def sealed(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Return the line with the key's id and a seal over everything in it."""
        named = {**line, "key": self.key_id}
        return {**named, "seal": self._seal_of(named)}

    def fits(self, line: Mapping[str, Any]) -> bool:
        """Return True if we sealed this line and it is unchanged since."""
        bare = {name: value for name, value in line.items() if name != "seal"}
        return hmac.compare_digest(str(line.get("seal")).encode(), self._seal_of(bare).encode())

    def _seal_of(self, line: Mapping[str, Any]) -> str:
        """Return the seal of a line without one, in hex; its key stays when the master key is replaced."""
        return hmac.new(self._keys.lasting(_SEAL), compact(line).encode(), "sha256").hexdigest()


class Marks:
    """Keyed hashes (HMAC-SHA256) that recognise an erased call; their key stays when the master key is replaced."""

    def __init__(self, master: Keys | bytes) -> None:
        self._keys = master if isinstance(master, Keys) else Keys(master)

    def of(self, *words: str) -> str:
        """Return the mark of these words, in hex; empty if there are none."""
        return self._keys.mark("erased calls", *words) if any(words) else ""

    def of_call(self, native_id: str, started: datetime) -> str:
        """Return the mark of a call, by its past or present name in its recording system and its start (aware)."""
        return self.of(native_id.partition("\n")[0], str(started.timestamp()))

    def of_size(self, size: int) -> str:
        """Return the mark of an audio size (bytes); empty if there is no audio."""
        return self.of("size", str(size)) if size else ""


NAME = "journal.jsonl"
LONGEST_LINE = 65_536  # bytes


class JournalDown(Unavailable):
    """The journal can't be used, and nothing was written; the text is a sentence that says why, without its full stop."""


class Journal:
    """Adds sealed lines to a file in a folder that is kept safe elsewhere; `make` creates a missing folder.

    The same line may be there twice, and means no more than once.
    """

    def __init__(self, folder: Path, seal: Seal, *, make: bool = False) -> None:
        self.folder, self.file, self.seal, self.make = folder, folder / NAME, seal, make

    def add(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Add lines, all or none; they are on the disk on return. Raises `JournalDown`. It may take long."""
        self.take_over("".join(f"{compact(self.seal.sealed(line))}\n" for line in lines).encode())

    def take_over(self, lines: bytes) -> None:
        """Add whole lines as they are, such as those of a backup, which keep their seals. Raises `JournalDown`."""
        try:
            if self.make:
                self.folder.mkdir(mode=0o700, exist_ok=True)
            file = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalDown(self._why_unwritable(error)) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            _append_lines(file, lines)
            on_disk(self.folder)  # so that a new file's name is on the disk, too
        except OSError as error:
            raise JournalDown(self._why_unwritable(error)) from error
        finally:
            os.close(file)

    def _why_unwritable(self, error: OSError) -> str:
        """Return a sentence for the operator, without its full stop."""
        if isinstance(error, FileNotFoundError):
            return f"there is no folder {self.folder}"
        return f"{self.file} can't be written: {(error.strerror or type(error).__name__).lower()}"


def _append_lines(file: int, lines: bytes) -> None:
    """Write the lines in one piece after the last whole line; a torn line there was never confirmed, and is replaced. Raises OSError."""
    facts = os.fstat(file)
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(errno.EINVAL, "it isn't a file")
    end = _end_of_lines(file, facts.st_size)
    if end < facts.st_size:
        lines = _cut_torn_line(file, end) + lines
    try:
        if os.write(file, lines) != len(lines):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301  undone like any other
        os.fsync(file)
    except OSError:
        _cut_torn_line(file, end)
        raise


def _end_of_lines(file: int, size: int) -> int:
    """Return where the last whole line ends, in bytes; only a line broken off by a crash may follow it."""
    start = max(0, size - LONGEST_LINE)
    return start + os.pread(file, size - start, start).rfind(b"\n") + 1


def whole_lines(file: Path) -> int:
    """Return how many bytes of a journal are whole lines. Raises OSError."""
    opened = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _end_of_lines(opened, os.fstat(opened).st_size)
    finally:
        os.close(opened)


def _cut_torn_line(file: int, end: int) -> bytes:
    """Cut off what follows the last whole line; if the file system forbids that, return a line break to write first."""
    try:
        os.ftruncate(file, end)
    except OSError:
        return b"\n"
    return b""
