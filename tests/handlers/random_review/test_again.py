"""P10: a second draw of a month takes the Head and a reason, and stands beside the first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.acting import CLOCK
from handlers.random_review import intents
from handlers.random_review.forms import AgainForm
from handlers.rules.samples import contradictions
from tests.handlers.builders import Company, refusal
from tests.handlers.passing_time import pass_until
from tests.handlers.random_review.acts import COUNTED, a_month, contribute, drawn, file_of, opened, reviews_of, the_draw
from tests.handlers.reading import home_of, labels, lines, seen

pytestmark = pytest.mark.long

WHY = AgainForm(why="The list of sales was short: two calls were registered late.")


async def _again(company: Company, draw: str, key: str = "slack:V1") -> str:
    await company.door.enter(intents.Again(draw, WHY, key), company.helena)
    return (await the_draw(company, 2)).id


async def test_p10_a_second_draw_shows_beside_the_first_in_cards_and_files(company: Company) -> None:
    await a_month(company)
    first = await drawn(company)
    second = await _again(company, first)
    told = "\n".join(lines(await seen(company, second, company.quinn)))
    assert f"Helena Marsh had this month drawn again. The draw before is {first}." in told
    assert WHY.why in told
    assert f"This month was drawn again: {second}." in "\n".join(lines(await seen(company, first, company.quinn)))
    await contribute(company, second, company.quinn, "other")
    await contribute(company, second, company.miles, "words")
    await pass_until(company, company.clock.now + timedelta(minutes=6))
    sample, before = await file_of(company, second), await file_of(company, first)
    assert sample.again is not None
    assert (sample.again.of, sample.again.reason) == (first, WHY.why)
    assert list(contradictions(sample)) == []
    assert (sample.list_hash, sample.seed != before.seed) == (before.list_hash, True)
    assert len(await reviews_of(company, first)) == 10
    assert len(await reviews_of(company, second)) == 10


async def test_p10_the_same_submission_draws_once(company: Company) -> None:
    await a_month(company)
    first = await drawn(company)
    await _again(company, first)
    await company.door.enter(intents.Again(first, WHY, "slack:V1"), company.helena)
    assert len(await company.database.read(lambda store: store.draws.of_month("2026-11"))) == 2


@pytest.mark.parametrize("who", ["quinn", "miles", "henrik", "tara", "anna"])
async def test_p10_only_the_head_has_a_month_drawn_again(company: Company, who: str) -> None:
    await a_month(company)
    first = await drawn(company)
    told = await refusal(company, intents.Again(first, WHY, "slack:V1"), company.people[who])
    assert told.code == "not_head"
    if who in ("quinn", "miles"):
        assert "Draw again" not in labels(await seen(company, first, company.people[who]))


async def test_p10_while_one_is_under_way_there_is_no_other(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    assert (await refusal(company, intents.Again(draw, WHY, "slack:V1"), company.helena)).code == "under_way"
    await pass_until(company, COUNTED)
    assert (await the_draw(company)).state == "undrawn"
    second = await _again(company, draw)
    assert "Draw again" not in labels(await seen(company, draw, company.helena))
    assert (await the_draw(company, 2)).again_of == draw
    assert second != draw


async def test_p10_home_shows_the_draws_to_whoever_reviews_and_to_the_head(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    quinn = "\n".join(lines(await home_of(company, company.quinn)))
    assert "A line for the random review of November 2026" in quinn
    assert "Random review" in "\n".join(lines(await home_of(company, company.helena)))
    assert "andom review" not in "\n".join(lines(await home_of(company, company.anna)))
    await contribute(company, draw, company.quinn, "one")
    await contribute(company, draw, company.miles, "two")
    assert "A line for" not in "\n".join(lines(await home_of(company, company.quinn)))
    await pass_until(company, company.clock.now + timedelta(minutes=6))
    mine = "\n".join(lines(await home_of(company, company.miles)))
    assert "Calls to review" in mine
    assert "November 2026: drawn" in mine


async def test_p10_the_files_are_for_who_has_the_card_to_find_and_for_all_to_read(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    assert (await refusal(company, intents.Files(draw), company.quinn)).code == "undrawn"
    await pass_until(company, COUNTED + timedelta(days=1))
    second = await _again(company, draw)
    await contribute(company, second, company.quinn, "one")
    await contribute(company, second, company.miles, "two")
    await pass_until(company, company.clock.now + timedelta(minutes=6))
    filed = await company.door.enter(intents.Files(second), company.quinn)
    assert filed.lists == (("Customer Success", "customer_success"), ("Sales", "sales"))
    assert (await refusal(company, intents.Files(second), company.anna)).code == "undrawn"


async def test_p10_the_calendar_moves_with_the_policy_and_never_draws_a_month_twice(company: Company) -> None:
    await a_month(company)
    await company.door.enter(intents.Schedule(), CLOCK)
    later = company.door.policy.random_review.model_copy(update={"working_day": 3})
    company.door.policy = company.door.policy.model_copy(update={"random_review": later})
    await company.door.enter(intents.Schedule(), CLOCK)
    coming = await company.database.read(lambda store: store.deadlines.coming("random_review.open", "random_review"))
    assert coming is not None
    assert coming.day == 2  # Thursday, 3 December, 9:00 in Sydney
    await pass_until(company, coming)
    earlier = later.model_copy(update={"working_day": 15})
    company.door.policy = company.door.policy.model_copy(update={"random_review": earlier})
    await company.door.enter(intents.Schedule(), CLOCK)
    await pass_until(company, coming + timedelta(days=25))
    found = await company.database.read(lambda store: store.draws.of_month("2026-11"))
    assert len(found) == 1
