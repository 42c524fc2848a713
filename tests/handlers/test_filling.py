"""D3, D4: what stands in a form when it opens, the calls' own CRM reference, and what is said of another one (P7)."""

import pytest

from handlers import recordings
from handlers.access import asking, deciding
from handlers.access import forms as filling
from handlers.acting import CLOCK, Actor
from handlers.cards import Filled, Sheet
from handlers.policy import Policy
from tests.each import each
from tests.handlers.builders import CLAIM, POLICY, Company, ask, call, email, form, refusal, register, with_access
from tests.handlers.reading import lines, looking, seen

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

    async def test_d3_nobody_learns_of_calls_that_may_not_be_known_of(self, company: Company) -> None:
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
    assert (filled.values["recordings"], "can no longer be asked for" in sheet.intro) == ([], True)


async def test_d4_nobody_else_reads_what_was_asked(company: Company) -> None:
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
    assert refused.fields == {"crm": f"This is no reference of the CRM. The one of this call is {OWN}."}


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
