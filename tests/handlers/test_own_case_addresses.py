"""P7, P8, P14: an address that changed makes nobody two people, whichever of them the policy names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.access import deciding
from handlers.acting import Visitor
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.addresses import NEW, OLD, SETTLE, approvers, led_by, moves, twin
from tests.handlers.builders import (
    NAMES,
    Company,
    account,
    ask,
    audit,
    call,
    ledger,
    meet,
    refusal,
    register,
    words_for,
)


async def _in_teams(company: Company) -> Visitor:
    """Tara's account in Teams still has the address of before, and meets the bot for the first time."""
    return await meet(company.door, replace(account("TTARA", NAMES["tara"]), platform="teams"))


@each("named", [OLD, NEW])
async def test_p7_a_new_account_with_an_address_of_before_is_nobody_until_it_is_settled(
    company: Company, named: str
) -> None:
    await moves(company)
    company.door.policy = led_by(named)
    teams = await _in_teams(company)
    slack = await meet(company.door, replace(account("UTARA", NAMES["tara"]), email=NEW, email_key=NEW))
    for who in (teams, slack):
        assert (who.person_id, who.standing) == (company.tara.person_id, "ambiguous")
        with pytest.raises(Refused) as refused:
            await ask(company, who)
        assert (str(refused.value), refused.value.code) == (SETTLE, "ambiguous")
    request = await ask(company, company.anna)
    assert await approvers(company, request) == {company.deven.person_id}
    assert len([one for one in await words_for(company, company.ruth) if "find out in person" in one]) == 1


@pytest.mark.parametrize("named", [OLD, NEW])
async def test_p7_whom_a_version_before_made_two_people_of_decides_in_neither_her_own_request(
    company: Company, named: str
) -> None:
    teams = await twin(company)
    company.door.policy = led_by(named)
    asker, other = (teams, company.tara) if named == NEW else (company.tara, teams)
    request = await ask(company, asker)
    assert await approvers(company, request) == {company.helena.person_id}
    assert (await refusal(company, deciding.approve_request(request), other)).code in {"requester", "unknown"}
    assert not [one for one in await ledger(company, other) if one.kind == "show"]


@pytest.mark.parametrize("named", [OLD, NEW])
async def test_p7_nor_a_request_for_a_call_that_she_was_on(company: Company, named: str) -> None:
    """The call names one address, and the policy the other one."""
    await twin(company)
    company.door.policy = led_by(named)
    other = ({OLD, NEW} - {named}).pop()
    [hers] = await register(company.door, call(7, operator_key=other, operator_name="Tara"))
    request = await ask(company, company.anna, calls=[hers])
    assert await approvers(company, request) == {company.helena.person_id}


async def test_p7_the_policy_may_name_whom_nobody_met_by_the_address_of_before(company: Company) -> None:
    """She has one account alone, and it is of no use to her that the policy was not brought along."""
    await moves(company)
    request = await ask(company, company.tara)
    assert await approvers(company, request) == {company.helena.person_id}


async def test_p7_what_is_said_of_her_goes_past_her_under_every_address(company: Company) -> None:
    """The Manager, Human Resources is told of accounts, but not of her own ones."""
    await moves(company, "ruth", "r.new@fernhill.example")
    await meet(company.door, replace(account("TRUTH", NAMES["ruth"]), platform="teams"))
    told = [one for one in await audit(company) if one[1] == "people.meet"][-1]
    assert told[4]["warned"] == [company.miles.person_id]
