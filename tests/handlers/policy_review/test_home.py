"""P14: whoever reviews the policy sees at home when the next review is due, and what is open; others see nothing of it."""

from __future__ import annotations

from handlers import BUTTONS
from handlers.cards import Page
from handlers.room import Shows
from tests.handlers.builders import Company
from tests.handlers.policy_review.acts import complete, declare, start
from tests.handlers.reading import home_of, lines, looking, title


async def test_p14_the_head_and_the_manager_see_when_the_next_review_is_due(company: Company) -> None:
    for who in (company.helena, company.henrik, company.ruth):
        told = lines(await home_of(company, who))
        assert "# The policy’s review" in told
        assert "Next review due by Sat 1 Jul 2028 [Declare a change]" in told
    assert "Is the recording system changing? [Declare a change]" in lines(await home_of(company, company.tara))
    for who in (company.anna, company.miles):
        assert "policy’s review" not in str(lines(await home_of(company, who)))


async def test_p14_what_waits_stands_with_who_is_asked_and_with_who_declared_it(company: Company) -> None:
    review = await declare(company, company.helena, "no")
    ruth, helena = await home_of(company, company.ruth), await home_of(company, company.helena)
    assert "1 waiting for you" in title(ruth)
    row = f"⏳ Is this change significant? (since <24 Nov 03:00> · {review}) [Details]"
    assert (lines(ruth).count(row), lines(helena).count(row)) == (1, 1)
    assert "nothing needs you" in title(helena)
    assert row not in lines(await home_of(company, company.tara))


async def test_p14_details_of_what_was_decided_name_the_text_of_its_day(company: Company) -> None:
    kept = await start(company)
    review = await declare(company, company.tara)
    details = BUTTONS["details"]
    assert isinstance(details, Shows)

    async def page() -> Page:
        return await looking(company, company.ruth, lambda act: details.page(act, review))

    assert "Decided by the policy" not in str((await page()).parts)
    await complete(company, review, company.ruth)
    assert f"Decided by the policy {kept.digest[:12]}" in str((await page()).parts)
