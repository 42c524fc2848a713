"""P7: nobody decides in his or her own case, or asks for what is not for him or her, under whatever name."""

from dataclasses import replace

import pytest

from handlers import people
from handlers.access import asking, deciding
from handlers.acting import DELIVERY, Actor
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.addresses import NEW, OLD, SETTLE, approvers, led_by, moves
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Company,
    account,
    ask,
    away,
    call,
    email,
    form,
    meet,
    parts,
    refusal,
    register,
    with_role,
    words_for,
)


async def test_p7_who_was_on_the_call_under_an_earlier_address_does_not_decide_it(company: Company) -> None:
    """The recording system goes on naming the address of the day of the call."""
    [his] = await register(company.door, call(7, operator_key=email("Deven Okafor"), operator_name="Deven Okafor"))
    moved = replace(
        account("UDEVEN", NAMES["deven"]), email="d.okafor@fernhill.example", email_key="d.okafor@fernhill.example"
    )
    await company.door.enter(people.meet_account(moved), DELIVERY)
    deputy = with_role(POLICY, "team_leader", deputies=("d.okafor@fernhill.example",))
    company.door.policy = away(deputy, "team_leader")
    request = await ask(company, company.anna, calls=[his])
    assert "deven" not in await parts(company, request)
    assert (await refusal(company, deciding.approve_request(request), company.deven)).code == "operator"


async def test_a_form_that_was_saved_before_it_was_changed_says_so(company: Company) -> None:
    filed = await company.door.enter(asking.file_request(form(company.calls[:1]), "view-1"), company.anna)
    refused = await refusal(company, asking.file_request(form(company.calls[1:2]), "view-1"), company.anna)
    assert str(refused) == (
        f"Your first try was saved after all, as {filed.request}. Withdraw it on its card if it should say something else."
    )


async def _in_teams(company: Company) -> Actor:
    """Tara's account in Teams still has the address of before, and meets the bot for the first time."""
    return await meet(company.door, replace(account("TTARA", NAMES["tara"]), platform="teams"))


@each("named", [OLD, NEW])
async def test_p7_an_account_with_a_former_address_is_nobody_until_settled(company: Company, named: str) -> None:
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
