"""Runs work in a session: PostgreSQL's on the event loop, SQLite's in threads."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Protocol, TypeVar

from sqlalchemy import Insert, event, insert
from sqlalchemy.engine import URL, Connection, Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session

from storage.records import Record

T = TypeVar("T")
READERS = 4
WAL_TRIES, WAL_PAUSE = 100, 0.02  # seconds


class BulkSession(Session):
    """A session that also takes plain rows: all of a kind go in at once, before anything else is read or written."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rows: dict[type[Record], list[dict[str, Any]]] = {}

    def append(self, kind: type[Record], row: dict[str, Any]) -> None:
        """Store a row that no object of this session stands for."""
        self._rows.setdefault(kind, []).append(row)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        rows, self._rows = self._rows, {}
        for kind, those in rows.items():
            self.connection().execute(_insert(kind), those)
        super().flush()


def append(session: Session, kind: type[Record], row: dict[str, Any]) -> None:
    """Store a row that this session need not know as an object, which is far cheaper."""
    assert isinstance(session, BulkSession)
    session.append(kind, row)


def row_of(record: Record) -> dict[str, Any]:
    """A record that is in no session, as a row."""
    return {name: getattr(record, name) for name in _columns(type(record))}


@cache
def _columns(kind: type[Record]) -> tuple[str, ...]:
    return tuple(kind.__table__.columns.keys())


@cache
def _insert(kind: type[Record]) -> Insert:
    return insert(kind)


def at_one_moment(session: Session) -> None:
    """Whatever this session reads is as it stood when it first looked; to be said before it looks (SQLite does so anyway)."""
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


class Sessions(Protocol):
    """What `Database` needs: `engine` is the plain one below all sessions, `info` is what a session carries."""

    engine: Engine

    async def write(self, work: Callable[[Session], T], info: dict[str, Any]) -> T: ...
    async def read(self, work: Callable[[Session], T]) -> T: ...
    async def close(self) -> None: ...


class OnTheLoop:
    """A server answers over the network, so the loop goes on while a statement is under way."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.engine = engine.sync_engine

    async def write(self, work: Callable[[Session], T], info: dict[str, Any]) -> T:
        async with self._session(info=info) as session, session.begin():
            return await session.run_sync(work)

    async def read(self, work: Callable[[Session], T]) -> T:
        async with self._session(autoflush=False) as session:
            return await session.run_sync(work)

    async def close(self) -> None:
        """Nothing of its own is open."""

    def _session(self, **options: Any) -> AsyncSession:
        return AsyncSession(self._engine, sync_session_class=BulkSession, expire_on_commit=False, **options)


class InThreads:
    """A file answers at once: one hop to a thread for a whole piece of work, and none for each of its statements."""

    def __init__(self, address: URL, **options: Any) -> None:
        plain = address.set(drivername="sqlite")
        self.engine = create_engine(plain, pool_size=READERS + 1, max_overflow=0, **options)
        prepare_sqlite(self.engine)
        self._writers = self.engine.execution_options(steward_writes=True)
        self._writing, self._reading = _threads()

    async def write(self, work: Callable[[Session], T], info: dict[str, Any]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writing, self._write, work, info)

    async def read(self, work: Callable[[Session], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._read, work)

    async def close(self) -> None:
        """Wait for the threads and close their connections; new ones come with the next piece of work."""
        for threads in (self._writing, self._reading):
            await asyncio.to_thread(threads.shutdown)
        self.engine.dispose()
        self._writing, self._reading = _threads()

    def _write(self, work: Callable[[Session], T], info: dict[str, Any]) -> T:
        with BulkSession(self._writers, expire_on_commit=False, info=info) as session, session.begin():
            return work(session)

    def _read(self, work: Callable[[Session], T]) -> T:
        with BulkSession(self.engine, autoflush=False, expire_on_commit=False) as session:
            return work(session)


def _threads() -> tuple[ThreadPoolExecutor, ThreadPoolExecutor]:
    return ThreadPoolExecutor(1, "writer"), ThreadPoolExecutor(READERS, "reader")


def prepare_sqlite(engine: Engine) -> None:
    """WAL, full durability, and a write lock taken at BEGIN, so that no writer has to be turned back half-way."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:  # a DB-API connection has no common type
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=8000")
        _to_wal(cursor)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        writes = options.get("steward_writes", False)
        # sqlite.org/lang_altertable: a table can only be made anew while nobody watches what refers to it.
        if options.get("steward_upgrades", False):
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _to_wal(cursor: Any) -> None:
    """Once in the life of a file. SQLite waits for nobody there, whatever the time-out: two that start at once meet there."""
    for tries_left in reversed(range(WAL_TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not tries_left:
                raise
            time.sleep(WAL_PAUSE)
        else:
            return
