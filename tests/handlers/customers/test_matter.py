"""A customer's request is a matter like any other: who can't be reached is passed over, and roles are looked at anew (P8)."""

from __future__ import annotations

from dataclasses import replace

from handlers import MATTERS, matter_of, pressed
from handlers.acting import CLOCK, DELIVERY
from handlers.customers import deadlines
from handlers.customers.room import MATTER
from storage.matters import Reminder, begun_by
from tests.handlers.builders import POLICY, Company, audit, away, email, ledger
from tests.handlers.customers.acts import a_request, stored, viewed, withdrawing
from tests.handlers.reading import lines, looking, seen


async def test_p8_it_is_told_by_its_id() -> None:
    assert MATTER in MATTERS
    assert matter_of("C-1") is MATTER


async def test_p8_whoever_can_t_be_reached_is_passed_over(company: Company) -> None:
    request = await a_request(company)
    cards = [one for one in await ledger(company) if one.kind == "show"]
    for who in (company.tara, company.cora):
        card = next(one for one in cards if one.person_id == who.person_id)
        await company.door.enter(deadlines.reroute(request, who.person_id or 0, "user_disabled", card.id), DELIVERY)
    view = await viewed(company, request)
    there = {view.people[one.person_id].email_key for one in view.approvers}
    assert email("Tara Lindqvist") not in there
    assert there
    assert [action for _, action, *_ in await audit(company, request)][1:] == ["customer.reroute", "customer.reroute"]


async def test_p8_roles_and_absences_change_and_whoever_is_there_is_asked(company: Company) -> None:
    request = await a_request(company, company.cora)
    company.door.policy = away(POLICY, "team_leader")
    await company.door.enter(deadlines.recheck(request), CLOCK)
    view = await viewed(company, request)
    assert email("Deven Okafor") in {view.people[one.person_id].email_key for one in view.approvers}


async def test_p8_a_copy_that_was_lost_sight_of_is_brought_up_to_date(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(pressed(request), company.tara)


async def test_p8_what_waits_and_what_nobody_may_release_is_listed(company: Company) -> None:
    first, second = await a_request(company), await a_request(company, recordings=[])
    await company.door.enter(withdrawing(second), company.anna)
    assert await company.database.read(MATTER.waiting) == [first]
    assert await company.database.read(MATTER.stuck) == []


async def test_p8_it_knows_who_began_it(company: Company) -> None:
    row = await stored(company, await a_request(company))
    assert begun_by(row) == company.anna.person_id
    holders = await company.database.read(lambda store: store.matters.holders(row))
    assert holders == [company.anna.person_id, company.tara.person_id, company.cora.person_id]


async def test_p8_a_reminder_that_concerns_nobody_has_no_line(company: Company) -> None:
    request = await a_request(company)
    reminder = Reminder(
        id="1",
        matter_id=request,
        person_id=company.anna.person_id or 0,
        step="customer.odd",
        fell_at=company.clock.now,
        tell_at=company.clock.now,
    )
    assert await looking(company, company.anna, lambda act: MATTER.reminded(act, reminder)) is None


async def test_p8_who_was_asked_and_decides_no_more_reads_no_reason(company: Company) -> None:
    """Until the clock has looked, a card may stand with somebody whose role is another's by now."""
    request = await a_request(company)
    leader = POLICY.role("team_leader").model_copy(update={"holder": email("Miles Fairweather"), "deputies": ()})
    company.door.policy = POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"team_leader": leader})})
    told = lines(await seen(company, request, company.tara))
    assert told[0] == "⏳ Customer’s request · waiting for Cora Bellamy"
    assert "If it runs late, that stays on record." in told
    assert replace(await viewed(company, request)).clause == "P8"
