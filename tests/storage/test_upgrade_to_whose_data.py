"""P11: the upgrade that finds who listened to whose calls takes nothing away, and guesses no moment."""

from __future__ import annotations

import pytest

from storage.database.store import Database, Store
from storage.database.upgrade import newest, upgrade
from storage.records import FormerAddress, Person
from storage.whose_data import Address
from tests.storage.upgrading import cut_off_at_any_statement, of_before, said, upgraded_to

pytestmark = pytest.mark.soak

BEFORE = (
    "INSERT INTO people (id, email_key, email, name, zone, standing, prefers) VALUES (1, 'anna@fernhill.example', '', 'Anna', 'UTC', 'member', '')",
    "INSERT INTO former_addresses (email_key, person_id) VALUES ('a.quill@fernhill.example', 1)",
)
AS_IT_WAS = (upgraded_to("0024"), said(*BEFORE))


async def _addresses(database: Database) -> list[Address]:
    def look(store: Store) -> list[Address]:
        return store.whose_data.addresses(store.people.get(1))

    return await database.read(look)


async def test_p11_an_address_of_before_is_known_without_its_end(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await upgrade(database) == newest()
    assert await _addresses(database) == [Address("anna@fernhill.example"), Address("a.quill@fernhill.example")]
    await database.close()


async def test_an_upgrade_that_is_cut_off_at_any_statement_leaves_what_was_there(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    assert await cut_off_at_any_statement(database) >= 3
    assert await upgrade(database) == newest()
    assert len(await _addresses(database)) == 2
    [former] = await database.read(lambda store: store.session.query(FormerAddress).all())
    assert (former.left_at, former.person_id) == (None, 1)
    assert await database.read(lambda store: store.session.query(Person).count()) == 1
    await database.close()
