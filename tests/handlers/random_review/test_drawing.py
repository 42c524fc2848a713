"""P10: frozen, announced, counted, drawn: what each step fixes, and what follows from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.random_review import intents
from handlers.rules.samples import contradictions
from tests.each import each
from tests.handlers.builders import UK, Company, call, register, words_for
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.random_review.acts import (
    COUNTED,
    OPENS,
    a_month,
    contribute,
    drawn,
    file_of,
    lists_of,
    opened,
    reviews_of,
    the_draw,
)
from tests.handlers.reading import home_of, lines, seen

pytestmark = pytest.mark.long


async def test_p10_on_the_first_working_day_last_months_lists_are_frozen_and_hashed(company: Company) -> None:
    calls = await a_month(company)
    draw = await opened(company)
    lists = await lists_of(company, draw)
    assert {name: len(one.calls) for name, one in lists.items()} == {
        "customer_success": 33, "sales": 8, "accounts_billing": 0,
    }  # fmt: skip
    assert {name: one.wanted for name, one in lists.items()} == {
        "customer_success": 5, "sales": 5, "accounts_billing": 0,
    }  # fmt: skip
    assert set(lists["sales"].calls) == set(calls[30:])
    row = await the_draw(company)
    assert (row.state, row.number, row.due_at) == ("waiting", "", COUNTED)


async def test_p10_with_two_lines_it_is_drawn_and_anybody_can_compute_it(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    sample = await file_of(company, draw)
    assert list(contradictions(sample)) == []
    assert len(sample.drawn) == 5
    assert sample.lines == ("Seven grey herons", "half past two")
    reviews = await reviews_of(company, draw)
    assert {str(one.recording_id) for one in reviews if one.department == "customer_success"} == set(sample.drawn)
    assert {one.reviewer for one in reviews} == {company.quinn.person_id, company.miles.person_id}


async def test_p10_without_a_line_nothing_is_drawn(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await pass_until(company, COUNTED + timedelta(hours=1))
    assert (await the_draw(company)).state == "undrawn"
    assert await reviews_of(company, draw) == []


@pytest.mark.parametrize("who", ["quinn", "miles"])
async def test_p10_with_one_line_it_is_drawn_with_that_one(company: Company, who: str) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.people[who], "alone")
    await pass_until(company, OPENS + timedelta(days=1, hours=7))
    assert (await the_draw(company)).state == "waiting"
    await pass_until(company, COUNTED + timedelta(minutes=6))
    sample = await file_of(company, draw)
    assert (sample.lines, list(contradictions(sample))) == (("alone",), [])


async def test_p10_whoever_has_calls_to_review_is_told_in_a_message(company: Company) -> None:
    """An edited card counts as read."""
    await a_month(company)
    draw = await drawn(company)
    for who in (company.quinn, company.miles):
        number = sum(one.reviewer == who.person_id for one in await reviews_of(company, draw))
        told = [one for one in await words_for(company, who) if "drawn for you to review" in one]
        assert [one.startswith(f"{number} calls of November 2026 were drawn") for one in told] == [True]
    assert not any("drawn for you" in one for one in await words_for(company, company.helena))


async def test_p10_a_card_has_room_for_a_few_calls_and_says_where_the_others_are(company: Company) -> None:
    more = company.door.policy.random_review.model_copy(update={"share_percent": 80.0})
    company.door.policy = company.door.policy.model_copy(update={"random_review": more})
    await a_month(company)
    draw = await drawn(company)
    told = lines(await seen(company, draw, company.quinn))
    mine = sum(one.reviewer == company.quinn.person_id for one in await reviews_of(company, draw))
    assert mine > 10
    assert any(one.startswith(f"And {mine - 6} more.") for one in told)
    rows = (await home_of(company, company.quinn)).parts
    assert any("Show all" in str(one) for one in rows)


@each(
    ("started", "month"),
    [
        (datetime(2026, 11, 30, 13, 1, tzinfo=UTC), "2026-12"),  # still November in London
        (datetime(2026, 11, 30, 22, 30, tzinfo=UTC), "2026-12"),  # after the lists of November were frozen
    ],
)
async def test_p10_every_call_is_of_one_month_whatever_its_line(
    company: Company, started: datetime, month: str
) -> None:
    await a_month(company)
    await company.door.enter(intents.Schedule(), CLOCK)
    await pass_until(company, OPENS)
    [late] = await register(company.door, call(1, native_id="edge", line=UK, started=started))
    await pass_until(company, datetime(2027, 1, 3, 23, tzinfo=UTC))
    draw = await the_draw(company, month=month)
    assert late in (await lists_of(company, draw.id))["customer_success"].calls


async def test_p10_a_clock_that_was_ahead_leaves_no_month_without_a_draw(company: Company) -> None:
    await company.door.enter(intents.Schedule(), CLOCK)
    company.clock.now = datetime(2027, 1, 20, tzinfo=UTC)
    await fall(company)
    assert (await the_draw(company, month="2026-12")).state == "nothing"
    company.clock.now = OPENS + timedelta(days=2)
    await register(
        company.door,
        *(call(1, native_id=f"d-{one}", started=company.clock.now + timedelta(hours=one)) for one in range(9)),
    )
    await company.door.enter(intents.Schedule(), CLOCK)
    await pass_until(company, datetime(2027, 1, 4, 1, tzinfo=UTC))
    found = await company.database.read(lambda store: store.draws.of_month("2026-12"))
    assert [one.state for one in found] == ["nothing", "waiting"]
