"""Only members of the company may ask and decide; everybody else is refused, and the refusal is recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handlers import home, listening
from handlers.access import asking, deciding
from handlers.access import room as access_room
from handlers.acting import Visitor
from handlers.handling import Intent
from tests.each import each
from tests.handlers.builders import Company, account, ask, audit, form, ledger, meet, refusal

pytestmark = pytest.mark.long

Make = Callable[[str], Intent[None]]
STANDINGS = ["guest", "foreign", "deactivated", "bot", "ambiguous", "something new"]
ACTS: dict[str, Make] = {
    "access.begin": lambda _: access_room.begin(),
    "access.approve": deciding.approve_request,
    "access.deny": lambda request: deciding.deny_request(request, "No."),
    "access.question": lambda request: deciding.ask_requester(request, "Why?"),
    "access.answer": lambda request: deciding.answer_question(request, "Because."),
    "access.withdraw": deciding.withdraw_request,
    "home.open": lambda _: home.open_home(),
}


@each("standing", STANDINGS)
async def test_whoever_is_no_member_is_refused_for_everything(company: Company, standing: str) -> None:
    """The approver's own account, in another standing at the moment of the click."""
    request, before = await ask(company, company.anna), len(await ledger(company))
    code = "unknown" if standing == "something new" else standing
    for who in (Visitor("slack:UTARA", company.tara.person_id, standing), Visitor("slack:U0X", None, standing)):
        for action, make in ACTS.items():
            refused = await refusal(company, make(request), who)
            assert refused.code == code, action
            assert (await audit(company))[-1][:3] == (who.actor, action, "refused")
            assert (await audit(company))[-1][4] == {"why": code}
        assert (await refusal(company, asking.file_request(form(company.calls[:1]), "slack:V9"), who)).code == code
        assert (await refusal(company, listening.listen(request), who)).code == code
    assert len(await ledger(company)) == before


@each("standing", ["guest", "deactivated"])
async def test_somebody_who_lost_membership_between_card_and_click_decides_nothing(
    company: Company, standing: str
) -> None:
    request = await ask(company, company.anna)
    tara = await meet(company.door, account("UTARA", "Tara Lindqvist", standing))
    assert tara.standing == standing
    assert (await refusal(company, deciding.approve_request(request), tara)).code == standing


async def test_a_second_account_makes_both_ambiguous_for_asking_and_deciding(company: Company) -> None:
    request = await ask(company, company.anna)
    second = await meet(company.door, account("U0SECOND", "Tara Lindqvist"))
    first = await meet(company.door, account("UTARA", "Tara Lindqvist"))
    for who in (first, second):
        assert (await refusal(company, deciding.approve_request(request), who)).code == "ambiguous"
        assert (
            await refusal(company, asking.file_request(form(company.calls[:1]), "slack:V9"), who)
        ).code == "ambiguous"


async def test_an_account_that_was_never_met_is_nobody(company: Company) -> None:
    request = await ask(company, company.anna)
    refused = await refusal(company, deciding.approve_request(request), Visitor("slack:U0NEW"))
    assert refused.code == "nobody"
