"""P7, P9: a wish in a sentence finds its call; words of lawyers make the form ask which route it is."""

import pytest

from handlers.access import asking, deciding
from handlers.access import forms as filling
from handlers.access.forms import AccessForm, InvestigationForm, SpecialForm, form_for
from handlers.cards import Filled, Sheet
from handlers.rules.access import sounds_special
from tests.each import each
from tests.handlers.builders import POLICY, Company, answers, refusal, stored
from tests.handlers.reading import detailed, lines, looking
from tests.reconciled import findings


async def sought(company: Company, words: str) -> tuple[Sheet, Filled]:
    return await looking(company, company.anna, lambda ctx: filling.form_for_search(ctx, words))


async def test_p7_a_sentence_finds_its_call(company: Company) -> None:
    sheet, filled = await sought(company, "I need the call with 0412 345 671 because the customer complained")
    assert filled.values == {"recordings": [str(company.calls[0])], "crm": "CS-10443"}
    assert (sheet.intro.startswith("I found this call."), sheet.sought) == (True, "")


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
    assert sounds_special(POLICY, reason, words) is asked
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
    caution = "⚠️ This sounds like an investigation or a legal claim. If it is one, deny it"
    assert any(line.startswith(caution) for line in card)
    mine = lines(await detailed(company, filed.request, company.anna))
    assert "Is this an investigation or a legal claim? You answered: No" in mine
    await company.door.enter(deciding.approve_request(filed.request), company.tara)
    assert "Is this an investigation or a legal claim? Anna Quill answered: No" in lines(
        await detailed(company, filed.request, company.tara)
    )
    assert await findings(company.database) == []
