"""P14: what a clock that jumps, a restore and a repeated press leave of the policy's review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.door import Repeated
from handlers.policy_review import steps
from storage.database.store import Store
from tests.handlers.builders import Company
from tests.handlers.passing_time import delivered, digests
from tests.handlers.policy_review.acts import (
    FIRST,
    another,
    at,
    coming,
    complete,
    held,
    opened,
    reminded,
    reviews,
    start,
    tick,
)

pytestmark = pytest.mark.long

DAY = timedelta(days=1)


async def test_p14_a_clock_that_jumps_ahead_and_back_leaves_no_review_out(company: Company) -> None:
    """A deadline of the far future would silence it; each of the company's days sets it right."""
    review = await opened(company)
    await at(company, FIRST + 3000 * DAY)
    assert (await coming(company, "policy_review.remind", review) or FIRST) > FIRST + 3000 * DAY
    company.clock.now = FIRST + DAY
    await start(company)
    assert await coming(company, "policy_review.remind", review) == datetime(2028, 5, 31, 23, tzinfo=UTC)
    assert len(await reviews(company)) == 1


async def test_p14_nothing_is_late_that_was_missed_while_the_program_stood_still(company: Company) -> None:
    await start(company)
    company.clock.now = datetime(2028, 8, 1, tzinfo=UTC)
    await start(company)
    assert await tick(company) == 1
    [review] = await reviews(company)
    assert review.due_on == "2028-07-01"


async def test_p14_a_deadline_of_before_opens_nothing_when_the_file_moved_on(company: Company) -> None:
    await start(company)
    company.clock.now = FIRST
    company.door.policy = another(("last: 2026-07-01", "last: 2028-04-30"))
    await company.door.enter(steps.open_(), CLOCK)
    assert await reviews(company) == []


async def test_p14_a_review_that_was_restored_open_is_reminded_of_again(company: Company) -> None:
    """An older copy of the database knows no deadline of its own."""
    review = await opened(company)

    def forget(store: Store) -> None:
        store.deadlines.drop("policy_review.remind", review, FIRST)

    await company.database.write(forget)
    await start(company)
    assert await coming(company, "policy_review.remind", review) is not None


async def test_p14_a_repeated_press_is_done_once(company: Company) -> None:
    review = await opened(company)
    intent = steps.complete(review, held("2028-05-01", "2030-05-01"))
    await company.door.enter(intent, company.ruth, key="slack:K1")
    with pytest.raises(Repeated):
        await company.door.enter(intent, company.ruth, key="slack:K1")


async def test_p14_a_reminder_of_what_was_completed_meanwhile_is_not_sent(company: Company) -> None:
    review = await opened(company)
    await delivered(company)
    company.clock.now += timedelta(days=30)
    await tick(company)
    assert await reminded(company, company.ruth)
    on, following = f"{company.clock.now:%Y-%m-%d}", "2029-06-01"
    await complete(company, review, company.helena, on=on, following=following)
    assert await reminded(company, company.ruth) == ""


async def test_p14_a_reminder_after_an_outage_says_that_it_is_late(company: Company) -> None:
    review = await opened(company)
    await delivered(company)
    await at(company, datetime(2028, 6, 7, 1, tzinfo=UTC))
    [told] = await digests(company, company.helena)
    assert told[0].endswith(f"({review} · late, this fell <31 May 23:00>) [Complete the review]")
