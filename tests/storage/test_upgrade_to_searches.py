"""P7, P12: the upgrade that finds calls among a million finds each that was there, by its reference in any writing."""

from __future__ import annotations

import pytest

from storage.database.store import Database
from storage.database.upgrade import newest, upgrade
from storage.searches import Wanted
from storage.tables.searches import Operator
from tests.storage.rows import NOW
from tests.storage.upgrading import cut_off_at_any_statement, of_before, said, upgraded_to

pytestmark = pytest.mark.soak

CALL = (
    "INSERT INTO recordings (id, system, native_id, stamp, line, direction, caller, operator_name, operator_key, department, started, "
    "local_day, seconds, crm, media_type, size, state, found_by, identity, version, operators_before, folder) VALUES "
    "({id}, 'file', '{id}.wav', '1', '+61281979000', 'incoming', '{caller}', '{name}', '{name}@f.example', 'sales', "
    "'2026-11-24 03:00:00+00:00', '2026-11-24', 9, '{crm}', 'audio/wav', 9, '{state}', '{found}', '', 1, '', '')"
)
CALLS = (
    (1, "+61412345678", "Bram", "CS-10442", "present", "bram cs-10442 bram"), (2, "", "Bram", "Fall_Nr 7/Ä", "present", "bram fall_nr"),
    (3, "+442079460123", "Cleo", "", "present", "cleo cleo"), (4, "", "Wren", "", "erased", ""),
)  # fmt: skip
AS_IT_WAS = (
    upgraded_to("0033"),
    said(
        *(
            CALL.format(**dict(zip(("id", "caller", "name", "crm", "state", "found"), one, strict=True)))
            for one in CALLS
        )
    ),
)


async def _found(database: Database) -> dict[str, list[int]]:
    parts = ("412345678", "#cs10442.", "fallnr7ä", "0123;", "bram", "wren")
    return {
        one: await database.read(
            lambda store, one=one: [call.id for call in store.searches.find(Wanted(parts=(one,)), 9, NOW)]  # type: ignore[misc]
        )
        for one in parts
    }


async def test_p7_calls_of_before_are_found_by_number_and_reference_and_their_operators_known(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await upgrade(database) == newest()
    expected = {"412345678": [1], "#cs10442.": [1], "fallnr7ä": [2], "0123;": [3], "bram": [], "wren": []}
    assert await _found(database) == expected
    names = await database.read(lambda store: sorted(one.name for one in store.session.query(Operator)))
    assert names == ["Bram", "Cleo", "Wren"]
    await database.close()


async def test_an_upgrade_that_is_cut_off_at_any_statement_leaves_what_was_there(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await cut_off_at_any_statement(database) >= 5
    assert await upgrade(database) == newest()
    assert (await _found(database))["#cs10442."] == [1]
    await database.close()
