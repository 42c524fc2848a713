"""Reads the address of a database, and runs work on a PostgreSQL server that may fall silent: every wait has an end."""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from weakref import WeakSet

from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from storage.database.faults import Incomplete, is_cut_off, lacking_tables
from storage.sessions import ONLY_READS, BulkSession, Forgotten

T = TypeVar("T")
GOODBYE = 0.8  # seconds that a server has to finish the work under way, and again to close the connections


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a server may take: to connect, for a lock, for a statement, and for a piece of work in all.

    After `work` it counts as gone, whatever the connection looks like; the others end earlier, and say why.
    """

    connect: float = 4.0
    lock: float = 5.0
    statement: float = 7.0
    work: float = 9.0


def server_engine(address: URL, patience: Patience, **options: Any) -> AsyncEngine:
    """Return an engine whose connections are checked before each use."""
    plain, dsn = for_the_driver(address)
    with_dsn = {"dsn": dsn} if dsn else {}
    return create_async_engine(
        plain, pool_size=8, max_overflow=4, pool_pre_ping=True, pool_timeout=patience.work,
        connect_args={"timeout": patience.connect, "connection_class": _connection_class(), **with_dsn}, **options,
    )  # fmt: skip


class OnTheLoop:
    """Runs statements without blocking the event loop. Raises `TimeoutError` if the server is silent.

    It is the `Sessions` (`storage/sessions.py`) of a server, as `InThreads` is that of a file.
    """

    def __init__(self, engine: AsyncEngine, patience: Patience) -> None:
        self._engine, self._patience = engine, patience
        # As in a file: a piece of work sees the data of one moment, however many queries it makes.
        self._readers = engine.execution_options(isolation_level="REPEATABLE READ")
        self.engine = engine.sync_engine
        self._idle: WeakSet[Any] = WeakSet()  # asyncpg's connections
        self._all: WeakSet[Any] = WeakSet()
        self._leaving = False
        for name, what in (("connect", self._watch_connected), ("checkin", self._checked_in)):
            event.listen(self.engine, name, what)
        event.listen(self.engine, "checkout", self._checked_out)

    async def write(self, work: Callable[[Session], T]) -> T:
        async with self._within_seconds(self._patience.work):
            return await self._once_more(lambda: self._write_on_loop(work))

    async def read(self, work: Callable[[Session], T], within: float | None = None) -> T:
        async with self._within_seconds(within or self._patience.work):
            return await self._once_more(lambda: self._read_on_loop(work, within))

    async def _write_on_loop(self, work: Callable[[Session], T]) -> T:
        """Run work in one transaction, once; raises `_CutOff` if the connection breaks before the commit."""
        # It can't be known whether an interrupted commit was stored, so it is outside.
        async with _open_session(self._engine) as session, session.begin(), _retryable_if_cut_off(session):
            return await session.run_sync(work)

    async def _read_on_loop(self, work: Callable[[Session], T], within: float | None) -> T:
        """Run work that only reads, once; raises `_CutOff` if the connection breaks."""
        reading = _open_session(self._readers, autoflush=False, info={ONLY_READS: True})
        async with reading as session, _retryable_if_cut_off(session):
            if within is not None:
                await session.execute(_LONGER, {"longest": f"{within:.0f}s"})
            return await session.run_sync(work)

    async def examine(self, *, whole: bool) -> None:
        """Check that no table is missing; a server checks its own pages."""
        if lost := await self.read(lambda session: lacking_tables(session.connection())):
            raise Incomplete(lost)

    async def forget(self, *, calm: bool) -> Forgotten:
        """Report success: a server removes overwritten data itself, with its next vacuum and its next checkpoints."""
        return Forgotten(rewritten=True)

    async def close(self) -> None:
        """Close the connections; if the server doesn't answer, drop them."""
        try:
            async with asyncio.timeout(GOODBYE):
                await self._engine.dispose()
        except TimeoutError:
            self.hang_up()

    def hang_up(self) -> None:
        """Drop all connections; work under way finds that the server is gone."""
        self._leaving = True
        _terminate_all(self._all)

    async def _once_more(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run work, and once more if its connection breaks: the server may only have restarted, or handed over."""
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
    async def _within_seconds(self, seconds: float) -> AsyncIterator[None]:
        """Raise `TimeoutError` after so many seconds, and drop the idle connections: they are most likely dead too."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            # So that the next piece of work doesn't find out one by one.
            _terminate_all(self._idle)
            raise

    def _watch_connected(self, connection: Any, record: Any) -> None:
        """Set up a new connection, and keep track of it so that it can be dropped."""
        driver = record.driver_connection
        _set_keepalive(driver)
        self._idle.add(driver)
        self._all.add(driver)
        cursor = connection.cursor()
        cursor.execute(_server_settings(self._patience))
        cursor.close()
        connection.commit()

    def _checked_in(self, _connection: Any, record: Any) -> None:
        """Count a connection as idle, when it comes back to SQLAlchemy's pool."""
        if record.driver_connection is not None:
            self._idle.add(record.driver_connection)

    def _checked_out(self, _connection: Any, record: Any, _proxy: Any) -> None:
        """Count a connection as used, when the pool lends it."""
        self._idle.discard(record.driver_connection)


class _CutOff(Exception):
    """The connection broke in the middle of a piece of work, of which nothing is stored."""

    def __init__(self, error: DBAPIError) -> None:
        super().__init__()
        self.error = error


@asynccontextmanager
async def _retryable_if_cut_off(session: AsyncSession) -> AsyncIterator[None]:
    """Raise `_CutOff` if the connection breaks inside, where nothing can have been stored yet, so that it may be retried."""
    try:
        yield
    except DBAPIError as error:
        if is_cut_off(error):
            await session.invalidate()  # a connection out of step can't even roll back
            raise _CutOff(error) from error
        raise


def _open_session(engine: AsyncEngine, **options: Any) -> AsyncSession:
    """Return a session whose work runs in a `BulkSession`, and which keeps what it has read after a commit."""
    return AsyncSession(engine, sync_session_class=BulkSession, expire_on_commit=False, **options)


# What the server itself ends, after which of our patience, so that a program whose connection died does not keep the
# writers' lock. A connection is idle between two statements; between two messages of one statement it counts as active,
# and only the last of these ends it.
LIMITS = {
    "statement_timeout": "statement", "lock_timeout": "lock", "idle_in_transaction_session_timeout": "lock",
    "transaction_timeout": "work",
}  # fmt: skip


def _settings_sql(settings: Mapping[str, str], *, within: str) -> str:
    """Return settings as SQL. Those an older server doesn't know are left out: transaction_timeout exists since
    PostgreSQL 17.
    """
    if_known = "CASE WHEN current_setting('{0}', true) IS NOT NULL THEN set_config('{0}', {1}, {2}) END"
    return "SELECT " + ", ".join(if_known.format(name, value, within) for name, value in settings.items())


UNLIMITED = text(_settings_sql(dict.fromkeys(LIMITS, "'0'"), within="true"))
"""Lifts all time limits for the transaction in which it is run."""
_LONGER = text(_settings_sql({"statement_timeout": ":longest", "transaction_timeout": "'0'"}, within="true"))


def _server_settings(patience: Patience) -> str:
    """Return the SQL that sets a connection's limits on the server.
    It is run afterwards, since a pooler in between refuses settings at the start.
    """
    seconds = {name: getattr(patience, which) for name, which in LIMITS.items()} | {"tcp_user_timeout": patience.work}
    settings = {name: f"'{one * 1000:.0f}ms'" for name, one in seconds.items()}
    settings |= {"tcp_keepalives_idle": "'5'", "tcp_keepalives_interval": "'2'", "tcp_keepalives_count": "'2'"}
    return _settings_sql(settings, within="false")


def _terminate_all(connections: WeakSet[Any]) -> None:
    """Drop these connections of asyncpg at once, without a word to the server."""
    for connection in list(connections):
        connection.terminate()


def _set_keepalive(driver: Any) -> None:
    """Let the system notice a dead peer, both on an idle connection and on one that has sent data."""
    line = driver._transport.get_extra_info("socket")  # noqa: SLF001  asyncpg shows it nowhere else
    if line is None or line.family not in (socket.AF_INET, socket.AF_INET6):
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("KEEPIDLE", 5), ("KEEPINTVL", 2), ("KEEPCNT", 2), ("USER_TIMEOUT", 9000)):
        if hasattr(socket, f"TCP_{name}"):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_{name}"), value)


