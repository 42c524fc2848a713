"""Files of ours: private to their owner, and kept after a power cut."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from threading import Lock

OTHERS = stat.S_IROTH | stat.S_IWOTH | stat.S_IXOTH
_creating = Lock()


def beside(database: Path) -> tuple[Path, ...]:
    """A SQLite file and what SQLite may lay beside it (sqlite.org/tempfiles.html)."""
    return (database, *(database.with_name(f"{database.name}-{kind}") for kind in ("wal", "shm", "journal")))


def keep_private(database: Path) -> None:
    """Make a SQLite file for its owner alone, or mend one that is there; SQLite gives what lies beside it the same mode.

    Where it can't be made or mended, opening it says why.
    """
    if not database.name or str(database).startswith((":memory:", "file:")):
        return  # no file, or SQLite's own way of naming one
    with _creating, suppress(OSError):
        # Closing a file ends every lock that this process has on it, so only a new one may be opened here.
        os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    for one in beside(database):
        with suppress(OSError):
            if (mode := stat.S_IMODE(one.stat().st_mode)) & 0o077:
                one.chmod(mode & 0o700)


def open_to_others(path: Path) -> bool:
    """Whether a file's own mode lets others do anything with it, or its group change it; False where there is none."""
    try:
        return bool(path.stat().st_mode & (OTHERS | stat.S_IWGRP))
    except FileNotFoundError:
        return False


def open_to_everybody(path: Path) -> bool:
    """Whether everybody on this machine can get into a folder: whoever can needs no list to read what is in it. Raises OSError."""
    whole = path.resolve(strict=True)
    return all(one.stat().st_mode & stat.S_IXOTH for one in (whole, *whole.parents))


def on_disk(place: Path) -> None:
    """Have the disk keep what stands in a file, or which names stand in a folder. Raises OSError."""
    opened = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
