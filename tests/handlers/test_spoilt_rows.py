"""What somebody spoilt by hand is read around by whoever sees to all there is (A1): each other one is as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.acting import DELIVERY
from handlers.delivering import UNREADABLE, UNREADABLE_PERSON, Aside, Claim
from handlers.inbox import Collect, Keep, Press
from tests.handlers.builders import Company, approved, ask
from tests.handlers.declined.acts import live, midway
from tests.spoiling import NO_UTF8, said

pytestmark = pytest.mark.soak


async def test_a_person_who_can_not_be_read_waits_and_all_others_are_told(company_in_a_file: Company) -> None:
    company = company_in_a_file
    await ask(company, company.anna)
    await company.database.write(said(f"UPDATE accounts SET set_aside = {NO_UTF8} WHERE account_id = 'UTARA'"))
    found = await company.door.enter(Claim(8), DELIVERY)
    told = {one.taken.person_id: one.code if isinstance(one, Aside) else "" for one in found}
    assert told == {company.anna.person_id: "", company.tara.person_id: UNREADABLE_PERSON}


async def test_an_effect_whose_own_row_can_not_be_read_is_set_aside(company_in_a_file: Company) -> None:
    """Its kind is none that a newer version could know."""
    company = company_in_a_file
    await ask(company, company.anna)
    await company.database.write(said(f"UPDATE outbox SET kind = {NO_UTF8}"))
    found = await company.door.enter(Claim(8), DELIVERY)
    assert [one.code for one in found if isinstance(one, Aside)] == [UNREADABLE, UNREADABLE]


async def test_a_kept_press_that_can_not_be_read_comes_as_none(company_in_a_file: Company) -> None:
    company = company_in_a_file
    for name in ("UANNA", "UTARA"):
        await company.door.enter(Keep(Press("slack", name, "approve", "R-1", name), company.clock.now), DELIVERY)
    await company.database.write(said(f"UPDATE inbox SET press = {NO_UTF8} WHERE account_id = 'UANNA'"))
    found = await company.door.enter(Collect(8), DELIVERY)
    assert [one.press and one.press.account for one in found] == [None, "UTARA"]


async def test_a_listener_who_can_not_be_read_keeps_no_other_from_being_looked_at(company_in_a_file: Company) -> None:
    company = company_in_a_file
    await approved(company)
    await approved(company, company.bram)
    later = company.clock.now + timedelta(minutes=1)
    await company.database.write(said("UPDATE accounts SET home_at = 'x' WHERE account_id = 'UANNA'"))
    found = await company.database.read(lambda store: store.people.to_look_at("slack", later, later))
    assert found == ["UANNA", "UBRAM"]


async def test_p5_a_call_that_can_not_be_read_keeps_no_other_from_being_seen_to(company_in_a_file: Company) -> None:
    company = company_in_a_file
    first, second = await midway(company), await midway(company, live("call-8"))
    await company.database.write(said(f"UPDATE declines SET looked_at = 'x' WHERE id = '{first}'"))
    assert [one.id for one in await company.database.read(lambda store: store.declines.live())] == [second]


async def test_p7_nor_does_one_that_somebody_asks_for(company_in_a_file: Company) -> None:
    company = company_in_a_file
    await ask(company, company.anna)
    await ask(company, company.anna, crm="CS-2", calls=company.calls[1:2])
    await company.database.write(said(f"UPDATE recordings SET started = 'x' WHERE id = {company.calls[0]}"))
    found = await company.database.read(lambda store: store.recordings.unidentified("file", company.clock.now, 9))
    assert [one.id for one in found] == [company.calls[1]]


async def test_p11_nor_does_a_matter_whose_words_are_to_go(company_in_a_file: Company) -> None:
    company = company_in_a_file
    requests = [await approved(company), await approved(company, company.bram)]
    await company.database.write(said(f"UPDATE matters SET closed_at = '' WHERE id = '{requests[0]}'"))
    later = company.clock.now + timedelta(days=1)
    found = await company.database.read(lambda store: store.matter_keys.closed(later, "", 9))
    assert [one.matter for one in found] == requests[1:]
