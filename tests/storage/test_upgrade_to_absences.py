"""Requests of before an upgrade stay with whoever was asked; absences can be entered afterwards, and by an older version's side."""

from __future__ import annotations

import pytest

from storage.database.store import Database
from storage.database.upgrade import newest, upgrade
from storage.tables.absences import Absence
from tests.storage.rows import NOW
from tests.storage.upgrading import cut_off_at_any_statement, of_before, said, upgraded_to

pytestmark = pytest.mark.soak

BEFORE = (
    "INSERT INTO people (id, email_key, email, name, zone, standing, prefers) VALUES (1, 't', 't', 'Tara', 'UTC', 'member', '')",
    "INSERT INTO matters (id, kind, state, revision, line, asked_at) VALUES ('R-1', 'access', 'waiting', 1, '', :now)",
)
ASKED = (
    "INSERT INTO parties (matter_id, person_id, part, role, since, unreachable) "
    "VALUES ('R-1', 1, 'approver', 'team_leader', :now, '')"
)


AS_IT_WAS = (upgraded_to("0011"), said(*BEFORE, ASKED))


async def test_whoever_was_asked_before_goes_on_deciding(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await upgrade(database) == newest()
    [party] = await database.read(lambda store: store.matters.parties("R-1"))
    assert (party.part, party.because) == ("approver", "")
    assert await database.read(lambda store: store.absences.revision()) == (0, 0)
    new = Absence(id="W-1", person_id=1, first=NOW.date(), last=NOW.date(), entered_at=NOW)
    await database.write(lambda store: store.absences.add(new))
    assert await database.read(lambda store: len(store.absences.from_day(NOW.date()))) == 1
    await database.close()


async def test_an_older_version_beside_it_goes_on_asking_people(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    async with database.writers.begin() as connection:
        await connection.run_sync(said(*BEFORE, ASKED))
    [party] = await database.read(lambda store: store.matters.parties("R-1"))
    assert party.because == ""
    await database.close()


async def test_an_upgrade_that_is_cut_off_at_any_statement_leaves_what_was_there(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS, upgraded_to("0013"))
    assert await cut_off_at_any_statement(database) > 2
    await upgrade(database)
    assert len(await database.read(lambda store: store.matters.parties("R-1"))) == 1
    await database.close()
