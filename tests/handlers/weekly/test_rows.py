"""What the rows of a weekly card are about, so that two of a kind are told apart by more than an id."""

from __future__ import annotations

from tests.handlers.builders import Company
from tests.handlers.notices.acts import begun as notices
from tests.handlers.policy_review.acts import declare
from tests.handlers.random_review.acts import a_month
from tests.handlers.random_review.acts import frozen as draw
from tests.handlers.weekly.acts import card_of_the_week, text


async def test_rows_of_one_kind_say_which_notice_or_which_month_they_are_about(company: Company) -> None:
    """What only has an id is told from its neighbours by what it is about; what is about nothing more says nothing more."""
    ids = await notices(company)
    await a_month(company)
    drawn, change = await draw(company), await declare(company, company.tara, "no")
    whole = await text(company, company.helena, await card_of_the_week(company))
    rows = {one.partition(" (")[0] for one in whole.splitlines() if " (waits for " in one or " (was due " in one}
    assert rows == {
        f"The confirmation {ids['phone']} · Phone announcement",
        f"The confirmation {ids['website']} · Notice on the website",
        f"The confirmation {ids['outgoing']} · Words on outgoing calls",
        f"The draw {drawn} · November 2026",
        f"The change {change}",
    }
