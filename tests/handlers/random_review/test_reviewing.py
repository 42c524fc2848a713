"""P3, P10: what a reviewer makes of a drawn call, who reads it, and what nobody reviewed."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers import BUTTONS, listening
from handlers.acting import Actor
from handlers.cards import Card
from handlers.random_review import reviews
from handlers.random_review.state import ReviewForm
from handlers.room import Shows
from handlers.rules.refusal import Refused
from tests.handlers.builders import Company, audit, refusal, words_for
from tests.handlers.passing_time import pass_until
from tests.handlers.random_review.acts import (
    a_month,
    all_drawn,
    both,
    calls_of,
    heard,
    incoming,
    outgoing,
    reviewed,
    reviews_of,
    the_draw,
)
from tests.handlers.reading import buttons, lines, looking, whole_of

pytestmark = pytest.mark.long

GONE = "I can't find this call to review."


async def test_p10_nobody_reviews_what_they_did_not_hear(company: Company) -> None:
    await a_month(company)
    one = await incoming(company, await all_drawn(company))
    mine, _ = both(company, one)
    form = ReviewForm(good="x", training="y")
    assert (await refusal(company, reviews.review_call(one.id, form), mine)).code == "unheard"
    await heard(company, one)
    await company.door.enter(reviews.review_call(one.id, form), mine)


async def test_p10_what_reviewers_wrote_is_for_the_head_to_read_and_not_to_hear(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    one = await incoming(company, draw)
    assert await whole_of(company, one.id, company.helena) is None
    await reviewed(company, one)
    card = await whole_of(company, one.id, company.helena)
    assert card is not None
    told = "\n".join(lines(card))
    assert "Clear and kind." in told
    assert "Listen" not in told
    assert (await refusal(company, listening.make_listen_code(one.id), company.helena)).code == "not_holder"
    whole = await whole_of(company, draw, company.helena)
    assert whole is not None
    assert one.id in "\n".join(lines(whole))
    assert await whole_of(company, one.id, company.tara) is None


async def test_d2_all_that_reviewers_wrote_is_opened_by_show_all_by_the_head_alone(company: Company) -> None:
    """Fifteen stand in Details."""
    await a_month(company)
    draw = await all_drawn(company)
    done = (await reviews_of(company, draw))[:17]
    calls = await company.database.read(lambda store: store.recordings.by_id(one.recording_id for one in done))
    for one in done:
        await reviewed(company, one, told="yes" if calls[one.recording_id].direction == "outgoing" else "")
    whole = await whole_of(company, draw, company.helena)
    assert whole is not None
    assert "And 2 more. [Show all]" in lines(whole)
    [all_] = [one for one in buttons(whole) if one.action == "draw_written"]
    shows = BUTTONS["draw_written"]
    assert isinstance(shows, Shows)

    async def page(value: str, who: Actor) -> Card:
        read = await looking(company, who, lambda ctx: shows.page(ctx, value))
        return Card(read.parts, read.title)

    first, last = await page(all_.value, company.helena), await page(f"{draw}:15", company.helena)
    assert (lines(first)[0], lines(last)[0]) == ("1 to 15 of 17", "16 to 17 of 17")
    opened = [one.value for one in (*buttons(first), *buttons(last)) if one.action == "details"]
    assert sorted(opened) == sorted(one.id for one in done)
    for who in (company.tara, company.quinn, company.anna):
        with pytest.raises(Refused):
            await page(all_.value, who)


@pytest.mark.soak
async def test_p10_a_review_is_sealed_and_told_to_nobody_but_its_reviewer(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    one = await incoming(company, draw)
    await reviewed(company, one)
    mine, other = both(company, one)
    told = await whole_of(company, one.id, mine)
    assert told is not None
    assert "Clear and kind." in "\n".join(lines(told))
    assert await whole_of(company, one.id, other) is None
    assert "Clear" not in str([row.sealed for row in await reviews_of(company, draw, "reviewed")])
    await company.door.enter(reviews.review_call(one.id, ReviewForm(good="Better so.", training="y")), mine)
    anew = await whole_of(company, one.id, mine)
    assert anew is not None
    assert "Better so." in "\n".join(lines(anew))
    assert str(await refusal(company, reviews.review_call(one.id, ReviewForm(good="x", training="y")), other)) == GONE


async def test_p3_that_a_caller_was_not_told_is_a_finding_of_the_bots_own(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    one = await outgoing(company, draw)
    mine, _ = both(company, one)
    await heard(company, one)
    plain = await refusal(company, reviews.review_call(one.id, ReviewForm(good="x", training="y")), mine)
    assert plain.code == "old_form"
    await reviewed(company, one, told="no")
    assert any("press Report in confidence" in words for words in await words_for(company, mine))


async def test_p10_reviewers_are_reminded_and_the_head_hears_what_nobody_reviewed(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    until = (await the_draw(company)).review_until
    assert until == datetime(2026, 12, 15, 6, tzinfo=UTC)
    [first, *rest] = await reviews_of(company, draw)
    await reviewed(company, first, told="yes" if (await calls_of(company, [first]))[0].direction == "outgoing" else "")
    await pass_until(company, until + timedelta(minutes=1))
    reminded = [one for one in await audit(company, draw) if one[1] == "random_review.remind"]
    assert len(reminded) == 3
    assert {one.state for one in await reviews_of(company, draw, "over")} == {"over"}
    assert len(await reviews_of(company, draw, "over")) == len(rest)
    assert any(f"{len(rest)} calls were not reviewed" in one for one in await words_for(company, company.helena))
    mine, _ = both(company, rest[0])
    assert (await refusal(company, listening.make_listen_code(rest[0].id), mine)).code == "ended"
