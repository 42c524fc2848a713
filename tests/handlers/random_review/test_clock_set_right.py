"""P10: what a clock that was ahead leaves behind once it is right: a file that holds, and no further draw before its day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from handlers import intro
from handlers.acting import CLOCK
from handlers.random_review import intents
from handlers.random_review.forms import AgainForm
from handlers.rules.samples import contradictions
from tests.handlers.builders import Company, refusal
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.random_review.acts import (
    MONTH,
    OPENS,
    a_month,
    contribute,
    drawn,
    file_of,
    the_draw,
)
from tests.handlers.random_review.test_edited_policy import how_many, on_day
from tests.handlers.reading import looking
from tests.reconciled import findings

pytestmark = pytest.mark.long

EARLY = OPENS - timedelta(days=4)
WHY = AgainForm(why="By a clock that was ahead.")


async def test_p10_a_file_never_says_that_it_was_drawn_before_it_was_announced(company: Company) -> None:
    """Frozen late by a clock that is 40 minutes ahead; both lines come in once it is right again."""
    await a_month(company)
    await company.door.enter(intents.Schedule(), CLOCK)
    company.clock.now = OPENS + timedelta(hours=3)
    await fall(company)
    draw = await the_draw(company)
    company.clock.now -= timedelta(minutes=40)
    await contribute(company, draw.id, company.quinn, "Seven grey herons")
    await contribute(company, draw.id, company.miles, "half past two")
    await pass_until(company, company.clock.now + timedelta(minutes=6))
    row, sample = await the_draw(company), await file_of(company, draw.id)
    assert row.closed_at is not None
    assert row.closed_at < row.asked_at
    assert list(contradictions(sample)) == []
    assert sample.drawn_at == sample.announced == row.asked_at.isoformat()
    assert await findings(company.database) == []


async def test_p10_a_file_says_when_it_was_drawn_where_the_clock_was_right(company: Company) -> None:
    await a_month(company)
    sample = await file_of(company, await drawn(company))
    assert (sample.announced, sample.drawn_at) == (OPENS.isoformat(), (OPENS + timedelta(minutes=5)).isoformat())


@pytest.mark.parametrize("moment", [EARLY, OPENS - timedelta(hours=10), OPENS - timedelta(seconds=1)])
async def test_p10_a_month_is_not_drawn_again_before_its_day(company: Company, moment: datetime) -> None:
    await a_month(company)
    draw = await drawn(company)
    company.clock.now = moment
    await company.door.enter(intents.Recheck(draw), CLOCK)
    told = await refusal(company, intents.Again(draw, WHY, "slack:V1"), company.helena)
    assert (told.code, str(told)) == (
        "not_due",
        "The calls of November 2026 can’t be drawn again yet: they are due on Tue 1 Dec.",
    )
    with pytest.raises(type(told), match="due on Tue 1 Dec"):
        await looking(company, company.helena, lambda act: intro(act, "draw_again", draw))
    assert await how_many(company, MONTH) == [1]


async def test_p10_a_month_is_drawn_again_from_its_day_on(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    company.clock.now = EARLY
    await company.door.enter(intents.Recheck(draw), CLOCK)
    company.clock.now = OPENS
    await company.door.enter(intents.Again(draw, WHY, "slack:V1"), company.helena)
    assert await how_many(company, MONTH) == [2]


async def test_p10_a_later_day_of_the_policy_keeps_nobody_from_a_further_draw_of_a_month_that_is_over(
    company: Company,
) -> None:
    await a_month(company)
    draw = await drawn(company)
    company.door.policy = on_day(15)
    await company.door.enter(intents.Again(draw, WHY, "slack:V1"), company.helena)
    assert await how_many(company, MONTH) == [2]
