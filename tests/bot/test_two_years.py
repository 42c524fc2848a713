"""P12 over two years of a company: nothing lives an hour past its moment without cause, nothing goes a second early."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers import recordings
from handlers.acting import CLOCK
from storage.database.store import Database
from tests.conftest import KINDS
from tests.handlers.builders import Clock, Company, a_company
from tests.reconciled import findings
from tests.years.playing import played

pytestmark = pytest.mark.soak


async def _company_of(database: Database) -> Company:
    company = await a_company(database, Clock())
    await company.door.enter(recordings.register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    return company


@pytest.mark.parametrize(
    ("database_url", "number"),
    [
        pytest.param("sqlite", 40, id="sqlite"),
        # What a server does otherwise the years with kills and with three processes show as well.
        pytest.param("postgresql", 16, id="postgresql"),
        *(pytest.param(kind, 80, id=f"{kind}-large", marks=pytest.mark.soak) for kind in KINDS),
    ],
    indirect=["database_url"],
)
async def test_p12_two_years_of_a_company(database: Database, tmp_path: Path, number: int) -> None:
    company = await _company_of(database)
    assert await played(company, tmp_path / "calls", 1, number) == []
    assert await findings(database) == []
