"""P6, P7, P9: a request is stored once, with what it needs, and goes to whoever decides it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from handlers import recordings
from handlers.access import asking, deciding
from handlers.access import room as access_room
from handlers.access.forms import AccessForm
from handlers.access.state import Filed
from handlers.acting import CLOCK
from storage.records import Request
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    Company,
    answers,
    approved,
    ask,
    audit,
    call,
    email,
    form,
    ledger,
    left,
    refusal,
    register,
    stored,
    written,
)


async def _count(company: Company) -> int:
    return await company.database.read(lambda store: store.session.query(Request).count())


async def test_p7_a_request_goes_to_the_team_leader(company: Company) -> None:
    filed = await company.door.enter(asking.file_request(form(company.calls[:2]), "slack:V1"), company.anna)
    request = await stored(company, filed.request)
    assert (filed.again, request.state, request.revision) == (False, "waiting", 1)
    assert (request.reason, request.crm, request.asked_at) == ("complaint", "CS-10442", company.clock.now)
    assert (await written(company, request.id)).purpose == "The customer complains."
    parties = await company.database.read(lambda store: store.matters.parties(request.id))
    tara, anna = company.tara.person_id, f"person:{company.anna.person_id}"
    assert [(one.person_id, one.part, one.role) for one in parties] == [(tara, "approver", "team_leader")]
    assert await left(company) == [("show", "anna"), ("show", "tara")]
    detail = {
        "recordings": company.calls[:2], "reason": "complaint", "longer": False, "asked": [tara], "told": [], "because": "",
        "roles": {str(tara): "team_leader"},
    }  # fmt: skip
    assert await audit(company, request.id) == [(anna, "access.file", "done", "P7", detail)]


async def test_p9_a_claim_goes_to_the_head_with_its_details(company: Company) -> None:
    request = await stored(company, await ask(company, company.anna, **CLAIM))
    said = await written(company, request.id)
    assert request.longer
    assert (said.legal_matter, said.basis, said.audience) == ("Claim 12", "Police ref 9", "nobody")
    assert await left(company) == [("show", "anna"), ("show", "helena")]
    assert [(one[1], one[3]) for one in await audit(company, request.id)] == [("access.file", "P9")]


@each(
    ("more", "fields", "clause"),
    [
        ({"reason": "curiosity"}, {"reason": "Please choose one of the eight reasons."}, "P6"),
        ({"recordings": ["999"]}, {"recordings": "One of these calls is no longer there. Please choose again."}, "P7"),
        (
            {"recordings": ["998", "1", "999"]},
            {"recordings": "2 of these calls are no longer there. Please choose again."}, "P7",
        ),
        (
            {"recordings": [str(one) for one in range(1, 12)]},
            {"recordings": "One request takes 10 calls at most. Please file the others separately."}, "P7",
        ),
        (
            {"reason": "crime"},
            {"reason": "This reason asks for more details. Please choose it again and fill in the rest."}, "P9",
        ),
    ],
)  # fmt: skip
async def test_p6_p7_what_must_be_mended_is_told_at_its_field(
    company: Company, more: dict[str, Any], fields: dict[str, str], clause: str
) -> None:
    filled = AccessForm.read({**answers(company.calls[:1]), **more})
    refused = await refusal(company, asking.file_request(filled, "slack:V1"), company.anna)
    assert refused.fields == fields
    assert str(refused) == " ".join(fields.values())
    assert (await _count(company), await left(company)) == (0, [])
    [(_, action, outcome, of, detail)] = (await audit(company))[-1:]
    assert (action, outcome, of, detail) == ("access.file", "refused", clause, {"why": "form"})


async def test_p7_a_request_names_at_least_one_call(company: Company) -> None:
    nothing = AccessForm.model_construct(reason="complaint", recordings=[], crm="CS-1", purpose="To hear it.")
    refused = await refusal(company, asking.file_request(nothing, "slack:V1"), company.anna)
    assert refused.fields == {"recordings": "Please choose at least one call."}


async def test_p4_a_call_of_another_line_or_that_is_gone_can_not_be_asked_for(company: Company) -> None:
    [outside] = await register(company.door, call(7, line="+61298765432"))
    await company.door.enter(recordings.register_calls("file", (), ["call-1"]), CLOCK)
    for one in (outside, company.calls[0]):
        refused = await refusal(company, asking.file_request(form([one]), f"slack:V{one}"), company.anna)
        assert refused.fields == {"recordings": "One of these calls is no longer there. Please choose again."}


async def test_the_same_submission_twice_is_one_request(company: Company) -> None:
    wanted = asking.file_request(form(company.calls[:1]), "slack:V1")
    first = await company.door.enter(wanted, company.anna)
    before = await audit(company)
    again = await company.door.enter(wanted, company.anna)
    assert (again.request, again.again, await _count(company)) == (first.request, False, 1)
    assert await audit(company) == before
    assert len(await ledger(company)) == 2


@each("more", [{}, {"crm": "cs-10442"}, {"purpose": "In other words."}, {"recordings": ["2", "1", "2"]}])
async def test_p7_the_same_wish_again_is_the_request_that_is_open(company: Company, more: dict[str, Any]) -> None:
    request = await ask(company, company.anna, calls=[1, 2])
    filled = AccessForm.read({**answers([1, 2]), **more})
    again = await company.door.enter(asking.file_request(filled, "slack:W1"), company.anna)
    assert again == Filed(request, again=True)
    assert await _count(company) == 1


@pytest.mark.parametrize(
    "more", [{"reason": "training"}, {"crm": "CS-10443"}, {"recordings": ["1"]}, {"recordings": ["1", "3"]}]
)
async def test_p7_another_reason_call_or_reference_is_another_request(company: Company, more: dict[str, Any]) -> None:
    """Approval is bound to what was asked."""
    await ask(company, company.anna, calls=[1, 2])
    filled = AccessForm.read({**answers([1, 2]), **more})
    again = await company.door.enter(asking.file_request(filled, "slack:W1"), company.anna)
    assert (again.again, await _count(company)) == (False, 2)


async def test_p7_the_same_wish_of_somebody_else_is_another_request(company: Company) -> None:
    first = await ask(company, company.anna)
    second = await ask(company, company.helena)
    assert first != second


async def test_p7_what_was_decided_can_be_asked_for_anew(company: Company) -> None:
    first = await approved(company)
    second = await ask(company, company.anna)
    await company.door.enter(deciding.withdraw_request(second), company.anna)
    third = await ask(company, company.anna)
    assert len({first, second, third}) == 3


async def test_several_submissions_at_once_are_one_request(company: Company) -> None:
    wishes = [asking.file_request(form(company.calls[:1]), f"slack:V{one % 3}") for one in range(9)]
    filed = await asyncio.gather(*(company.door.enter(one, company.anna) for one in wishes))
    assert len({one.request for one in filed}) == 1
    assert sum(not one.again for one in filed) == 3
    assert len(await ledger(company)) == 2


async def test_p7_the_team_leaders_own_request_goes_to_the_head(company: Company) -> None:
    await ask(company, company.tara)
    assert await left(company) == [("show", "tara"), ("show", "helena")]


async def test_p7_the_heads_own_request_goes_down_and_hr_is_told_of_the_decision(company: Company) -> None:
    request = await ask(company, company.helena)
    assert await left(company) == [("show", "helena"), ("show", "tara")]
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert (await left(company))[2:] == [("show", "helena"), ("show", "tara"), ("show", "ruth"), ("tell", "helena")]


async def test_p9_the_heads_own_claim_goes_to_hr_and_never_down(company: Company) -> None:
    await ask(company, company.helena, **CLAIM)
    assert await left(company) == [("show", "helena"), ("show", "ruth")]


async def test_p11_an_approver_who_was_on_the_call_is_passed_over(company: Company) -> None:
    [hers] = await register(company.door, call(8, operator_key=email("Tara Lindqvist"), operator_name="Tara Lindqvist"))
    await ask(company, company.anna, calls=[company.calls[0], hers])
    assert await left(company) == [("show", "anna"), ("show", "helena")]


async def test_whoever_may_act_may_open_the_form(company: Company) -> None:
    before = await audit(company)
    await company.door.enter(access_room.begin_request(), company.anna)
    assert await audit(company) == before


async def test_a_deadline_of_a_request_that_never_was_is_refused(company: Company) -> None:
    refused = await refusal(company, deciding.expire_access("R-NEVER"), CLOCK)
    assert refused.code == "unknown"
