"""P3: what a page no longer shows after it was confirmed, its owner is asked about; a page that is away for a moment is no cause."""

import pytest

from handlers.acting import CLOCK
from handlers.notices import steps
from handlers.notices.state import last_look
from handlers.notices.steps import is_due
from tests.handlers.builders import Company
from tests.handlers.notices.acts import answer, begun, checks, confirmed, looked, open_now, planned
from tests.handlers.passing_time import fall
from tests.handlers.reading import detailed, lines

pytestmark = pytest.mark.long


async def _whys(company: Company) -> list[tuple[str, str]]:
    """Why the website's notice was asked for so far, and what became of it."""
    await planned(company)
    await fall(company)
    return [(check.why, check.state) for check in await checks(company) if check.notice == "website"]


async def _days(company: Company, days: int, said: str, *reasons: str) -> None:
    """So many days go by, with a look on each."""
    for _ in range(days):
        company.clock.pass_(days=1)
        await looked(company, said, *reasons)


async def _seen_and_confirmed(company: Company) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "yes")
    await confirmed(company, matter, company.helena)


async def test_p3_what_is_gone_from_the_page_is_asked_about_at_once(company: Company) -> None:
    await _seen_and_confirmed(company)
    await _days(company, 1, "no", "contact:link_missing")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]
    matter = await open_now(company, "website")
    assert matter is not None
    told = " ".join(lines(await detailed(company, matter.id, company.helena)))
    assert "I looked at the pages after it was confirmed, and they don’t show it." in told
    assert "This is wrong: the Contact us page has no link to the notice." in told


async def test_p3_its_owners_word_counts_against_a_no_until_the_page_says_something_else(company: Company) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "no", "website:wording_missing")
    company.clock.pass_(minutes=1)
    await answer(company, matter, company.helena, words="It is in the picture at the top.")
    await _days(company, 3, "no", "website:wording_missing")
    assert await _whys(company) == [("first", "confirmed")]
    await _days(company, 1, "no", "website:wording_missing", "contact:link_missing")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]


async def test_p3_what_can_not_be_seen_for_two_days_is_asked_about_once(company: Company) -> None:
    await _seen_and_confirmed(company)
    await _days(company, 2, "unseen", "website:slow")
    assert await _whys(company) == [("first", "confirmed")]
    await _days(company, 1, "unseen", "website:status")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]
    matter = await open_now(company, "website")
    assert matter is not None
    await confirmed(company, matter.id, company.helena)
    await _days(company, 5, "unseen", "website:slow")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "confirmed")]


async def test_p3_a_page_that_comes_back_within_two_days_is_not_asked_about(company: Company) -> None:
    await _seen_and_confirmed(company)
    for _ in range(2):
        await _days(company, 2, "unseen", "website:slow")
        await _days(company, 1, "yes")
    assert await _whys(company) == [("first", "confirmed")]


async def test_p3_the_pages_are_looked_at_daily_and_when_the_wording_changes(company: Company) -> None:
    async def due() -> bool:
        return await company.database.read(lambda store: is_due(company.door.context(store, CLOCK)))

    assert await due()
    await looked(company, "yes")
    company.clock.pass_(hours=23)
    assert not await due()
    company.clock.pass_(hours=2)
    assert await due()
    await looked(company, "yes")
    company.clock.pass_(hours=-3)  # a clock that was set back
    assert await due()


async def test_p3_what_was_read_for_another_policy_counts_for_nothing(company: Company) -> None:
    await company.door.enter(steps.note_pages_seen("yes", (), "another"), CLOCK)
    assert await company.database.read(last_look) is None
