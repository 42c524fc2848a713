"""P13: the upgrade that brings confidential reports finds none, and takes nothing away."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, inspect

from storage.breaches import Breaches
from storage.chain import GENESIS
from storage.database.store import Database
from storage.database.upgrade import newest, upgrade
from storage.records import Record
from storage.tables import breaches as breach_records
from tests.storage.upgrading import cut_off_at_any_statement, differences, of_before, said, upgraded_to

pytestmark = pytest.mark.soak

BEFORE = (
    "INSERT INTO people (id, email_key, email, name, zone, standing, prefers) "
    "VALUES (1, 'anna@fernhill.example', 'anna@fernhill.example', 'Anna', 'UTC', 'member', '')"
)
AS_IT_WAS = (upgraded_to("0023"), said(BEFORE))
TABLES = {
    one.__tablename__
    for one in vars(breach_records).values()
    if isinstance(one, type) and issubclass(one, Record) and one is not Record
}


def _references(connection: Connection) -> list[tuple[str, str]]:
    looked = inspect(connection)
    return [
        (table, key["referred_table"])
        for table in looked.get_table_names()
        for key in looked.get_foreign_keys(table)
        if table in TABLES or key["referred_table"] in TABLES
    ]


async def test_p13_after_the_upgrade_there_are_no_reports_and_everybody_is_there(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await upgrade(database) == newest()
    assert await database.read(lambda store: (Breaches(store.session).all(), Breaches(store.session).head())) == (
        [], (0, GENESIS),
    )  # fmt: skip
    assert [one.name for one in (await database.read(lambda store: store.people.named([1]))).values()] == ["Anna"]
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_p13_no_other_table_refers_to_reports_nor_they_to_any(database: Database) -> None:
    async with database.engine.connect() as connection:
        tables = await connection.run_sync(lambda one: set(inspect(one).get_table_names()))
        assert tables & TABLES == {one for one in tables if one.startswith("breach_")} == TABLES
        assert await connection.run_sync(_references) == []


async def test_an_upgrade_that_is_cut_off_at_any_statement_leaves_what_was_there(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await cut_off_at_any_statement(database) > 10
    assert [one.name for one in (await database.read(lambda store: store.people.named([1]))).values()] == ["Anna"]
    assert await upgrade(database) == newest()
    await database.close()
