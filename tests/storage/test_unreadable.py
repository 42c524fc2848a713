"""A row that can't be read is found and named, and left out of what else is read (A1)."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy import Column, select, text, update

from storage.columns import Values
from storage.database.store import Database, DBAPIError, Store
from storage.records import Matter, Party, Recording, Request
from storage.tables.calls import Keep
from storage.unreadable import Unreadable, unreadable_keys, watched_tables
from tests.moments import NOW
from tests.spoiling import junk, said, spoil
from tests.storage.rows import call, lay
from tests.tampering import furnish


@pytest_asyncio.fixture
async def file(sqlite_url: str) -> AsyncIterator[Database]:
    """What only a file can be made to hold."""
    opened = Database(sqlite_url)
    await furnish(opened)
    yield opened
    await opened.close()


async def test_nothing_is_found_in_a_sound_house(database: Database) -> None:
    await furnish(database)
    assert await database.look_through() == []


async def test_each_column_of_each_table_is_found_whatever_is_put_there(file: Database) -> None:
    def spoilt_in_turn(store: Store) -> tuple[int, list[str]]:
        number, missed = 0, list[str]()
        for table in watched_tables():
            for column in table.columns:
                for value in junk(column) if store.session.scalar(select(text("1")).select_from(table)) else ():
                    number += 1
                    missed += [] if _is_found(store, column, value) else [f"{column}: {value}"]
        return number, missed

    number, missed = await file.write(spoilt_in_turn)
    assert missed == []
    assert number > 500


def _is_found(store: Store, column: Column[object], value: str) -> bool:
    """Whether a row is found that was spoilt so; it is whole again afterwards. Where a file does not take it, there is nothing to find."""
    change = text(f"UPDATE {column.table.name} SET {column.name} = {value} WHERE rowid = 1")
    point = store.session.connection().begin_nested()
    try:
        store.session.execute(change)
        return bool(list(unreadable_keys(store.session, column.table, whole=False)))
    except DBAPIError:
        return True
    finally:
        point.rollback()


async def test_of_no_kind_with_another_body_and_referring_to_no_one(file: Database) -> None:
    for change, row in (
        ("UPDATE matters SET kind = 'x' WHERE id = 'holds-1'", "matters/holds-1"),
        ("UPDATE matters SET body = '{}' WHERE id = 'holds-2'", "matters/holds-2"),
        ("UPDATE grants SET person_id = 999 WHERE id = 'grants-1'", "grants/grants-1"),
    ):
        await spoil(file, change)
        file.unreadable = Unreadable()
        assert row in await file.look_through()


async def test_json_of_another_shape_is_found_on_a_server_too(database: Database) -> None:
    await furnish(database)
    column = next(one for one in Recording.__table__.columns if isinstance(one.type, Values))
    await database.write(said(f"UPDATE recordings SET {column.name} = '[1]' WHERE id = 1"))
    assert await database.look_through() == ["recordings/1"]


async def test_work_that_meets_one_is_done_without_it_and_does_it_again_once_it_can_be_read(file: Database) -> None:
    def due(store: Store) -> list[str]:
        return [one.subject for one in store.deadlines.due(NOW.replace(year=2030), 9)]

    all_of_them = await file.read(due)
    await file.write(said(f"UPDATE deadlines SET due_at = '2020-13-45' WHERE subject = '{all_of_them[0]}'"))
    for work in (file.read, file.write):
        assert await work(due) == all_of_them[1:]
    assert file.unreadable.rows() == [f"deadlines/{all_of_them[0]}"]
    await file.write(said(f"UPDATE deadlines SET due_at = '2020-01-01' WHERE subject = '{all_of_them[0]}'"))
    file.unreadable._again.clear()  # as after a while
    assert await file.look_through() == []
    assert await file.read(due) == all_of_them


async def test_a_matter_is_left_out_with_all_that_is_its(file: Database) -> None:
    """Where its own row can't be read, or one of a part of it, or of a call that it names."""
    await lay(file, call("named by the third alone"))  # with a number that no person has
    for change in (
        "requested_recordings SET recording_id = 4 WHERE request_id = 'requests-3'",
        "matters SET asked_at = 'x' WHERE id = 'requests-1'",
        "parties SET since = 'x' WHERE matter_id = 'requests-2'",
        "recordings SET started = 'x' WHERE id = 4",
    ):
        await spoil(file, f"UPDATE {change}")
    await file.look_through()

    def there(store: Store) -> list[set[str]]:
        mine = (select(Matter.id), select(Request.id), select(Party.matter_id))
        return [set(store.session.scalars(query)) for query in mine]

    matters, *parts = await file.read(there)
    assert matters >= {"holds-1", "holds-2"}
    assert not {"requests-1", "requests-2", "requests-3"} & matters
    assert parts == [set(), set()]


async def test_what_keeps_a_call_keeps_it_though_it_cannot_be_read(file: Database) -> None:
    values = {"ended_at": None, "ends_at": NOW.replace(year=2030), "why": "hold", "matter_id": "holds-1"}
    await file.write(
        lambda store: store.session.execute(update(Keep).where(Keep.recording_id == 1).values(values)) and None
    )
    await spoil(file, "UPDATE keeps SET since = 'x'")
    assert "keeps/1/holds-1" in await file.look_through()
    assert await file.write(lambda store: store.erasures.kept([1], NOW)) == {1}
