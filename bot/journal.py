"""The journal: a file outside the database to which lines are only ever added, each one a JSON object with its `kind`."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.folder_address import folder_at
from bot.ports import Unavailable
from bot.sealing import Seal
from storage.chain import compact
from storage.database.private import on_disk

NAME = "journal.jsonl"
LONGEST_LINE = 65_536  # bytes


class JournalDown(Unavailable):
    """Nothing was written; a sentence that says why, without its full stop."""


def folder_of(url: str) -> Path:
    """The folder at `file:///mnt/journal` or, from the working directory, `file:journal`; else ValueError with a sentence."""
    return folder_at(url, "file:///mnt/journal")


class Journal:
    """Adds sealed lines to a file in a folder that somebody else keeps safe; with `make` the folder is made if need be.

    A restore can replay it: the same line may stand there twice, and means the same.
    """

    def __init__(self, folder: Path, seal: Seal, *, make: bool = False) -> None:
        self.folder, self.file, self.seal, self.make = folder, folder / NAME, seal, make

    def add(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Add lines, all or none of them, and return when they are on the disk. Raises `JournalDown`. It may take long."""
        self.take_over("".join(f"{compact(self.seal.sealed(line))}\n" for line in lines).encode())

    def take_over(self, told: bytes) -> None:
        """Add whole lines as they are, such as those of a copy: they keep their seals. Raises `JournalDown`."""
        try:
            if self.make:
                self.folder.mkdir(mode=0o700, exist_ok=True)
            file = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalDown(self._why(error)) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            _append(file, told)
            # A new file's name, too.
            on_disk(self.folder)
        except OSError as error:
            raise JournalDown(self._why(error)) from error
        finally:
            os.close(file)

    def _why(self, error: OSError) -> str:
        if isinstance(error, FileNotFoundError):
            return f"there is no folder {self.folder}"
        return f"{self.file} can't be written: {(error.strerror or type(error).__name__).lower()}"


def _append(file: int, told: bytes) -> None:
    """Write it as one, behind the last whole line; what is left of a line that is not whole was never told to be there."""
    looked_at = os.fstat(file)
    if not stat.S_ISREG(looked_at.st_mode):
        raise OSError(errno.EINVAL, "it is no file")
    end = _end_of_lines(file, looked_at.st_size)
    if end < looked_at.st_size:
        told = _cut(file, end) + told
    try:
        if os.write(file, told) != len(told):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301  undone like any other
        os.fsync(file)
    except OSError:
        _cut(file, end)
        raise


def _end_of_lines(file: int, size: int) -> int:
    """Where the last whole line ends."""
    start = max(0, size - LONGEST_LINE)
    return start + os.pread(file, size - start, start).rfind(b"\n") + 1


def whole_lines(file: Path) -> int:
    """How many bytes of a journal are whole lines. Raises OSError."""
    opened = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _end_of_lines(opened, os.fstat(opened).st_size)
    finally:
        os.close(opened)


def _cut(file: int, end: int) -> bytes:
    """Take away what stands behind that; what has to be written first where the file system only lets lines be added."""
    try:
        os.ftruncate(file, end)
    except OSError:
        return b"\n"
    return b""
