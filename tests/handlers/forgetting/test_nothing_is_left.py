"""P11: once a key has gone, neither it nor a word that it sealed stands in the file, its log or a dump; and before, no word does."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.clockwork.parts import Forgetting
from storage.database.store import Database
from storage.database.upgrade import upgrade
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company
from tests.handlers.customers.acts import stored
from tests.handlers.customers.releasing import links, mails
from tests.handlers.forgetting.customers import NAME, answered
from tests.handlers.forgetting.words import CANARY, GOES, key_of, stands, talked
from tests.reconciled import findings


@pytest_asyncio.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    database = Database(f"sqlite:///{tmp_path / 'steward.db'}")
    await upgrade(database)
    yield Archive(await a_company(database, Clock()))
    await database.close()


def _places(folder: Path, *sought: bytes) -> list[str]:
    """Where one of these stands, in any file of the database or in a dump of it."""
    with closing(sqlite3.connect(folder / "steward.db")) as connection:
        dump = "\n".join(connection.iterdump()).encode()
    files = {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()} | {"a dump": dump}
    both = [form for one in sought for form in (one, one.hex().upper().encode())]
    return [name for name, held in files.items() for one in both if one in held]


@pytest.mark.soak
async def test_p11_before_and_after_the_end(archive: Archive, tmp_path: Path) -> None:
    company, forgetting = archive.company, Forgetting(archive.company.door, archive.erasing.overwritten)
    request, customers = await talked(company), await answered(company)
    for one in (request, customers):
        await stands(company, one, "anna", "helena")
    await archive.erasing.tick()
    assert _places(tmp_path, CANARY.encode(), NAME.encode()) == []
    keys = [await key_of(company, one) for one in (request, customers)]
    wraps = [one.wrap for one in keys if one is not None]
    assert len(wraps) == 2
    assert all(_places(tmp_path, one) != [] for one in wraps)
    company.clock.now = GOES - timedelta(hours=1)
    await forgetting.tick()
    assert all(_places(tmp_path, one) != [] for one in wraps)
    company.clock.now = GOES
    await forgetting.tick()
    await archive.erasing.tick()
    assert _places(tmp_path, *wraps, CANARY.encode(), NAME.encode()) == []
    assert await key_of(company, request) is await key_of(company, customers) is None


@pytest.mark.soak
async def test_p8_of_a_customers_request_everything_goes_that_its_key_sealed(archive: Archive) -> None:
    """And what somebody who has the master key could still try out: who asks for what, and six digits."""
    company = archive.company
    request = await answered(company)
    [before], [link] = await mails(company, request), await links(company, request)
    assert (before.sealed != b"", link.passcode != "") == (True, True)
    company.clock.now = GOES
    await Forgetting(company.door, archive.erasing.overwritten).tick()
    row = await stored(company, request)
    [sent], [left] = await mails(company, request), await links(company, request)
    assert (row.sealed, row.salt, row.same, sent.sealed, left.passcode) == (b"", "", "", b"", "")
    assert (row.state, row.answered_at is not None, sent.state) == ("answered", True, "accepted")
    assert await findings(company.database) == []
