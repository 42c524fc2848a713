"""Work is stored whole or not at all, in order, several pieces to a commit, from any number of programs."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Never

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.util import await_only

from storage.database.store import MOST_WAITING, Database, DatabaseDown, Store
from storage.records import Seen
from tests.databases import Server
from tests.each import each
from tests.ledgers import verdict_of
from tests.storage.rows import NOW, note, person, subjects
from tests.unlasting import AS_SHIPPED


def _noting(subject: str) -> Callable[[Store], str]:
    def work(store: Store) -> str:
        note(store, subject)
        return subject

    return work


def _breaking(store: Store) -> Never:
    note(store, "never")
    raise ValueError("a piece of work that breaks")


async def test_many_at_once_are_all_stored_in_the_order_in_which_they_came(database: Database) -> None:
    names = [f"n{one}" for one in range(150)]
    assert await asyncio.gather(*(database.write(_noting(name)) for name in names)) == names
    assert await database.read(subjects) == names
    assert not await database.read(lambda store: verdict_of(store).fault)


async def test_a_failing_neighbour_leaves_the_others_and_nothing_of_itself(database: Database) -> None:
    works = [_noting("a"), _breaking, _noting("b"), _breaking, _noting("c")]
    results = await asyncio.gather(*map(database.write, works), return_exceptions=True)
    assert [one if isinstance(one, str) else type(one) for one in results] == ["a", ValueError, "b", ValueError, "c"]
    assert await database.read(subjects) == ["a", "b", "c"]


async def test_what_only_the_commit_refuses_is_told_to_the_piece_that_did_it(database: Database) -> None:
    def again(store: Store) -> None:
        store.session.add(Seen(key="once", at=NOW))

    works = [_noting("a"), again, _noting("b"), again, _noting("c")]
    results = await asyncio.gather(*map(database.write, works), return_exceptions=True)
    assert [type(one) for one in results] == [str, type(None), str, IntegrityError, str]
    assert await database.read(subjects) == ["a", "b", "c"]


async def test_what_is_read_is_as_it_stood_at_one_moment(database: Database, database_url: str) -> None:
    """Another connection stores between two questions of one piece of work."""
    other, loop = Database(database_url), asyncio.get_running_loop()

    def looking_twice(store: Store) -> list[list[str]]:
        before, storing = subjects(store), other.write(_noting("meanwhile"))
        if database.is_sqlite:  # work runs in a thread
            asyncio.run_coroutine_threadsafe(storing, loop).result(timeout=10)
        else:
            await_only(storing)
        return [before, subjects(store)]

    await database.write(_noting("before"))
    assert await database.read(looking_twice) == [["before"], ["before"]]
    assert await database.read(subjects) == ["before", "meanwhile"]
    await other.close()


async def test_who_stops_waiting_disturbs_no_one(database: Database) -> None:
    tasks = [asyncio.create_task(database.write(_noting(name))) for name in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert (results[0], type(results[1]), results[2]) == ("a", asyncio.CancelledError, "c")
    assert await database.read(subjects) == ["a", "b", "c"]


async def test_more_than_can_wait_is_told_at_once(database: Database) -> None:
    """A caller who hears of it can say so; one in an endless queue can't."""
    works = [database.write(lambda _: None) for _ in range(MOST_WAITING + 5)]
    results = await asyncio.gather(*works, return_exceptions=True)
    assert sum(isinstance(one, DatabaseDown) for one in results) == 5
    assert await database.write(_noting("afterwards")) == "afterwards"


async def test_closing_waits_for_the_work_under_way(database_url: str) -> None:
    database = Database(database_url)
    writing = asyncio.gather(*(database.write(_noting(name)) for name in "ab"))
    await asyncio.sleep(0)
    await database.close()
    assert await writing == ["a", "b"]


async def test_two_programs_lose_no_update_of_each_other(database_url: str) -> None:
    programs = [Database(database_url), Database(database_url)]
    await programs[0].write(lambda store: store.session.add(person("count")))

    def more(store: Store) -> None:
        row = store.people.by_key("count@fernhill.example")
        assert row is not None
        row.name = str(int(row.name) + 1) if row.name.isdigit() else "1"
        note(store, row.name)

    await asyncio.gather(*(program.write(more) for _ in range(20) for program in programs))
    assert await programs[0].read(subjects) == [str(one) for one in range(1, 41)]
    assert not await programs[0].read(lambda store: verdict_of(store).fault)
    for program in programs:
        await program.close()


async def test_reading_waits_for_no_writer(database_url: str) -> None:
    program, other = Database(database_url), Database(database_url)
    await program.write(_noting("a"))
    async with other.writers.begin() as connection:
        await connection.run_sync(lambda plain: plain.exec_driver_sql("UPDATE audit_head SET seq = seq"))
        assert await program.read(subjects) == ["a"]
    await program.close()
    await other.close()


@each("way", ["nowhere/steward.db", "here?mode=ro&uri=true"])
async def test_a_file_that_cannot_be_written_is_a_database_that_is_away(tmp_path: Path, way: str) -> None:
    place = f"file:{tmp_path}/{way}" if "uri" in way else f"{tmp_path}/{way}"
    (tmp_path / "here").touch()
    database = Database(f"sqlite:///{place}")
    with pytest.raises(DatabaseDown):
        await database.write(_noting("a"))
    with pytest.raises(DatabaseDown):
        await database.read(subjects)
    await database.close()
    # A connection that never opened has a thread that says goodbye a little later.
    for thread in threading.enumerate():
        if "_connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, 5)


async def test_a_server_that_hangs_up_is_away_for_a_moment(postgresql_url: str, postgresql: Server) -> None:
    database = Database(postgresql_url)
    name = make_url(postgresql_url).database
    hang_up = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

    def cut(store: Store) -> None:
        note(store, "cut")
        store.session.connection().exec_driver_sql(f"{hang_up} AND pid = pg_backend_pid()")

    for do in (database.write, database.read):
        with pytest.raises(DatabaseDown):
            await do(cut)
    await asyncio.to_thread(postgresql.tell, hang_up)
    assert await database.write(_noting("a")) == "a"
    assert await database.read(subjects) == ["a"]
    await database.close()


async def test_work_that_is_wrong_is_no_database_that_is_away(database: Database) -> None:
    def wrong(store: Store) -> None:
        store.session.connection().exec_driver_sql("INSERT INTO seen (key) VALUES (NULL)")

    with pytest.raises(DBAPIError):
        await database.write(wrong)
    with pytest.raises(DBAPIError):
        await database.read(wrong)


async def test_as_shipped_a_commit_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that are not about it let go of that."""
    monkeypatch.setattr("storage.database.files.SET_UP", AS_SHIPPED)
    database = Database(f"sqlite:///{tmp_path / 'steward.db'}")
    for engine in (database.engine, database.writers):
        async with engine.connect() as connection:
            assert (await connection.exec_driver_sql("PRAGMA synchronous")).scalar() == 2
    await database.close()
