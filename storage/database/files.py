"""Runs work on a SQLite file, in threads, and looks after the file itself: its owner, its place and its room on the disk."""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, create_engine
from sqlalchemy.orm import Session

from storage.database.faults import Incomplete, Unsound, missing_from
from storage.sessions import ONLY_READS, BulkSession, Forgotten

T = TypeVar("T")
READERS = 4
LEAST_FREE = 8 * 1024 * 1024  # bytes on its disk: with less, the next large piece of work may not fit
PATIENTLY, SHORTLY = 8000, 250  # milliseconds for which a lock is waited for
# Bytes of a file that is rewritten at once: half a second, in which all others wait to write.
AT_ANY_TIME = 64 * 1024 * 1024
# What keeps it from being rewritten, each in a word: another process that writes, or too little room for the copies.
HINDERED = {sqlite3.SQLITE_BUSY: "used", sqlite3.SQLITE_FULL: "full"}
TEMPORARY = ("/var/tmp", "/usr/tmp", "/tmp")  # noqa: S108  not ours: SQLite's
# Writers take the lock at once, so that none has to be turned back half-way.
TO_WRITE, TO_READ = "BEGIN IMMEDIATE", "BEGIN"
WAL_TRIES, WAL_PAUSE = 100, 0.02  # seconds
# What is overwritten or deleted is overwritten on its page, too: an erased call's number would stand there otherwise (P12).
# Moving pages out of the log holds up the commit that does it, so it is done every 16 MB and not every four.
SET_UP: tuple[str, ...] = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "wal_autocheckpoint=4000")


class InThreads:
    """Runs work on a SQLite file in threads: one hop for a whole piece of work, and none for each statement.

    It is the `Sessions` (`storage/sessions.py`) of a file, as `OnTheLoop` is that of a server.
    """

    def __init__(self, address: URL, **options: Any) -> None:
        plain = address.set(drivername="sqlite")
        # The writer gets its last connection again, since its cached pages and statements are still valid; those of a
        # connection that others used meanwhile are not.
        self.engine = create_engine(plain, pool_size=READERS + 1, max_overflow=0, pool_use_lifo=True, **options)
        prepare_sqlite(self.engine)
        self.place = Place(self.engine)
        self._writing, self._reading = _make_threads()

    async def write(self, work: Callable[[Session], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writing, self._write_in_thread, work)

    async def read(self, work: Callable[[Session], T], within: float | None = None) -> T:
        """Read without a time limit: a file can only wait for its disk."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._read_in_thread, work)

    async def examine(self, *, whole: bool) -> None:
        await asyncio.get_running_loop().run_in_executor(self._reading, self.place.examine, whole)

    async def forget(self, *, calm: bool) -> Forgotten:
        most = math.inf if calm else AT_ANY_TIME
        return await asyncio.get_running_loop().run_in_executor(self._writing, self._rewrite_file, most)

    def _rewrite_file(self, most: float) -> Forgotten:
        """Rewrite the file unless it has more than `most` bytes, in the writer's thread; locks are waited for only shortly."""
        self.place.check()
        with self.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute(f"PRAGMA busy_timeout={SHORTLY}")
            try:
                return _rewrite_and_empty_log(raw, most, self.place)
            finally:
                raw.execute(f"PRAGMA busy_timeout={PATIENTLY}")

    def hang_up(self) -> None:
        """Do nothing, since a thread that waits for its disk can't be ended."""

    async def close(self) -> None:
        """Wait for the threads and close their connections; new ones come with the next piece of work."""
        for threads in (self._writing, self._reading):
            await asyncio.to_thread(threads.shutdown)
        self.engine.dispose()
        self.place.forget()
        self._writing, self._reading = _make_threads()

    def _write_in_thread(self, work: Callable[[Session], T]) -> T:
        """Run work in one transaction, and return its result once that is committed."""
        self.place.check()
        with BulkSession(self.engine, expire_on_commit=False) as session, session.begin():
            session.connection().exec_driver_sql(TO_WRITE)
            done = work(session)
        # Only after the commit: work that went into a file that was deleted meanwhile must not count as stored.
        self.place.check()
        return done

    def _read_in_thread(self, work: Callable[[Session], T]) -> T:
        """Run work that only reads, as of one moment."""
        self.place.check()
        with BulkSession(self.engine, autoflush=False, expire_on_commit=False, info={ONLY_READS: True}) as session:
            session.connection().exec_driver_sql(TO_READ)
            return work(session)


def _rewrite_and_empty_log(raw: Any, most: float, place: Place) -> Forgotten:
    """Rewrite the file, unless it has more than `most` bytes, and empty its log."""
    # While another connection reads the log, it can't be emptied, and each rewriting adds the whole file to it.
    if _log_is_used(raw):
        return Forgotten(False, "used")
    why = _rewrite_whole(raw, most, place)
    used = _log_is_used(raw)
    return Forgotten(not why, why or ("used" if used else ""))


def _log_is_used(raw: Any) -> bool:
    """Empty the log and return True if another connection is using it: that is the first column (sqlite.org/pragma)."""
    return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])


