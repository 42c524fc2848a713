"""A3: a table that somebody took out while the program runs is found out by the next look, and named."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import make_url

from storage.database.store import Database, DatabaseDown, Incomplete
from storage.database.upgrade import missing_tables, upgrade
from storage.records import Record
from tests.each import each


async def _tell(database: Database, *sentences: str) -> None:
    """Past the log, which may be what is missing."""
    async with database.writers.begin() as connection:
        for sentence in sentences:
            await connection.exec_driver_sql(sentence)


async def _lost(database: Database) -> tuple[str, ...]:
    with pytest.raises(DatabaseDown, match="incomplete") as told:
        await database.examine()
    assert isinstance(told.value, Incomplete)
    return told.value.tables


@each("table", ["outbox", "requests", "audit", "audit_head"])
async def test_a_table_that_was_dropped_is_named(database: Database, table: str) -> None:
    """The last two are needed by each change, so that to write fails in other words before anybody looks."""
    await database.examine()
    await _tell(database, f"ALTER TABLE {table} RENAME TO elsewhere")
    assert await _lost(database) == (table,)
    assert await missing_tables(database) == [table]
    await _tell(database, f"ALTER TABLE elsewhere RENAME TO {table}")
    await database.examine()


async def test_so_are_several(database: Database) -> None:
    await _tell(database, "ALTER TABLE requests RENAME TO a", "ALTER TABLE outbox RENAME TO b")
    assert await _lost(database) == ("outbox", "requests")
    with pytest.raises(Incomplete):
        await upgrade(database)
    await _tell(database, "ALTER TABLE a RENAME TO requests", "ALTER TABLE b RENAME TO outbox")


async def test_where_no_table_is_missing_it_is_told_what_kept_from_writing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> None:
        raise DatabaseDown("away")

    monkeypatch.setattr(database, "write", away)
    with pytest.raises(DatabaseDown, match="away"):
        await database.examine()


async def test_each_table_of_ours_is_looked_for(database: Database) -> None:
    assert await missing_tables(database) == []
    await _tell(database, *(f"ALTER TABLE {one} RENAME TO {one}_gone" for one in Record.metadata.tables))
    assert await missing_tables(database) == sorted(Record.metadata.tables)
    await _tell(database, *(f"ALTER TABLE {one}_gone RENAME TO {one}" for one in Record.metadata.tables))


async def test_a_table_of_the_same_name_where_nobody_looks_is_not_ours(postgresql_url: str) -> None:
    """The server looks along the search_path, and so does whoever works with the table."""
    database, name = Database(postgresql_url), make_url(postgresql_url).database
    await _tell(database, "CREATE SCHEMA beside", "ALTER TABLE outbox SET SCHEMA beside")
    assert await _lost(database) == ("outbox",)
    await _tell(database, f"ALTER DATABASE {name} SET search_path = public, beside")
    await database.close()
    await database.examine()
    await _tell(
        database,
        f"ALTER DATABASE {name} RESET search_path",
        "ALTER TABLE outbox SET SCHEMA public",
        "DROP SCHEMA beside",
    )
    await database.close()
