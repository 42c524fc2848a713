"""Runs work on a server, which may fall silent: PostgreSQL, on the event loop. Every wait has an end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakSet

from asyncpg import Connection
from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from storage.database.addresses import for_the_driver
from storage.database.faults import Incomplete, is_cut_off, lacking
from storage.sessions import ONLY_READS, BulkSession, Forgotten

T = TypeVar("T")
GOODBYE = 0.8  # seconds that a server has to finish what is under way, and then to take leave


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a server may take: to be reached, to give a lock, to do a statement, and for a piece of work in all.

    After `work` it counts as gone, whatever the connection looks like; the others end earlier, and say why.
    """

    connect: float = 4.0
    lock: float = 5.0
    statement: float = 7.0
    work: float = 9.0


def server_engine(address: URL, patience: Patience, **options: Any) -> AsyncEngine:
    """An engine whose connections are looked at before each use."""
    from storage.database.servers import BriefConnection  # reads the driver, which SQLite has no need of

    plain, dsn = for_the_driver(address)
    told = {"dsn": dsn} if dsn else {}
    return create_async_engine(
        plain, pool_size=8, max_overflow=4, pool_pre_ping=True, pool_timeout=patience.work,
        connect_args={"timeout": patience.connect, "connection_class": BriefConnection, **told}, **options,
    )  # fmt: skip


class OnTheLoop:
    """The loop goes on while a statement is under way. Raises `TimeoutError` where the server is silent."""

    def __init__(self, engine: AsyncEngine, patience: Patience) -> None:
        self._engine, self._patience = engine, patience
        # As in a file: what a piece of work reads is as it stood at one moment, however many questions it asks.
        self._readers = engine.execution_options(isolation_level="REPEATABLE READ")
        self.engine = engine.sync_engine
        self._idle: WeakSet[Any] = WeakSet()  # asyncpg's connections
        self._all: WeakSet[Any] = WeakSet()
        self._leaving = False
        for name, what in (("connect", self._connected), ("checkin", self._checked_in)):
            event.listen(self.engine, name, what)
        event.listen(self.engine, "checkout", self._checked_out)

    async def write(self, work: Callable[[Session], T], info: dict[str, Any]) -> T:
        async with self._within(self._patience.work):
            return await self._once_more(lambda: self._write(work, info))

    async def read(self, work: Callable[[Session], T], within: float | None = None) -> T:
        async with self._within(within or self._patience.work):
            return await self._once_more(lambda: self._read(work, within))

    async def _write(self, work: Callable[[Session], T], info: dict[str, Any]) -> T:
        # Whether a commit that was cut off has stored something, nobody knows: it lies outside.
        async with _session(self._engine, info=info) as session, session.begin(), _nothing_stored(session):
            return await session.run_sync(work)

    async def _read(self, work: Callable[[Session], T], within: float | None) -> T:
        reading = _session(self._readers, autoflush=False, info={ONLY_READS: True})
        async with reading as session, _nothing_stored(session):
            if within is not None:
                await session.execute(_LONGER, {"longest": f"{within:.0f}s"})
            return await session.run_sync(work)

    async def examine(self, *, whole: bool) -> None:
        """A server looks after its own pages, and says so when one can't be read; that a table was dropped it finds in order."""
        if lost := await self.read(lambda session: lacking(session.connection())):
            raise Incomplete(lost)

    async def forget(self, *, calm: bool) -> Forgotten:
        """A server frees what was overwritten with its next vacuum, and its log with the next checkpoints."""
        return Forgotten(anew=True)

    async def close(self) -> None:
        """Take leave of the server; where it does not answer, without."""
        try:
            async with asyncio.timeout(GOODBYE):
                await self._engine.dispose()
        except TimeoutError:
            self.hang_up()

    def hang_up(self) -> None:
        """Drop all connections; work under way finds that the server is gone."""
        self._leaving = True
        _terminate(self._all)

    async def _once_more(self, work: Callable[[], Awaitable[T]]) -> T:
        """A line that was cut is no server that is away: it starts anew, hands over, or took a standstill of ours for an end."""
        try:
            return await work()
        except _CutOff as cut:
            if self._leaving:
                raise cut.error from cut.error.__cause__
        try:
            return await work()
        except _CutOff as again:
            raise again.error from again.error.__cause__

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            # Connections die together: the next piece of work is not to find out one by one.
            _terminate(self._idle)
            raise

    def _connected(self, connection: Any, record: Any) -> None:
        driver = record.driver_connection
        _watch(driver)
        self._idle.add(driver)
        self._all.add(driver)
        cursor = connection.cursor()
        cursor.execute(_settings(self._patience))
        cursor.close()
        connection.commit()

    def _checked_in(self, _connection: Any, record: Any) -> None:
        if record.driver_connection is not None:
            self._idle.add(record.driver_connection)

    def _checked_out(self, _connection: Any, record: Any, _proxy: Any) -> None:
        self._idle.discard(record.driver_connection)


