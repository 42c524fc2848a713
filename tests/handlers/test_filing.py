"""P6, P7, P9: what is in a form when it opens, what is told at its fields, and that a request is stored once and goes to its decider."""

from typing import Any

import pytest

from handlers import recordings
from handlers.access import asking, deciding
from handlers.access import forms as filling
from handlers.access.forms import AccessForm, InvestigationForm, SpecialForm, form_for
from handlers.access.state import Filed
from handlers.acting import CLOCK, Actor
from handlers.cards import Filled, Sheet
from handlers.policy import Policy
from handlers.rules.access import suggests_investigation
from storage.records import Request
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    Company,
    answers,
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
    with_access,
    written,
)
from tests.handlers.reading import detailed, labels, lines, looking, seen
from tests.reconciled import findings


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
            {"recordings": "A request can have 10 calls at most. Please ask for the others separately."}, "P7",
        ),
        (
            {"reason": "crime"},
            {"reason": "This reason needs more details. Please choose it again and fill in the rest."}, "P9",
        ),
    ],
)  # fmt: skip
async def test_p6_p7_what_must_be_fixed_is_told_at_its_field(
    company: Company, more: dict[str, Any], fields: dict[str, str], clause: str
) -> None:
    filled = AccessForm.read({**answers(company.calls[:1]), **more})
    refused = await refusal(company, asking.file_request(filled, "slack:V1"), company.anna)
    assert refused.fields == fields
    assert str(refused) == " ".join(fields.values())
    assert (await _count(company), await left(company)) == (0, [])
    [(_, action, outcome, of, detail)] = (await audit(company))[-1:]
    assert (action, outcome, of, detail) == ("access.file", "refused", clause, {"why": "form"})


async def test_p4_a_call_of_another_line_or_that_is_gone_cannot_be_asked_for(company: Company) -> None:
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


OWN = "CS-10443"  # of the first call


async def _sought(company: Company, words: str, who: Actor | None = None) -> tuple[Sheet, Filled]:
    return await looking(company, who or company.anna, lambda ctx: filling.form_for_search(ctx, words))


@each("words", ["0412 345 671", "CS-10443", "cs10443", "10443"])
async def test_d3_one_call_that_is_found_is_chosen_with_its_reference(company: Company, words: str) -> None:
    sheet, filled = await _sought(company, words)
    assert filled.values == {"recordings": [str(company.calls[0])], "crm": OWN}
    assert [one.value for one in filled.offered["recordings"]] == [str(company.calls[0])]
    assert (sheet.intro, sheet.sought) == ("I found this call. Please check it before you send.", words)


async def test_d3_several_are_offered_and_none_is_chosen(company: Company) -> None:
    sheet, filled = await _sought(company, " 0412  345 ")
    assert sheet.intro == "I found 3 calls. They come first in the list."
    assert (filled.values, len(filled.offered["recordings"])) == ({"recordings": [], "crm": ""}, 3)


class TestInADepartment:
    @pytest.fixture
    def policy(self) -> Policy:
        return with_access(POLICY, search_scope="department")

    async def test_d3_no_one_learns_of_calls_that_may_not_be_known_of(self, company: Company) -> None:
        [sold] = await register(
            company.door, call(7, department="sales", operator_key="x@fernhill.example", crm="CS-7")
        )
        assert (await _sought(company, "CS-7", company.anna))[1].values["recordings"] == []
        chosen = {"recordings": [str(sold)]}
        assert await looking(company, company.anna, lambda ctx: filling.own_reference(ctx, chosen)) == ""


@each(("chosen", "own"), [([0], OWN), ([3, 1], "CS-10444"), ([3], ""), ([], ""), (["x", "٣", "9" * 20], ""), ([4], "")])
async def test_d3_the_reference_is_the_chosen_calls_own(company: Company, chosen: list[int | str], own: str) -> None:
    calls = [*company.calls, *await register(company.door, call(4, crm=""), call(5, crm="C" * 61))]
    picked = [str(calls[one]) if isinstance(one, int) else one for one in chosen]
    assert await looking(company, company.anna, lambda ctx: filling.own_reference(ctx, {"recordings": picked})) == own
    supplied = await looking(company, company.anna, lambda ctx: filling.supplied_reference(ctx, {"recordings": picked}))
    assert supplied == ({"crm": own} if own else {})


