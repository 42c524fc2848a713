"""P7, P8, P14: an address that changed makes nobody two people, whichever of them the policy names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.acting import Visitor
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.addresses import NEW, OLD, SETTLE, approvers, led_by, moves
from tests.handlers.builders import (
    NAMES,
    Company,
    account,
    ask,
    audit,
    meet,
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


async def test_p7_what_is_said_of_her_goes_past_her_under_every_address(company: Company) -> None:
    """The Manager, Human Resources is told of accounts, but not of her own ones."""
    await moves(company, "ruth", "r.new@fernhill.example")
    await meet(company.door, replace(account("TRUTH", NAMES["ruth"]), platform="teams"))
    told = [one for one in await audit(company) if one[1] == "people.meet"][-1]
    assert told[4]["warned"] == [company.miles.person_id]
