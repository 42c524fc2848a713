"""P10: of a month there is one draw, whatever day, hour or home line the policy has from some moment on."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.policy import Policy
from handlers.random_review import intents
from handlers.rules import random_review as rule
from tests.handlers.builders import POLICY, Company
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.random_review.acts import MONTH, OPENS, a_month, the_draw

pytestmark = pytest.mark.long

SECOND_OF_DECEMBER = OPENS + timedelta(days=1, hours=5)
LONDON = next(number for number in POLICY.lines if number != POLICY.company.home_line)


def on_day(day: int) -> Policy:
    return POLICY.model_copy(update={"random_review": POLICY.random_review.model_copy(update={"working_day": day})})


def from_hour(hour: int) -> Policy:
    return POLICY.model_copy(update={"working_time": POLICY.working_time.model_copy(update={"start": time(hour)})})


def at_home_of(line: str) -> Policy:
    return POLICY.model_copy(update={"company": POLICY.company.model_copy(update={"home_line": line})})


async def started_by(company: Company, policy: Policy) -> None:
    """A start of the bot with this policy; what is due by then is done."""
    company.door.policy = policy
    await company.door.enter(intents.Schedule(), CLOCK)
    await fall(company)


async def how_many(company: Company, *months: str) -> list[int]:
    found = [await company.database.read(lambda store, one=one: store.draws.of_month(one)) for one in months]  # type: ignore[misc]
    return [int(one is not None) for one in found]


async def test_p10_a_month_whose_day_an_edited_policy_has_behind_it_is_drawn_at_once(company: Company) -> None:
    await a_month(company)
    await started_by(company, on_day(5))
    await pass_until(company, SECOND_OF_DECEMBER)
    assert await how_many(company, MONTH) == [0]
    await started_by(company, on_day(1))
    draw = await the_draw(company)
    assert (draw.state, draw.asked_at) == ("waiting", SECOND_OF_DECEMBER)
    await pass_until(company, datetime(2027, 2, 10, tzinfo=UTC))
    assert await how_many(company, "2026-10", MONTH, "2026-12", "2027-01") == [0, 1, 0, 0]


async def test_p10_where_work_begins_earlier_on_the_morning_of_a_draw_it_is_drawn_all_the_same(
    company: Company,
) -> None:
    await a_month(company)
    await started_by(company, POLICY)
    await pass_until(company, OPENS - timedelta(minutes=30))
    await started_by(company, from_hour(8))
    assert (await the_draw(company)).state == "waiting"
    await pass_until(company, OPENS + timedelta(days=1))
    assert await how_many(company, "2026-10", MONTH) == [0, 1]


async def test_p10_where_the_home_line_changes_on_the_morning_of_a_draw_its_month_is_drawn(company: Company) -> None:
    """From London, where it would be drawn in the evening, to Sydney, where its hour is over."""
    await a_month(company)
    await started_by(company, at_home_of(LONDON))
    await pass_until(company, OPENS + timedelta(hours=2))
    assert await how_many(company, MONTH) == [0]
    await started_by(company, POLICY)
    assert (await the_draw(company)).state == "waiting"
    await pass_until(company, OPENS + timedelta(days=1))
    assert await how_many(company, "2026-10", MONTH) == [0, 1]


async def test_p10_no_month_of_before_the_first_start_is_drawn_where_the_home_line_changes(company: Company) -> None:
    """Sydney's morning of 1 December is still November in London, whose own draw of October was due before there was a bot."""
    await a_month(company)
    await started_by(company, POLICY)
    await pass_until(company, OPENS - timedelta(minutes=30))
    await started_by(company, at_home_of(LONDON))
    assert await how_many(company, "2026-10", MONTH) == [0, 0]
    await pass_until(company, OPENS + timedelta(hours=11))
    draw = await the_draw(company)
    assert draw.asked_at == rule.opens_at(at_home_of(LONDON), 2026, 12)
    assert await how_many(company, "2026-10", MONTH) == [0, 1]


async def test_p10_a_month_that_was_drawn_is_not_drawn_anew_by_another_day(company: Company) -> None:
    await a_month(company)
    await started_by(company, POLICY)
    await pass_until(company, OPENS + timedelta(days=1))
    for day in (15, 1, 5):
        await started_by(company, on_day(day))
    await pass_until(company, datetime(2027, 1, 20, tzinfo=UTC))
    assert await how_many(company, "2026-10", MONTH, "2026-12") == [0, 1, 0]