async def test_d4_ask_again_fills_in_what_was_asked_with_the_calls_that_are_still_there(company: Company) -> None:
    request = await ask(company, company.anna, calls=company.calls[:2], **CLAIM)
    await company.door.enter(deciding.deny_request(request, "No."), company.helena)
    await company.door.enter(recordings.register_calls("file", (), ["call-1"]), CLOCK)
    sheet, filled = await looking(company, company.anna, lambda ctx: filling.refilled_form(ctx, request))
    assert filled.values == {
        "reason": "legal_claim", "recordings": [str(company.calls[1])], "crm": "CS-10442",
        "purpose": "The customer complains.", "matter": "Claim 12", "basis": "Police ref 9", "audience": "nobody",
        "concerned": [],
    }  # fmt: skip
    assert [one.name for one in sheet.fields][-4:] == ["matter", "basis", "audience", "concerned"]
    assert sheet.intro == f"This is filled in from {request}. Please check it before you send."
    await company.door.enter(recordings.register_calls("file", (), ["call-2"]), CLOCK)
    sheet, filled = await looking(company, company.anna, lambda ctx: filling.refilled_form(ctx, request))
    assert (filled.values["recordings"], "choose again" in sheet.intro) == ([], True)


async def test_p7_a_request_that_was_asked_again_offers_it_no_more(company: Company) -> None:
    first = await ask(company, company.anna)
    await company.door.enter(deciding.deny_request(first, "No."), company.tara)
    assert labels(await seen(company, first, company.anna)) == ["Ask again"]
    before = len(await ledger(company))
    assert await ask(company, company.anna) != first
    redrawn = [
        one.payload.get("matter") for one in (await ledger(company))[before:] if one.person_id == company.anna.person_id
    ]
    assert first in redrawn
    assert labels(await seen(company, first, company.anna)) == []
    assert await findings(company.database) == []


async def test_d4_no_one_else_reads_what_was_asked(company: Company) -> None:
    request = await ask(company, company.anna)
    unknown = await looking(company, company.anna, lambda ctx: filling.refilled_form(ctx, "R-NONE"))
    for sheet, filled in (
        unknown,
        await looking(company, company.tara, lambda ctx: filling.refilled_form(ctx, request)),
    ):
        assert (filled, sheet.intro) == (Filled(), "")


async def test_d3_what_is_no_reference_is_told_at_its_field(company: Company) -> None:
    refused = await refusal(
        company, asking.file_request(form(company.calls[:1], crm="no idea"), "slack:V"), company.anna
    )
    assert refused.fields == {"crm": f"This isn’t a CRM reference. This call has {OWN}."}


def _alarms(told: list[str]) -> list[str]:
    return [one for one in told if one.startswith("⚠️")]


async def test_d3_another_reference_than_the_calls_own_is_said_to_requester_and_approver(company: Company) -> None:
    other = await ask(company, company.anna, crm="CS-5")
    several = await ask(company, company.anna, calls=company.calls[:2], crm="CS-6")
    own = await ask(company, company.anna, calls=company.calls[1:3], crm="CS-10445")
    for who in (company.anna, company.tara):
        told = [_alarms(lines(await seen(company, one, who))) for one in (other, several, own)]
        assert told == [
            [f"⚠️ CS-5 is not the CRM reference of this call ({OWN})."],
            [f"⚠️ CS-6 is not the CRM reference of these calls ({OWN} and 1 more)."],
            [],
        ]
    await company.door.enter(deciding.deny_request(other, "No."), company.tara)
    assert _alarms(lines(await seen(company, other, company.anna))) == []


async def test_d3_calls_of_a_similar_name_are_offered_and_never_chosen(company: Company) -> None:
    await register(company.door, call(9, operator_name="Anna Quill", operator_key=email("Anna Quill")))
    sheet, filled = await _sought(company, "Ana Quil")
    assert sheet.intro == "No call matches exactly. The nearest come first."
    assert (filled.values["recordings"], len(filled.offered["recordings"])) == ([], 1)


async def sought(company: Company, words: str) -> tuple[Sheet, Filled]:
    return await looking(company, company.anna, lambda ctx: filling.form_for_search(ctx, words))


async def test_p7_a_sentence_finds_its_call(company: Company) -> None:
    sheet, filled = await sought(company, "I need the call with 0412 345 671 because the customer complained")
    assert filled.values == {"recordings": [str(company.calls[0])], "crm": "CS-10443"}
    assert (sheet.intro.startswith("I found this call."), sheet.sought) == (True, "0412 345 671")


