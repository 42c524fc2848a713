"""Folders in which a copy of the database is laid out for a while; one that a killed process left is cleared away later."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

BACKUP, RESTORE = ".backup-", ".restore-"
_OURS = re.compile(r"\.(backup|restore)-[a-z0-9_]{8}")  # as `tempfile` names them


@contextmanager
def laid_out(prefix: str, where: Path | None) -> Iterator[Path]:
    """A new folder for its owner alone, in the system's own place where none is given. It is locked, and gone afterwards."""
    clear_away(where)
    with TemporaryDirectory(prefix=prefix, dir=where, ignore_cleanup_errors=True) as name:
        opened = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with suppress(OSError):  # a file system without locks: then nobody clears it away either
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Path(name)
        finally:
            os.close(opened)


def clear_away(where: Path | None) -> None:
    """Remove such folders of ours there in which nobody works any more. Raises nothing."""
    with suppress(OSError):
        for one in (where or Path(gettempdir())).iterdir():
            if _OURS.fullmatch(one.name):
                _remove(one)


def _remove(folder: Path) -> None:
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            found = os.fstat(opened)
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o077 == 0:
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(opened)
