"""P3, P10: whoever enters an outage reads beforehand and afterwards what it takes from a review, and so do those who hear of it."""

from __future__ import annotations

import pytest

from handlers import FORMS
from handlers.notices.forms import WithdrawForm
from handlers.notices.outages import taking_back
from tests.handlers.builders import Company, words_for
from tests.handlers.notices.acts import enter
from tests.handlers.random_review.acts import a_month, drawn, reviews_of
from tests.handlers.reading import looking

pytestmark = pytest.mark.long

FIRST, LAST = "2026-11-01", "2026-11-30"


async def test_p10_drawn_calls_that_an_outage_takes_from_a_review_are_counted_for_whoever_enters_and_hears_of_it(
    company: Company,
) -> None:
    await a_month(company)
    waiting = len(await reviews_of(company, await drawn(company)))
    entered = await enter(company, company.ruth, FIRST, LAST)
    assert entered.drawn == waiting > 0
    after = FORMS["outage"].after
    assert after is not None
    assert f"{waiting} drawn calls that no one has reviewed yet will be taken from the review" in str(after(entered))
    told = [one for one in await words_for(company, company.helena) if entered.outage in one]
    assert f"concerned, {waiting} of them drawn for review and not reviewed yet." in told[0]


async def test_p10_taking_an_outage_back_brings_no_drawn_call_back_and_that_is_said(company: Company) -> None:
    entered = await enter(company, company.ruth, "2026-11-23", "2026-11-23")
    told = await looking(company, company.ruth, lambda act: taking_back(act, entered.outage))
    assert "Drawn calls that it has taken from a review do not come back." in told
    assert "do not come back" in str(WithdrawForm.sheet(company.door.policy))
