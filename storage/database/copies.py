"""Copies of a database: one of a SQLite file while it is in use, the folders they are laid out in, and whether a bot is running."""

import fcntl
import os
import re
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from storage.chain import GENESIS
from storage.database import faults, files, upgrade
from storage.database.store import Database

# sqlite.org/fileformat2: a process with a database open in WAL mode holds a shared lock within these bytes of its file.
LOCKS, LOCKED = 0x40000000, 512


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy holds: the revision of its tables, how many entries its log has, and the hash of the last."""

    revision: str
    entries: int
    hash: str


def copy_out(database: Path, to: Path) -> None:
    """Copy the database as of one moment, without holding up other work. Raises `DatabaseDown` and OSError."""
    with (
        faults.as_database_down(),
        closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=30.0)) as source,
        closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)
        # It goes into an archive as one file, so it must need none of SQLite's side files.
        target.execute("PRAGMA journal_mode=DELETE")


def examine_copy(copy: Path) -> Held:
    """Check that a copy is sound, and return what it holds.
    Raises `DatabaseDown` if it is corrupt, another program's, or of a newer version.
    """
    with faults.as_database_down(), closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        if opened.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise faults.DatabaseDown("corrupt")
        tables = {name for [name] in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "audit_head"} <= tables:
            raise faults.DatabaseDown("somebody_elses")
        revisions = [one for [one] in opened.execute("SELECT version_num FROM alembic_version")]
        head = opened.execute("SELECT seq, hash FROM audit_head WHERE id = 1").fetchone()
    if len(revisions) != 1:
        raise faults.DatabaseDown("several_versions")
    if not upgrade.knows_revision(revisions[0]):
        raise faults.DatabaseDown("newer")
    entries, last = head or (0, GENESIS)
    if not isinstance(entries, int) or not isinstance(last, str):
        raise faults.DatabaseDown("corrupt")
    return Held(revisions[0], entries, last)


@contextmanager
def lock_if_unused(database: Path) -> Iterator[bool]:
    """Yield True if no program has this SQLite file open, and keep others out meanwhile. Raises OSError."""
    file = os.open(database, os.O_RDWR | os.O_CLOEXEC)
    try:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCKED, LOCKS)
        except (BlockingIOError, PermissionError):
            yield False
        else:
            yield True
    finally:
        os.close(file)


def settle_leftovers(database: Path) -> None:
    """Merge into a file what a killed program left beside it, as far as the file is sound."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(database, timeout=0.0)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def put_in_place(copy: Path, database: Path) -> None:
    """Replace a database file that no program has open, or create it, completely or not at all. Raises OSError."""
    copy.chmod(0o600)
    files.on_disk(copy)
    # A log left by the former file would be taken for the copy's.
    for left in files.with_side_files(database)[1:]:
        left.unlink(missing_ok=True)
    copy.replace(database)
    files.on_disk(database.parent)


async def count_other_connections(database: Database) -> int:
    """Return how many others are connected to a server's database. Raises `DatabaseDown`."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with faults.as_database_down():
        async with database.engine.connect() as connection:
            return int((await connection.execute(text(query))).scalar_one())


BACKUP, RESTORE = ".backup-", ".restore-"
_OURS = re.compile(r"\.(backup|restore)-[a-z0-9_]{8}")  # as `tempfile` names them


@contextmanager
def temporary_copy_folder(prefix: str, where: Path) -> Iterator[Path]:
    """Yield a new folder there, for its owner alone, locked during use and removed afterwards."""
    clear_away(where)
    with TemporaryDirectory(prefix=prefix, dir=where, ignore_cleanup_errors=True) as name:
        opened = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with suppress(OSError):  # a file system without locks: then no one clears it away either
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Path(name)
        finally:
            os.close(opened)


def clear_away(where: Path) -> None:
    """Remove our temporary folders there that no process uses any more. Never raises."""
    with suppress(OSError):
        for one in where.iterdir():
            if _OURS.fullmatch(one.name):
                _remove_folder(one)


def _remove_folder(folder: Path) -> None:
    """Remove a temporary folder if it is ours alone and no process has it locked. Never raises OSError."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            found = os.fstat(opened)
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o077 == 0:
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(opened)