class _CutOff(Exception):
    """The line was cut in the middle of a piece of work, of which nothing is stored."""

    def __init__(self, error: DBAPIError) -> None:
        super().__init__()
        self.error = error


@asynccontextmanager
async def _nothing_stored(session: AsyncSession) -> AsyncIterator[None]:
    try:
        yield
    except DBAPIError as error:
        if is_cut_off(error):
            await session.invalidate()  # a line that is out of step can't even be told to roll back
            raise _CutOff(error) from error
        raise


def _session(engine: AsyncEngine, **options: Any) -> AsyncSession:
    return AsyncSession(engine, sync_session_class=BulkSession, expire_on_commit=False, **options)


# What the server itself ends, after which of our patience, so that a program whose connection died does not keep the
# writers' lock. A connection is idle between two statements; between two messages of one statement it counts as active,
# and only the last of these ends it.
LIMITS = {
    "statement_timeout": "statement", "lock_timeout": "lock", "idle_in_transaction_session_timeout": "lock",
    "transaction_timeout": "work",
}  # fmt: skip


def _set(told: Mapping[str, str], *, within: str) -> str:
    """Settings as SQL. What an older server does not know is left out: transaction_timeout is there since PostgreSQL 17."""
    known = "CASE WHEN current_setting('{0}', true) IS NOT NULL THEN set_config('{0}', {1}, {2}) END"
    return "SELECT " + ", ".join(known.format(name, value, within) for name, value in told.items())


UNLIMITED = text(_set(dict.fromkeys(LIMITS, "'0'"), within="true"))
"""Lets the transaction that it is said in take its time."""
_LONGER = text(_set({"statement_timeout": ":longest", "transaction_timeout": "'0'"}, within="true"))


def _settings(patience: Patience) -> str:
    """What the server is told of a connection. Set afterwards, since a pooler between us refuses them at the start."""
    seconds = {name: getattr(patience, which) for name, which in LIMITS.items()} | {"tcp_user_timeout": patience.work}
    told = {name: f"'{one * 1000:.0f}ms'" for name, one in seconds.items()}
    told |= {"tcp_keepalives_idle": "'5'", "tcp_keepalives_interval": "'2'", "tcp_keepalives_count": "'2'"}
    return _set(told, within="false")


def _terminate(connections: WeakSet[Any]) -> None:
    for connection in list(connections):
        connection.terminate()


def _watch(driver: Any) -> None:
    """Let the system find out that nobody is there any more: of a connection that waits, and of one that has sent."""
    line = driver._transport.get_extra_info("socket")  # noqa: SLF001  asyncpg shows it nowhere else
    if line is None or line.family not in (socket.AF_INET, socket.AF_INET6):
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("KEEPIDLE", 5), ("KEEPINTVL", 2), ("KEEPCNT", 2), ("USER_TIMEOUT", 9000)):
        if hasattr(socket, f"TCP_{name}"):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_{name}"), value)


LEAVING = 0.4  # seconds to take leave, half of what a server has to finish what is under way


class BriefConnection(Connection):  # type: ignore[misc]  # asyncpg tells no types
    """Takes `LEAVING` to leave, then drops the line; asyncpg waits as long as a server does not hear it.

    It asks by another connection to end what is under way, and nothing ends that wait: the time-out of `close` comes
    after it. Raises `TimeoutError` where the line was dropped.
    """

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  asyncpg's own word
        async with asyncio.timeout(LEAVING):
            await super().close(timeout=timeout)
