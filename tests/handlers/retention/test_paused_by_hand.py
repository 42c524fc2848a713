"""C1, P12: nobody who can write the database decides about paused erasures for somebody, or changes why they wait, unseen."""

from __future__ import annotations

import json

import pytest
import pytest_asyncio
from sqlalchemy import text

from storage.database.store import Store
from storage.tables.log import AuditEntry
from tests.erasing import Archive
from tests.handlers.builders import Company
from tests.handlers.retention.pausing import an_archive, at_the_moment, kept, small
from tests.reconciled import findings

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]


@pytest_asyncio.fixture
async def archive(company: Company) -> Archive:
    company.door.policy = small()
    return await an_archive(company)


async def _done(company: Company, *statements: str) -> str:
    for statement in statements:
        await company.database.write(lambda store, said=statement: store.session.execute(text(said)) and None)  # type: ignore[misc]
    return " | ".join(await findings(company.database))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE matters SET state = 'continued' WHERE kind = 'erasure_pause'", "“state” is stored as continued"),
        ("UPDATE erasure_pauses SET decided_by = NULL", "“decided by” is stored as nothing"),
        ("UPDATE matters SET closed_at = '2027-01-01 00:00:00.000000' WHERE kind = 'erasure_pause'", "“closed at” is stored as"),
        ("UPDATE matters SET asked_at = '2027-11-01 00:00:00.000000' WHERE kind = 'erasure_pause'", "“since” is stored as"),
        ("UPDATE erasure_pauses SET causes = '[]'", "“causes” is stored as"),
        ("UPDATE erasure_pauses SET day = '2027-01-01'", "“day” is stored as 2027-01-01"),
        ("UPDATE erasure_pauses SET coming = 900", "“coming” is stored as 900"),
        ("UPDATE parties SET role = 'director'", "was asked is stored as “director”"),
        ("UPDATE erasures SET pause = 'EP-X'", "waits in EP-X, which is not stored"),
    ],
)  # fmt: skip
async def test_c1_a_pause_is_not_changed_unseen(archive: Archive, statement: str, told: str) -> None:
    await kept(archive, await at_the_moment(archive))
    assert await findings(archive.company.database) == []
    assert told in await _done(archive.company, statement)


async def test_c1_a_pause_that_nobody_began_and_one_of_which_the_log_says_too_little_are_told(archive: Archive) -> None:
    company, pause = archive.company, await at_the_moment(archive)

    def less(store: Store) -> None:
        for entry in store.session.query(AuditEntry).filter(AuditEntry.action == "retention.pause"):
            entry.detail = {name: told for name, told in entry.detail.items() if name != "causes"}

    await company.database.write(less)
    assert f"pause {pause}: what is stored, or what the log says of it, can't be read" in await _done(company)
    made = json.dumps(["many"])
    found = await _done(
        company,
        "INSERT INTO matters (id, kind, state, revision, line, asked_at) VALUES ('EP-X', 'erasure_pause', 'continued', 1, '', '2027-01-01 00:00:00.000000')",
        f"INSERT INTO erasure_pauses (id, causes, day, coming) VALUES ('EP-X', '{made}', '2027-01-01', 0)",
    )
    assert "pause EP-X" in found
