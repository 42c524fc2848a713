"""Meeting people: whoever comes is stored first, and a change of standing is recorded."""

from __future__ import annotations

from dataclasses import replace

from handlers import people
from handlers.acting import DELIVERY
from tests.each import each
from tests.handlers.builders import Company, account, ask, audit, email, ledger, left, meet, person, stored


async def test_somebody_new_is_recorded_by_number_and_standing(company: Company) -> None:
    cleo = await meet(company.door, account("UCLEO", "Cleo Marchetti", zone="Europe/London"))
    assert (cleo.standing, cleo.actor) == ("member", f"person:{cleo.person_id}")
    stored = await person(company, cleo)
    assert (stored.email_key, stored.name, stored.zone) == (email("Cleo Marchetti"), "Cleo Marchetti", "Europe/London")
    assert (await audit(company, cleo.actor))[-1] == ("delivery", "people.meet", "done", "", {"standing": "member"})


async def test_a_change_of_standing_is_recorded_and_another_name_without_a_word(company: Company) -> None:
    before = len(await audit(company))
    await meet(company.door, account("UANNA", "Anna Quill"))
    assert len(await audit(company)) == before
    await meet(company.door, replace(account("UANNA", "Anna Quill"), name="Anna Q. Quill"))
    await meet(company.door, account("UANNA", "Anna Quill", "deactivated"))
    await meet(company.door, account("UANNA", "Anna Quill", "deactivated"))
    assert [one[4] for one in (await audit(company))[before:]] == [{}, {"standing": "deactivated"}]
    assert (await person(company, company.anna)).standing == "deactivated"


async def test_p7_the_card_of_an_approver_who_may_decide_no_more_finds_that_out(company: Company) -> None:
    request = await ask(company, company.anna)
    before = len(await ledger(company))
    await meet(company.door, account("UTARA", "Tara Lindqvist", "deactivated"))
    assert await left(company, before) == [("show", "tara")]
    assert (await stored(company, request)).revision == 2
    await meet(company.door, account("UTARA", "Tara Lindqvist"))
    await meet(company.door, account("UBRAM", "Bram Tolliver", "deactivated"))
    assert len(await ledger(company)) == before + 1


async def test_an_account_without_an_address_is_nobody_and_leaves_nothing(company: Company) -> None:
    before = await audit(company)
    met = await company.door.enter(people.meet(replace(account("U9", "Nobody"), email_key="", email="")), DELIVERY)
    assert (met.person_id, met.standing) == (None, "member")
    assert await audit(company) == before


@each("zone", ["Mars/Olympus", "", "/etc/passwd", "Europe/London\0"])
async def test_a_zone_that_nobody_knows_changes_nothing_and_who_is_new_is_where_the_company_is(
    company: Company, zone: str
) -> None:
    for told in ("Europe/London", zone):
        anna = await meet(company.door, account("UANNA", "Anna Quill", zone=told))
    assert (await person(company, anna)).zone == "Europe/London"
    new = await meet(company.door, account("UNEW", "New Comer", zone=zone))
    assert (await person(company, new)).zone == "Australia/Sydney"
