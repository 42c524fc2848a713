"""P6, P7, P9: a request is stored once, with what it needs, and goes to whoever decides it."""

import asyncio
from typing import Any

import pytest

from handlers import recordings
from handlers.access import asking
from handlers.access.forms import AccessForm
from handlers.access.state import Filed
from handlers.acting import CLOCK
from storage.records import Request
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    Company,
    answers,
    ask,
    audit,
    call,
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


async def test_several_submissions_at_once_are_one_request(company: Company) -> None:
    wishes = [asking.file_request(form(company.calls[:1]), f"slack:V{one % 3}") for one in range(9)]
    filed = await asyncio.gather(*(company.door.enter(one, company.anna) for one in wishes))
    assert len({one.request for one in filed}) == 1
    assert sum(not one.again for one in filed) == 3
    assert len(await ledger(company)) == 2
