"""A4: a server that falls silent keeps the program out for seconds and not for minutes, and so does one that is slow."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from unittest.mock import Mock

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.util import await_only

from bot import readiness
from bot.readiness import Examination
from storage.database import servers
from storage.database.brief_connections import BriefConnection
from storage.database.servers import OnTheLoop, Patience
from storage.database.store import Database, DatabaseDown, Store
from storage.database.upgrade import MIGRATION_LOCK, newest, upgrade
from tests.silence import Line, a_line
from tests.storage.rows import note, subjects

T = TypeVar("T")
HASTY = Patience(connect=1.2, lock=0.4, statement=0.6, work=1.6)
BACK = 8.0  # seconds that a test waits at most; it was 150 for one piece of work


def _noting(subject: str) -> Callable[[Store], None]:
    return lambda store: note(store, subject)


def _sleeping(seconds: float) -> Callable[[Store], object]:
    return lambda store: store.session.connection().exec_driver_sql(f"SELECT pg_sleep({seconds})")


async def _down(database: Database, number: int = 1) -> None:
    """Whoever reads or writes is told that the database is away."""
    works = [work for n in range(number) for work in (database.write(_noting(f"lost-{n}")), database.read(subjects))]
    for outcome in await asyncio.gather(*works, return_exceptions=True):
        assert isinstance(outcome, DatabaseDown), outcome


@asynccontextmanager
async def _a_busy_database(url: str) -> AsyncIterator[tuple[Database, Line]]:
    """One with all of its connections open."""
    async with a_line(url) as (line, address):
        database = Database(address, HASTY)
        assert isinstance(database.sessions, OnTheLoop)
        while len(database.sessions._idle) < 8:  # on a busy machine one may take longer than this patience
            await asyncio.gather(*(database.read(_sleeping(0.05)) for _ in range(8)), return_exceptions=True)
        await database.write(_noting("before"))
        yield database, line
        async with asyncio.timeout(BACK):
            await database.close()


@pytest.mark.soak
async def test_connections_that_died_without_a_word_are_given_up_together(postgresql_url: str) -> None:
    async with _a_busy_database(postgresql_url) as (database, line):
        line.fall_silent()
        async with asyncio.timeout(BACK):
            await _down(database)
            await database.write(_noting("after"))
            assert await database.read(subjects) == ["before", "after"]


@pytest.mark.soak
async def test_many_who_wait_for_a_silent_server_are_told_at_the_same_time(postgresql_url: str) -> None:
    async with _a_busy_database(postgresql_url) as (database, line):
        line.fall_silent(for_new_ones=True)
        async with asyncio.timeout(BACK):
            await _down(database, 200)
        assert database.longest_wait() == 0
        line.mend()
        async with asyncio.timeout(BACK):
            await _once_back(lambda: database.write(_noting("after")))
            assert await _once_back(lambda: database.read(subjects)) == ["before", "after"]


async def _once_back(ask: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await ask()
        except DatabaseDown:
            await asyncio.sleep(0.1)


@pytest.mark.soak
async def test_a3_whoever_asks_whether_it_is_ready_never_waits_for_it(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/readyz took up to nine seconds, for which a load balancer does not wait, and said that all was well until then."""
    monkeypatch.setattr(readiness, "SILENT", 0.5)
    monkeypatch.setattr(readiness, "ASKED", 0.1)
    monkeypatch.setattr(readiness, "HELD", 0.05)
    async with _a_busy_database(postgresql_url) as (database, line):
        examination, read = Examination(database, time.monotonic), Mock(wraps=database.read)

        async def told() -> str:
            await asyncio.sleep(0.1)
            return str(await examination.fault() or "")

        assert await told() == ""
        monkeypatch.setattr(database, "read", read)
        line.fall_silent(for_new_ones=True)
        during = [await told() for _ in range(30)]
        assert set(during[during.index("silent") :]) == {"silent"}
        assert 0 < 2 * read.call_count < len(during), "whoever asked waited for the answer to a question"
        line.mend()
        async with asyncio.timeout(BACK):
            while await told():
                pass


