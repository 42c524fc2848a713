"""C1, P7: an address that somebody had before goes on to say whose a call is; whoever takes that away by hand is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Executable, delete, insert, update

from handlers.acting import NONE
from handlers.keys import Keys
from handlers.settling import New
from storage.database.store import Store
from storage.records import FormerAddress
from tests.handlers.addresses import NEW, OLD, anew, moves, settled
from tests.handlers.builders import Company, audit, meet
from tests.keys import KEYS
from tests.moments import NOW
from tests.reconciled import findings, results, sentences

pytestmark = pytest.mark.long


async def after(company: Company, *changes: Executable, keys: Keys = KEYS) -> list[str]:
    """What is found once these were made by hand, in a read, which keeps nothing."""

    def look(store: Store) -> list[str]:
        for one in changes:
            store.session.execute(one)
        store.session.expunge_all()
        return sentences(store, keys)

    return await company.database.read(look)


async def test_c1_an_address_of_before_that_is_gone_or_is_somebody_elses_is_found(company: Company) -> None:
    """Without the keys nobody can tell which it is, and that is said."""
    tara, anna = company.tara.person_id, company.anna.person_id
    await moves(company)
    assert await findings(company.database) == []
    [*_, [_, action, _, _, detail]] = await audit(company, f"person:{tara}")
    assert (action, list(detail["left"].values())) == ("people.meet", [tara])
    entry = await company.database.read(lambda store: store.audit.head()[0])
    gone = delete(FormerAddress)
    assert await after(company, gone) == [
        f"entry {entry} says that person {tara} had another address before, but that is no longer stored"
    ]
    assert await after(company, gone, keys=NONE) == []
    assert await after(company, update(FormerAddress).values(person_id=anna)) == [
        f"an address that somebody had before: “whose” is stored as person {anna}, but entry {entry} says person {tara}"
    ]


async def test_c1_one_of_which_the_log_knows_nothing_is_found_from_then_on(company: Company) -> None:
    """Of what an earlier version stored it says nothing."""
    anna = company.anna.person_id

    def one(days: int) -> Executable:
        return insert(FormerAddress).values(
            email_key=f"a{days}@fernhill.example", person_id=anna, left_at=NOW + timedelta(days=days)
        )

    assert await after(company, one(1)) == []
    await moves(company)
    assert await after(company, one(-1)) == []
    assert await after(company, one(1)) == [
        f"an address that person {anna} had before is stored, but the log knows nothing of it"
    ]


async def test_c1_whoever_loses_an_address_to_somebody_new_is_in_the_log(company: Company) -> None:
    await moves(company)
    newcomer = anew("UNIA", OLD)
    await meet(company.door, newcomer)
    await settled(company, New("slack:UNIA"), newcomer)
    assert await findings(company.database) == []
    assert len(await after(company, delete(FormerAddress))) == 1


async def test_c1_without_the_keys_it_is_said_that_they_were_not_compared(company: Company) -> None:
    assert await company.database.read(lambda store: results(store, NONE)) == []
    await moves(company, address=NEW)
    found = await company.database.read(lambda store: results(store, NONE))
    assert [getattr(one, "what", one) for one in found] == ["addresses that people had before"]
