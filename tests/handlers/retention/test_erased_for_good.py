"""P12: after an erasure the caller's number, the reference, the words and the file's name are nowhere in the house."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from handlers import recordings
from handlers.access import deciding
from handlers.acting import CLOCK
from storage.database.store import Database
from storage.database.upgrade import upgrade_database
from storage.records import Request
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company, ask
from tests.moments import NOW

TWELVE_MONTHS = 365
SECRETS = ("499999123", "CS-778899", "cs-778899", "file-of-the-canary")


@pytest_asyncio.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    database = Database(f"sqlite:///{tmp_path / 'steward.db'}")
    await upgrade_database(database)
    archive = Archive(await a_company(database, Clock()))
    await archive.company.door.enter(
        recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK
    )
    yield archive
    await database.close()


def _found(folder: Path) -> list[str]:
    """Where one of the secrets is, in any file of the database, or in a dump of it."""
    with closing(sqlite3.connect(folder / "steward.db")) as connection:
        dump = "\n".join(connection.iterdump())
    files = {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()} | {"a dump": dump.encode()}
    return [f"{secret} in {name}" for name, held in files.items() for secret in SECRETS if secret.encode() in held]


@pytest.mark.soak
async def test_p12_nothing_that_tells_who_called_is_left(archive: Archive, tmp_path: Path) -> None:
    company = archive.company
    number = await archive.record("file-of-the-canary", caller="+61499999123", crm="CS-778899")
    request = await ask(company, company.anna, calls=[number], crm="CS-778899")
    await company.door.enter(deciding.approve_request(request), company.tara)
    still_open = await ask(company, company.deven, calls=[number], crm="CS-778899")
    assert _found(tmp_path) != []
    archive.until(NOW, days=TWELVE_MONTHS)
    await archive.tick()
    assert _found(tmp_path) != [], "a request that is open keeps the call"
    archive.until(NOW, days=TWELVE_MONTHS + 60)
    await archive.tick()
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
    assert _found(tmp_path) == []
    rows = await company.database.read(
        lambda store: [store.matters.of_kind(Request, one) for one in (request, still_open)]
    )
    assert [one.crm for one in rows if one] == ["", ""]