@each(
    ("words", "intro", "offered"),
    [
        ("I need the call with 0412 345 999 yesterday for a complaint", "No call matches 0412 345 999. Calls that match your other words come first.", 1),
        ("0412 345 999 yesterday", "No call matches 0412 345 999. Calls that match your other words come first.", 1),
        ("I need the call with 0412 345 999 for a complaint", f"No call matches 0412 345 999. {filling.LOOK}", 0),
        ("I need the call of yesterday morning for a complaint", filling.NEAR, 1), ("the call at 4pm yesterday please", filling.NEAR, 1), ("Zora yesterday", filling.NEAR, 1),
        ("I need the call with 0412 345 671 yesterday morning for a complaint", filling.NEAR, 1),
        ("I need the call with 0412 345 671 on 22/11 for a complaint", filling.NEAR, 1),
        ("I need the call with •••• 999 yesterday for a complaint", "No call matches •••• 999. Calls that match your other words come first.", 1),
        ("I need the call with 0412 345 671 yesterday afternoon for a complaint", filling.ONE, 1),
        ("I need the call to +61 2 8197 9000 from 0412 345 999 yesterday please", "No call matches 0412 345 999. Calls that match your other words come first.", 1),
        ("I need the call to +61 2 8197 9000 from 0412 345 671 yesterday please", filling.ONE, 1), ("I need the call with CS-99999 yesterday please", filling.NEAR, 1),
        ("Good morning, I need the call with 0412 345 671 yesterday for coaching tomorrow morning", filling.ONE, 1),
    ],
)  # fmt: skip
async def test_p7_a_call_of_another_number_day_or_time_is_never_chosen(
    company: Company, words: str, intro: str, offered: int
) -> None:
    sheet, filled = await sought(company, words)
    found = [one.value for one in filled.offered["recordings"]]
    assert (sheet.intro, len(found)) == (intro, offered)
    assert filled.values["recordings"] == (found if intro == filling.ONE else [])


@each(
    ("reason", "words", "asked"),
    [
        ("complaint", "Her lawyer wrote.", True), ("training", "The police rang.", True), ("complaint", "It went to court", True),
        ("performance", "A disciplinary meeting", True), ("complaint", "An insurance claim", True), ("complaint", "The price.", False),
        ("complaint", "She went to the Ombudsman", True), ("training", "An affidavit is due", True), ("complaint", "Arbitration in May", True),
        ("training", "Evidence of a crime", True), ("training", "To prevent fraud", True), ("complaint", "Her card was stolen", True),
        ("complaint", "They sent a letter of demand", True), ("complaint", "A demand letter came", True), ("training", "She was robbed", True), ("training", "Defrauded by thieves", True), ("complaint", "He calls it slander", True), ("complaint", "Rob called", False),
        ("training", "A burglar rang her", True), ("complaint", "He says it’s a scam", True), ("complaint", "She was scammed", True),
        ("complaint", "They burgled his shop", True), ("complaint", "A cease-and-desist came", True), ("complaint", "Her letter about demand", False),
        ("complaint", "The fire alarm rang", False), ("legal_claim", "Her lawyer wrote.", False), ("nonsense", "Her lawyer wrote.", False), ("complaint", "", False),
    ],
)  # fmt: skip
def test_p9_words_of_lawyers_behind_a_reason_of_staff_are_asked_about(reason: str, words: str, asked: bool) -> None:
    assert suggests_investigation(POLICY, reason, words) is asked
    kind = InvestigationForm if reason == "legal_claim" else SpecialForm if asked else AccessForm
    assert form_for(POLICY, reason, words) is kind


@pytest.mark.parametrize("special", ["no", "yes"])
async def test_p9_a_no_is_filed_and_a_yes_is_told_which_reason_to_choose(company: Company, special: str) -> None:
    told = answers(company.calls[:1], purpose="Her lawyer wrote.", special=special)
    intent = asking.file_request(SpecialForm.read(told), "slack:V1")
    if special == "yes":
        refused = await refusal(company, intent, company.anna)
        assert "“Defence of a legal claim” as the reason" in refused.fields["reason"]
    else:
        filed = await company.door.enter(intent, company.anna)
        assert (await stored(company, filed.request)).reason == "complaint"


async def test_p9_the_question_and_the_answer_stand_on_the_approvers_card(company: Company) -> None:
    told = answers(
        company.calls[:1], reason="training", purpose="Our lawyer wants it for the court case.", special="no"
    )
    filed = await company.door.enter(asking.file_request(SpecialForm.read(told), "slack:V1"), company.anna)
    card = lines(await detailed(company, filed.request, company.tara))
    assert "Is this an investigation or a legal claim? Anna Quill answered: No" in card
    caution = "⚠️ This sounds like an investigation or a legal claim. If it is, deny it"
    assert any(line.startswith(caution) for line in card)
    mine = lines(await detailed(company, filed.request, company.anna))
    assert "Is this an investigation or a legal claim? You answered: No" in mine
    await company.door.enter(deciding.approve_request(filed.request), company.tara)
    assert "Is this an investigation or a legal claim? Anna Quill answered: No" in lines(
        await detailed(company, filed.request, company.tara)
    )
    assert await findings(company.database) == []


async def test_p9_the_same_calls_in_another_matter_are_another_request(company: Company) -> None:
    first = await ask(company, company.anna, **CLAIM)
    assert await ask(company, company.anna, **CLAIM) == first
    assert await ask(company, company.anna, **{**CLAIM, "matter": "Another claim"}) != first