LEAVING = 0.4  # seconds to close a connection, half of `GOODBYE`


def _connection_class() -> type[Any]:
    """Return the class of connection that we want from asyncpg, which is imported only here, since a file doesn't need
    it.
    """
    from asyncpg import Connection

    class BriefConnection(Connection):  # type: ignore[misc]  # asyncpg tells no types
        """Closes within `LEAVING` seconds or drops the connection; asyncpg would wait for a silent server without end.
        It asks through another connection to cancel what is under way, and the time-out of `close` doesn't cover that
        wait. Raises `TimeoutError` if the connection was dropped.
        """

        async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  asyncpg's own word
            async with asyncio.timeout(LEAVING):
                await super().close(timeout=timeout)

    return BriefConnection


LAST_PORT = 65535
ANY, A_NUMBER = "(?s:.+)", "[0-9]{1,9}"
# The options allowed after the ?, and their values: others would make the driver fail, or be accepted and ignored.
OF_A_SERVER: Mapping[str, str] = MappingProxyType({
    "application_name": ANY, "connect_timeout": A_NUMBER, "host": ANY, "passfile": ANY, "port": A_NUMBER,
    "prepared_statement_cache_size": A_NUMBER, "sslcert": ANY, "sslcrl": ANY, "sslkey": ANY,
    "sslmode": "disable|allow|prefer|require|verify-ca|verify-full", "sslrootcert": ANY,
    "target_session_attrs": "any|primary|read-write",
})  # fmt: skip
OF_A_FILE: Mapping[str, str] = MappingProxyType({
    "cache": "shared|private", "immutable": "0|1", "mode": "ro|rw|rwc|memory", "nolock": "0|1", "psow": "0|1",
    "uri": "true|1", "vfs": ANY,
})  # fmt: skip
SEVERAL = ("host", "port")
FILES = ("sslcert", "sslcrl", "sslkey", "sslrootcert")
ROOTS = "~/.postgresql/root.crt"  # where asyncpg looks, as libpq does, when no other file is named
_OF_SQLALCHEMY = ("host", "port", "prepared_statement_cache_size")
_KEPT_ANYWAY = "connect_timeout"  # we wait 4 seconds at most, however it is set (servers.Patience)


