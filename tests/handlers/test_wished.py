"""P7, P9: a wish in a sentence fills the form in, within its hours."""

from __future__ import annotations

from datetime import timedelta

from handlers.access import forms as filling
from handlers.cards import Filled, Sheet
from tests.handlers.builders import Company, call, register
from tests.handlers.reading import looking
from tests.moments import NOW


async def sought(company: Company, words: str) -> tuple[Sheet, Filled]:
    return await looking(company, company.anna, lambda act: filling.sought(act, words))


async def test_p7_a_sentence_finds_its_call_and_says_why(company: Company) -> None:
    sheet, filled = await sought(company, "I need the call with 0412 345 671 because the customer complained")
    assert filled.values == {
        "recordings": [str(company.calls[0])], "crm": "CS-10443", "reason": "complaint", "purpose": "Because the customer complained",
    }  # fmt: skip
    assert (sheet.intro.startswith("This call was found by what you wrote."), sheet.sought) == (True, "")


async def test_p7_of_a_day_the_hours_that_are_named_tell_which(company: Company) -> None:
    """Three calls of Monday: one at 14:00 in Sydney, one at 9:00, one at 19:00."""
    monday = NOW - timedelta(days=1)
    early, late = await register(
        company.door, call(8, started=monday - timedelta(hours=5)), call(9, started=monday + timedelta(hours=5))
    )
    told = {"morning": early, "afternoon": company.calls[0], "evening": late}
    for part, which in told.items():
        _, filled = await sought(company, f"I need the call of yesterday {part}")
        assert filled.values["recordings"] == [str(which)]
    _, filled = await sought(company, "I need the call of yesterday at 3 am")
    assert (filled.values["recordings"], len(filled.offered["recordings"])) == ([], 3)


async def test_p7_a_call_at_another_time_of_that_day_is_offered_and_not_taken_for_the_one_that_is_meant(
    company: Company,
) -> None:
    """A single call of Monday, at 14:00 in Sydney: it is not that of the morning, and may be all the same."""
    sheet, filled = await sought(company, "I want to listen to my call of yesterday morning")
    assert (sheet.intro, filled.values["recordings"]) == (filling.NEAR, [])
    assert [one.value for one in filled.offered["recordings"]] == [str(company.calls[0])]


async def test_p9_a_reason_that_is_an_investigation_opens_its_form(company: Company) -> None:
    sheet, filled = await sought(company, "I need the call CS-10443 for a lawsuit")
    assert filled.values["reason"] == "legal_claim"
    assert {"matter", "basis"} <= {one.name for one in sheet.fields}


async def test_p7_a_name_that_is_misspelt_finds_similar_ones_and_chooses_none(company: Company) -> None:
    sheet, filled = await sought(company, "I need the call that went to Bran Toliver yesterday for a complaint")
    assert filled.values["recordings"] == []
    assert [one.value for one in filled.offered["recordings"]] == [str(company.calls[0])]
    assert sheet.intro == filling.NEAR