@pytest.mark.soak
async def test_silence_in_the_middle_of_a_piece_of_work_ends_it(postgresql_url: str) -> None:
    async with _a_busy_database(postgresql_url) as (database, line):

        def cut(store: Store) -> None:
            note(store, "cut")
            line.fall_silent()
            subjects(store)

        for do in (database.write, database.read):
            async with asyncio.timeout(BACK):
                with pytest.raises(DatabaseDown):
                    await do(cut)
        async with asyncio.timeout(BACK):
            await _once_back(lambda: database.write(_noting("after")))


@pytest.mark.soak
async def test_the_program_takes_its_leave_though_nobody_answers(postgresql_url: str) -> None:
    async with _a_busy_database(postgresql_url) as (database, line):
        writing = asyncio.create_task(database.write(_noting("lost")))
        await asyncio.sleep(0)
        line.fall_silent(for_new_ones=True)
        async with asyncio.timeout(BACK):
            await database.close()
        with pytest.raises(DatabaseDown):
            await writing


async def test_leave_of_a_line_that_is_silent_in_the_middle_of_a_question_is_brief(postgresql_url: str) -> None:
    """The end of the program waited for it: asyncpg asks by a second connection, as silent, that the question ends."""
    async with a_line(postgresql_url) as (line, address):
        host = make_url(address)
        connection = await asyncpg.connect(
            connection_class=BriefConnection, host=host.host, port=host.port, user=host.username, database=host.database
        )
        asking = asyncio.create_task(connection.fetchval("SELECT pg_sleep(60)"))
        await asyncio.sleep(0.1)
        line.fall_silent(for_new_ones=True)
        leaving = asyncio.create_task(connection.close())
        await asyncio.wait([leaving], timeout=BACK)
        assert isinstance(leaving.exception(), TimeoutError)
        assert connection.is_closed()
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError, asyncio.CancelledError)):
            await asking


@pytest.mark.soak
async def test_the_oldest_piece_of_work_that_waits_is_known(postgresql_url: str) -> None:
    async with _a_busy_database(postgresql_url) as (database, line):
        assert database.longest_wait() == 0
        line.fall_silent()
        writing = asyncio.create_task(database.write(_noting("lost")))
        await asyncio.sleep(0.2)
        assert 0.2 <= database.longest_wait() < BACK
        with pytest.raises(DatabaseDown):
            await writing


@pytest.mark.soak
@pytest.mark.parametrize("seconds", [0.7, 5.0], ids=["a statement", "longer than all work may take"])
async def test_what_is_slow_is_cut_off_by_the_server_itself(postgresql_url: str, seconds: float) -> None:
    database = Database(postgresql_url, HASTY)
    for do in (database.write, database.read):
        with pytest.raises(DatabaseDown):
            await do(_sleeping(seconds))
    await database.read(_sleeping(0.7), within=3.0)
    with pytest.raises(DatabaseDown):
        await database.read(_sleeping(0.7))
    await database.close()


