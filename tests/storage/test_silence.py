"""A4: a server that falls silent keeps the program out for seconds and not for minutes, and so does one that is slow."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from unittest.mock import Mock

import pytest

from bot import readiness
from bot.readiness import Examination
from storage.database.servers import OnTheLoop, Patience
from storage.database.store import Database, DatabaseDown, Store
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
    """Readers and writers are told that the database is away."""
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


async def _once_back(ask: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await ask()
        except DatabaseDown:
            await asyncio.sleep(0.1)


@pytest.mark.soak
async def test_a3_asking_whether_it_is_ready_never_waits(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """/readyz took up to nine seconds, for which a load balancer does not wait, and said that all was well until then."""
    monkeypatch.setattr(readiness, "SILENT", 0.5)
    monkeypatch.setattr(readiness, "BETWEEN_READS", 0.1)
    monkeypatch.setattr(readiness, "MOST_WAIT", 0.05)
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
        assert 2 * read.call_count < len(during), "a caller waited for the answer to a question"
        line.mend()
        async with asyncio.timeout(BACK):
            while await told():
                pass


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


@pytest.mark.soak
async def test_a_process_that_dies_with_the_writers_lock_does_not_keep_it(postgresql_url: str) -> None:
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