class NotTaken(ValueError):
    """An option after the ? of an address isn't accepted; the message is a sentence with the remedy, and holds no
    value.
    """


def async_url(url: str) -> URL:
    """Return the SQLAlchemy address, with an asynchronous driver, for a plain `sqlite:///…` or `postgresql://…` one.

    Options after the ? are libpq's, or SQLite's with `uri=true`; raises `NotTaken` for others.
    """
    try:
        parsed = make_url(url)
    except ValueError:
        raise ArgumentError("the port isn't a number") from None
    if parsed.port is not None and not 0 < parsed.port <= LAST_PORT:
        raise ArgumentError("there is no such port")
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    if parsed.drivername not in drivers:
        raise ValueError(f"DATABASE_URL begins with {parsed.drivername!r}; it must be sqlite:///… or postgresql://…")
    if empty := re.search(r"[?&]([a-z_]{2,40})=(?:&|$)", url):
        raise NotTaken(f"{empty[1]} after the ? has no value. Write one, or leave it out.")
    address = parsed.set(drivername=drivers[parsed.drivername])
    return _check_options(_ssl_as_sslmode(address))


def _ssl_as_sslmode(address: URL) -> URL:
    """Turn SQLAlchemy's and asyncpg's `ssl` into libpq's `sslmode`."""
    if address.get_backend_name() == "sqlite" or "ssl" not in address.query:
        return address
    return address.set(query={"sslmode": address.query["ssl"], **address.difference_update_query(["ssl"]).query})


