"""P12: erasures that are under way before an upgrade belong to no stopped run; an older version beside it goes on."""

from __future__ import annotations

import pytest

from storage.database.store import Database
from storage.database.upgrade import newest, upgrade
from tests.storage.rows import NOW
from tests.storage.upgrading import cut_off_at_any_statement, of_before, said, upgraded_to

pytestmark = pytest.mark.soak

BEFORE = (
    (
        "INSERT INTO recordings (id, system, native_id, folder, stamp, line, direction, caller, operator_name, operator_key, "
        "department, started, local_day, seconds, crm, media_type, size, state, found_by, identity, version, operators_before, "
        "erase_at) VALUES (5, 'file', 'a.wav', '', '1', '+61281979000', 'incoming', '', 'Bram', 'bram', 'sales', :now, "
        "'2026-11-24', 9, '', 'audio/wav', 9, 'present', '', '', 1, '', :now)"
    ),
    (
        "INSERT INTO erasures (id, recording_id, why, moment, closed_at, next_at, state, tries, trouble, how, unseen, "
        "native_hash, audio_hash) VALUES ('E-1', 5, 'retention', :now, :now, :now, 'closed', 0, '', '', '', '', '')"
    ),
)


AS_IT_WAS = (upgraded_to("0019"), said(*BEFORE))


async def test_p12_what_was_under_way_goes_on(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await upgrade(database) == newest()
    erasure = await database.read(lambda store: store.erasures.get("E-1"))
    assert erasure is not None
    assert erasure.run == ""
    assert await database.read(lambda store: store.erasures.due("file", NOW, 9)) == ["E-1"]
    await database.close()


async def test_p12_an_older_version_beside_it_goes_on_closing_calls(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    async with database.writers.begin() as connection:
        await connection.run_sync(said(*BEFORE))
    assert await database.read(lambda store: store.stopped_runs.of([""])) != []
    await database.close()


async def test_an_upgrade_that_is_cut_off_at_any_statement_leaves_what_was_there(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await cut_off_at_any_statement(database) > 2
    await upgrade(database)
    assert await database.read(lambda store: store.erasures.get("E-1")) is not None
    await database.close()
