"""P7, P9: only whoever was asked decides, or whoever would be asked now."""

from __future__ import annotations

from handlers.access.intents import Approve, Deny, Question
from tests.handlers.builders import (
    POLICY,
    Company,
    also_asked,
    ask,
    away,
    refusal,
    stored,
)


async def test_p7_a_superior_who_was_not_asked_does_not_decide(company: Company) -> None:
    request = await ask(company, company.anna)
    for wanted in (Approve(request), Deny(request, "No."), Question(request, "Why?")):
        assert str(await refusal(company, wanted, company.helena)) == "I can't find this request."
    assert (await stored(company, request)).state == "waiting"
    await also_asked(company, request, company.helena)
    await company.door.enter(Approve(request), company.helena)
    decided = await stored(company, request)
    assert (decided.decided_by, decided.decided_as) == (company.helena.person_id, "Head of Customer Success")


async def test_p7_who_would_be_asked_now_decides_without_having_been_asked(company: Company) -> None:
    request = await ask(company, company.anna)
    company.door.policy = away(POLICY, "team_leader")
    await company.door.enter(Approve(request), company.deven)
    assert (await stored(company, request)).decided_as == "deputy of the Customer Success Specialist Team Leader"