def _rewrite_whole(raw: Any, most: float, place: Place) -> str:
    """Rewrite the whole file; return a word for why not, or empty if it was.
    `secure_delete` overwrites what is deleted. But when rows move to another page, SQLite leaves copies of them in the
    free part of the old one, and only this removes them (sqlite.org/lang_vacuum).
    """
    size = raw.execute("PRAGMA page_count").fetchone()[0] * raw.execute("PRAGMA page_size").fetchone()[0]
    if size > most:
        return "large"
    if not place.has_room(size):
        return "room"
    try:
        raw.execute("VACUUM")
    except sqlite3.OperationalError as error:
        if why := HINDERED.get(error.sqlite_errorcode & 0xFF):
            return why
        raise
    return ""


class Place:
    """Where a database's file is, and whether it is still the one that was opened; not for one in memory."""

    def __init__(self, engine: Engine) -> None:
        self._path = ""
        self._opened: tuple[object, ...] = ()
        event.listen(engine, "do_connect", lambda *_: self.check(), insert=True)
        event.listen(engine, "connect", self._check_connected)

    def check(self) -> None:
        """Raise `Unsound` if the file, or its log of what isn't in the file yet, was deleted or replaced."""
        if self._opened and self._file_identity() != self._opened:
            raise Unsound("replaced")

    def forget(self) -> None:
        """Forget which file it was, once all connections are closed: the next one opens whatever is there."""
        self._opened = ()

    def examine(self, whole: bool) -> None:  # noqa: FBT001  called by position in a thread
        """Check the file through a new connection, which has nothing cached. Raises `sqlite3.Error` and `OSError`."""
        self.check()
        if not self._path:
            return
        if shutil.disk_usage(Path(self._path).parent).free < LEAST_FREE:
            raise Unsound("full")
        with closing(sqlite3.connect(f"{Path(self._path).as_uri()}?mode=ro", uri=True, timeout=1.0)) as fresh:
            _read_first_pages(fresh)
            if whole and fresh.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise Unsound("corrupt")

    def has_room(self, size: int) -> bool:
        """Return True if there is room to rewrite a file of this size (bytes): that takes one copy in the temporary
        folder and one in the log.
        """
        if not self._path:
            return True
        beside, temporary = Path(self._path).parent, _for_temporary_files()
        shared = beside.stat().st_dev == temporary.stat().st_dev
        return shutil.disk_usage(beside).free >= size * (1 + shared) + LEAST_FREE and (
            shutil.disk_usage(temporary).free >= size
        )

    def _check_connected(self, connection: Any, _record: object) -> None:
        """Remember the file and its log when the first connection is opened."""
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM sqlite_master")  # only now is the log there
        cursor.execute("PRAGMA database_list")
        self._path = self._path or str(cursor.fetchone()[2])
        cursor.close()
        self._opened = self._opened or (self._file_identity() if self._path else ())

    def _file_identity(self) -> tuple[object, ...]:
        """Return what identifies the file and its log now; it differs once one of them was replaced."""
        return tuple(_inode_of(f"{self._path}{end}") for end in ("", "-wal"))


def _for_temporary_files() -> Path:
    """Return the folder for SQLite's temporary files (sqlite.org/tempfiles)."""
    places = (os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), *TEMPORARY)
    usable = (Path(one) for one in places if one and os.access(one, os.W_OK | os.X_OK))
    return next((one for one in usable if one.is_dir()), Path())


