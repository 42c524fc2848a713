"""C1: a table that was made anew without its key, in which a row can stand twice, is found and named."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.proof.verification import verify
from storage.database.store import Database, Store
from tests.handlers.builders import Clock, a_company, ask

pytestmark = pytest.mark.soak

TABLES = ("audit", "passes", "requests", "declines")


@pytest.mark.by_hand
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", TABLES)
async def test_c1_a_table_that_lost_its_key_is_named(database: Database, table: str) -> None:
    company = await a_company(database, Clock())
    await ask(company, company.anna)
    assert (await verify(database)).faults == []

    def anew(store: Store) -> None:
        for statement in (
            "PRAGMA defer_foreign_keys=ON", f"CREATE TABLE other AS SELECT * FROM {table}", f"DROP TABLE {table}",
            f"ALTER TABLE other RENAME TO {table}",
        ):  # fmt: skip
            store.session.execute(text(statement))

    await database.write(anew)
    told = f"table {table} has lost its primary key, so a row can stand in it twice: it was made anew by hand"
    assert told in (await verify(database)).faults


async def test_c1_tables_as_they_were_made_have_theirs(database: Database) -> None:
    await a_company(database, Clock())
    assert (await verify(database)).faults == []
