"""Migrations bring any database to what the models say, whoever starts first."""

from __future__ import annotations

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from storage.records import AuditHead, Record
from storage.store import Database
from storage.upgrade import newest, revision, upgrade


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, Record.metadata))


async def test_an_empty_database_is_brought_to_the_newest_revision(empty_url: str) -> None:
    database = Database(empty_url)
    assert await revision(database) == ""
    assert await upgrade(database) == newest() == await revision(database)
    await database.close()


async def test_a_second_time_changes_nothing(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    assert await upgrade(database) == newest()
    heads = await database.read(lambda store: store.session.query(AuditHead).count())
    assert heads == 1
    await database.close()


async def test_two_programs_that_start_at_once_both_find_it_done(empty_url: str) -> None:
    databases = [Database(empty_url), Database(empty_url)]
    assert await asyncio.gather(*map(upgrade, databases)) == [newest(), newest()]
    assert await databases[0].read(lambda store: store.session.query(AuditHead).count()) == 1
    for database in databases:
        await database.close()


async def test_the_migrations_say_what_the_models_say(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