def _inode_of(path: str) -> tuple[int, int] | None:
    """Return what identifies a file; None if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  twice for each piece of work, and a path object costs more than the look
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _read_first_pages(connection: sqlite3.Connection) -> None:
    """Read the first page of each table. Raises `Incomplete` if one of ours is missing.

    Text is read as bytes: invalid text is the fault of its row, not of the file.
    """
    there = [name for [name] in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    if lost := missing_from(there):
        raise Incomplete(lost)
    connection.text_factory = bytes
    for name in there:
        connection.execute(f'SELECT * FROM "{name}" LIMIT 1').fetchall()  # noqa: S608  a name out of its own schema
    connection.text_factory = str


def _make_threads() -> tuple[ThreadPoolExecutor, ThreadPoolExecutor]:
    """Return the thread for writers, who take turns anyway, and those for readers."""
    return ThreadPoolExecutor(1, "writer"), ThreadPoolExecutor(READERS, "reader")


def prepare_sqlite(engine: Engine) -> None:
    """Set WAL and full durability. Work on this engine begins with `TO_WRITE` or `TO_READ`."""

    @event.listens_for(engine, "do_connect")
    def before_connect(_dialect: object, _record: object, cargs: list[Any], _cparams: object) -> None:
        """Create or restrict the file, whose path is the first argument of the driver."""
        keep_private(Path(cargs[0]))

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:  # a DB-API connection has no common type
        connection.isolation_level = None
        try:
            _prepare_connection(connection.cursor())
        except BaseException:
            connection.close()
            raise


def begin_as_options_say(engine: Engine) -> None:
    """Let each transaction of this engine begin as its options say.
    Other engines begin theirs themselves, since an event is paid for with each statement.
    """

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        """Begin to write or to read; before an upgrade, stop checking foreign keys."""
        options = connection.get_execution_options()
        writes = options.get("steward_writes", False)
        # sqlite.org/lang_altertable: a table can only be rebuilt while foreign keys are off.
        if options.get("steward_upgrades", False):
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(TO_WRITE if writes else TO_READ)


def _prepare_connection(cursor: Any) -> None:
    """Set up a new connection; raises `Unsound` if the folder of the file is read-only."""
    cursor.execute(f"PRAGMA busy_timeout={PATIENTLY}")
    try:
        _to_wal(cursor)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CANTOPEN and _is_in_read_only_folder(cursor):
            raise Unsound("read_only") from error
        raise
    for pragma in SET_UP:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _is_in_read_only_folder(cursor: Any) -> bool:
    """Return True if the file's folder is read-only; SQLite itself only says that it can't open something."""
    cursor.execute("PRAGMA database_list")
    path = Path(cursor.fetchone()[2])
    return path.is_file() and not os.access(path.parent, os.W_OK)


def _to_wal(cursor: Any) -> None:
    """Switch to WAL, once in the life of a file.

    SQLite ignores its time-out there, so two processes that start at once may collide.
    """
    for tries_left in reversed(range(WAL_TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not tries_left:
                raise
            time.sleep(WAL_PAUSE)
        else:
            return


OTHERS = stat.S_IROTH | stat.S_IWOTH | stat.S_IXOTH
_creating = Lock()


def with_side_files(database: Path) -> tuple[Path, ...]:
    """Return a SQLite file with the files that SQLite may keep beside it (sqlite.org/tempfiles.html)."""
    return (database, *(database.with_name(f"{database.name}-{kind}") for kind in ("wal", "shm", "journal")))


def keep_private(database: Path) -> None:
    """Create a SQLite file for its owner alone, or restrict an existing one and its side files.
    If that fails, opening it says why.
    """
    if not database.name or str(database).startswith((":memory:", "file:")):
        return  # no file, or SQLite's own way of naming one
    with _creating, suppress(OSError):
        # Closing a file ends every lock that this process has on it, so only a new one may be opened here.
        os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    for one in with_side_files(database):
        with suppress(OSError):
            if (mode := stat.S_IMODE(one.stat().st_mode)) & 0o077:
                one.chmod(mode & 0o700)


def open_to_others(path: Path) -> bool:
    """Return True if a file's mode gives other users any access, or lets its group change it; False if there is no
    file.
    """
    try:
        return bool(path.stat().st_mode & (OTHERS | stat.S_IWGRP))
    except FileNotFoundError:
        return False


def open_to_everybody(path: Path) -> bool:
    """Return True if any user of this machine can enter a folder, even without the right to list it.
    Raises OSError.
    """
    whole = path.resolve(strict=True)
    return all(one.stat().st_mode & stat.S_IXOTH for one in (whole, *whole.parents))


def on_disk(place: Path) -> None:
    """Make the disk keep the content of a file, or the names in a folder. Raises OSError."""
    opened = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