async def test_a_server_that_takes_its_leave_between_two_statements_is_away(postgresql_url: str) -> None:
    """As when this program was held up for longer than a server waits: asyncpg then speaks of an operation in progress."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # asyncpg leaves a future behind that nobody asks
    body = b"SFATAL\0VFATAL\0C25P03\0Mterminating connection due to idle-in-transaction timeout\0\0"

    async with _a_busy_database(postgresql_url) as (database, line):

        def held_up(store: Store) -> None:
            subjects(store)
            line.says(b"E" + (len(body) + 4).to_bytes(4, "big") + body)
            await_only(asyncio.sleep(0.05))
            subjects(store)

        for do in (database.write, database.read):
            with pytest.raises(DatabaseDown, match="away"):
                await do(held_up)
        async with asyncio.timeout(BACK):
            assert await _once_back(lambda: database.read(subjects)) == ["before"]


@pytest.mark.soak
async def test_whoever_dies_with_the_writers_lock_does_not_keep_it(postgresql_url: str) -> None:
    """Its connection is still open at the server, which hears nothing more."""
    async with _a_busy_database(postgresql_url) as (database, line):
        other = Database(postgresql_url, HASTY)

        def dies(store: Store) -> None:
            store.audit.lock()
            line.fall_silent()
            subjects(store)

        with pytest.raises(DatabaseDown):
            await database.write(dies)
        async with asyncio.timeout(BACK):
            await _once_back(lambda: other.write(_noting("after")))
        await other.close()


@pytest.mark.soak
async def test_nor_whoever_dies_between_two_messages_of_one_statement(postgresql_url: str) -> None:
    """The server is told a statement in two messages; while it waits for the second, it counts as being at work."""
    if await _version(postgresql_url) < 17:
        pytest.skip("before 17 only the system notices, which a proxy that holds the line does not let it")
    async with _a_busy_database(postgresql_url) as (database, line):
        other = Database(postgresql_url, HASTY)

        def dies(store: Store) -> None:
            store.audit.lock()
            line.last_words = b"'never said before'"
            store.session.connection().exec_driver_sql("SELECT 'never said before'")

        with pytest.raises(DatabaseDown):
            await database.write(dies)
        async with asyncio.timeout(BACK):
            await _once_back(lambda: other.write(_noting("after")))
        await other.close()


async def _version(url: str) -> int:
    database = Database(url)
    told = await database.read(
        lambda store: store.session.connection().exec_driver_sql("SHOW server_version_num").scalar_one()
    )
    await database.close()
    return int(told) // 10000


@pytest.mark.soak
async def test_what_may_take_long_is_not_cut_off_as_a_transaction(postgresql_url: str) -> None:
    database = Database(postgresql_url, HASTY)

    def slowly(store: Store) -> None:
        for _ in range(3):
            _sleeping(0.55)(store)

    await database.read(slowly, within=5.0)
    await database.close()


async def test_a_server_that_does_not_know_a_setting_is_not_told_it(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one before PostgreSQL 17 does not know the time of a transaction."""
    monkeypatch.setitem(servers.LIMITS, "forever_timeout", "work")
    database = Database(postgresql_url, HASTY)
    await database.write(_noting("heard"))
    await upgrade(database)
    assert await database.read(subjects, within=3.0) == ["heard"]
    await database.close()


async def test_the_system_looks_whether_anybody_is_there(postgresql_url: str) -> None:
    """What a proxy that answers for a dead server can't show: the kernel's own bounds are set."""
    async with _a_busy_database(postgresql_url) as (database, _):
        assert isinstance(database.sessions, OnTheLoop)
        for one in database.sessions._idle:
            line = one._transport.get_extra_info("socket")
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 9000
        settings = "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"
        told = await database.read(
            lambda store: [store.session.connection().exec_driver_sql(f"SHOW {one}").scalar_one() for one in settings]
        )
        assert told == ["600ms", "400ms", "400ms"]


@pytest.mark.soak
async def test_a_migration_may_wait_longer_than_a_statement(postgresql_url: str) -> None:
    """Another replica is at it, on a table that takes long."""
    other, database, waits = Database(postgresql_url), Database(postgresql_url, HASTY), []
    async with other.engine.connect() as connection:
        await connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        upgrading = asyncio.create_task(upgrade(database, lambda: waits.append(1)))
        await asyncio.wait({upgrading}, timeout=HASTY.statement + HASTY.lock)
        assert not upgrading.done()
        await connection.exec_driver_sql(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})")
        assert await upgrading == newest()
    assert waits, "nobody would know what it waits for"
    for one in (database, other):
        await one.close()
