"""P13: an entry of the log that somebody spoilt keeps nothing from being noticed, and no report from being looked after."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from storage.database.store import Database, Store
from tests.handlers.breach.reporting import tick
from tests.handlers.breach.test_findings import left
from tests.handlers.builders import Company


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """A server takes no such row."""
    return sqlite_url


async def spoil(database: Database, detail: str) -> None:
    """The newest entry of a refusal holds something else."""
    newest = "(SELECT max(seq) FROM audit WHERE outcome = 'refused')"

    def write(store: Store) -> None:
        store.session.execute(text(f"UPDATE audit SET detail = :detail WHERE seq = {newest}"), {"detail": detail})

    await database.write(write)


@pytest.mark.by_hand
@pytest.mark.parametrize("detail", ["{", "7", '"deactivated"', "null"])
async def test_p13_what_can_not_be_read_hides_nothing_else(company: Company, detail: str) -> None:
    await left(company, "bram")
    await spoil(company.database, detail)
    assert await tick(company) == 0
    await left(company, "deven")
    assert await tick(company) == 1
