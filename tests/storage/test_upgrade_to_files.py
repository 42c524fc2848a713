"""P4, P12: erasures of before are a call's, and stay so; from then on one may be of a file that could not be registered."""

from __future__ import annotations

import pytest

from storage.database.store import Database, Store
from storage.database.upgrade import newest, upgrade
from storage.tables.erasures import Erasure, UnregisteredFile
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
AS_IT_WAS = (upgraded_to("0021"), said(*BEFORE))


async def test_p12_what_was_under_way_goes_on_and_a_file_may_be_erased_beside_it(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await upgrade(database) == newest()
    erasure = await database.read(lambda store: store.erasures.get("E-1"))
    assert erasure is not None
    assert (erasure.recording_id, erasure.file_id, erasure.pause) == (5, None, "")
    await database.write(_a_file)
    assert await database.read(lambda store: store.erasures.due("file", NOW, 9)) == ["E-1", "E-2"]
    assert await database.read(lambda store: store.erasures.due("s3", NOW, 9)) == []
    await database.close()


async def test_p12_an_older_version_beside_it_goes_on_closing_calls(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    async with database.writers.begin() as connection:
        await connection.run_sync(said(*BEFORE))
    assert await database.read(lambda store: store.erasures.due("file", NOW, 9)) == ["E-1"]
    await database.close()


async def test_an_upgrade_that_is_cut_off_at_any_statement_leaves_what_was_there(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await cut_off_at_any_statement(database) > 2
    await upgrade(database)
    assert await database.read(lambda store: store.erasures.get("E-1")) is not None
    await database.close()


def _a_file(store: Store) -> None:
    file = UnregisteredFile(
        system="file",
        native_id="b.wav",
        why="no_metadata",
        stamp="1",
        size=9,
        modified=NOW,
        erasable=True,
        first_seen=NOW,
    )
    store.unregistered.add(file)
    at = NOW
    store.erasures.begin(Erasure(id="E-2", file_id=file.id, why="unregistered", moment=at, closed_at=at, next_at=at))