def _check_options(address: URL) -> URL:
    """Return the address; raises `NotTaken` for an option that isn't accepted, and `ArgumentError` if hosts and ports
    don't fit.
    """
    is_file = address.get_backend_name() == "sqlite"
    taken = OF_A_SERVER if not is_file else OF_A_FILE if "uri" in address.query else {}
    for name, values in address.normalized_query.items():
        if name not in taken:
            raise NotTaken(_unknown_option(name, is_file=is_file))
        if any(re.fullmatch(taken[name], one) is None for one in values):
            words = "a whole number" if taken[name] == A_NUMBER else taken[name].replace("|", ", ")
            raise NotTaken(f"{name} after the ? can only be: {words}.")
        if len(values) > 1 and name not in SEVERAL:
            raise NotTaken(f"{name} is after the ? more than once. Keep one of them.")
    if not is_file:
        # Several hosts and ports have to fit together: ArgumentError, as for all that can't be read.
        address.get_dialect()().create_connect_args(address)
    return address


def _unknown_option(name: str, *, is_file: bool) -> str:
    """Return what to tell of an option that isn't accepted; it is named only if it looks like a name, and no secret."""
    option = f"{name!r} after the ?" if re.fullmatch("[a-z_]{2,40}", name) else "something after the ?"
    if is_file:
        return f"it has {option}, which SQLite would ignore. Leave it out."
    return f"it has {option}, which I don't support. Leave it out. I support: {', '.join(OF_A_SERVER)}."


def missing_tls_file(address: URL) -> str:
    """Return a sentence, with the remedy, about a file for TLS that is missing; empty if none is."""
    for name in FILES:
        if any(not os.access(one, os.R_OK) for one in address.normalized_query.get(name, ())):
            return f"{name} after the ? names a file that doesn't exist or that I may not read. Write its full path."
    mode = str(address.query.get("sslmode", ""))
    if not mode.startswith("verify") or "sslrootcert" in address.query or "PGSSLROOTCERT" in os.environ:
        return ""
    if not os.access(os.path.expanduser(ROOTS), os.R_OK):  # noqa: PTH111  a path object raises where there is no home
        return f"sslmode={mode} needs the certificate of the authority that issued the server's. Name its file: sslrootcert=/…/root.crt."
    return ""


def for_the_driver(address: URL) -> tuple[URL, str]:
    """Return an address as SQLAlchemy reads it, and the other options as a DSN, which asyncpg reads as libpq does;
    empty if there are none.
    """
    rest = {name: value for name, value in address.query.items() if name not in (*_OF_SQLALCHEMY, _KEPT_ANYWAY)}
    plain = address.difference_update_query([*rest, _KEPT_ANYWAY])
    return plain, URL.create("postgresql", query=rest).render_as_string() if rest else ""


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite database; None for a server, or for a database in memory."""
    address = async_url(url)
    if address.get_backend_name() != "sqlite" or is_in_memory(address):
        return None
    return Path(address.database or "")


def server_address(url: str) -> tuple[str, str]:
    """Return a server's address without the password, as PostgreSQL's own tools take it, and the password."""
    address = async_url(url).set(drivername="postgresql")
    address = address.difference_update_query(["prepared_statement_cache_size"])
    return address._replace(password=None).render_as_string(hide_password=False), str(address.password or "")


def is_in_memory(address: URL) -> bool:
    """Return True if this is a SQLite database in memory, which keeps nothing."""
    names_a_file = address.database and ":memory:" not in address.database and address.query.get("mode") != "memory"
    return address.get_backend_name() == "sqlite" and not names_a_file
