"""P10: rare turns of a draw and its review, and what must hold in them."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers import keeping
from handlers.acting import CLOCK
from handlers.random_review import reviews as random_review_reviews
from handlers.random_review import room, steps
from handlers.random_review.state import OutgoingForm, ReviewForm, form_for
from handlers.room import Given
from tests.each import each
from tests.handlers.builders import NAMES, POLICY, Company, account, meet, refusal, words_for
from tests.handlers.passing_time import digests, pass_until
from tests.handlers.random_review.acts import (
    OPENS,
    SIGNATURE,
    a_month,
    all_drawn,
    both,
    drawn,
    file_of,
    frozen,
    heard,
    incoming,
    reviewed,
    reviews_of,
    the_draw,
)
from tests.handlers.reading import detailed, lines, title, whole_of

pytestmark = pytest.mark.long


async def test_p11_what_was_written_of_a_call_goes_with_its_key_and_the_rest_stays(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    one = await incoming(company, draw)
    await reviewed(company, one)
    mine, _ = both(company, one)
    company.clock.pass_(days=400)
    await company.door.enter(keeping.erase_words(one.id), CLOCK)
    [row] = await reviews_of(company, draw, "reviewed")
    assert (row.sealed, row.told) == (None, "")
    card = await whole_of(company, one.id, mine)
    assert card is not None
    assert "Clear and kind." not in "\n".join(lines(card))


async def test_p10_once_all_is_reviewed_nobody_is_reminded_or_told_on(company: Company) -> None:
    await a_month(company, number=1, sales=0)
    draw = await all_drawn(company)
    reviews = await reviews_of(company, draw)
    calls = await company.database.read(lambda store: store.recordings.by_id(one.recording_id for one in reviews))
    for one in reviews:
        await reviewed(company, one, told="yes" if calls[one.recording_id].direction == "outgoing" else "")
    assert title(await detailed(company, draw, company.helena)).endswith("reviewed")
    until = (await the_draw(company)).review_until
    assert until is not None
    await pass_until(company, until + timedelta(minutes=1))
    assert not any("not reviewed in time" in one for one in await words_for(company, company.helena))
    assert await digests(company, company.quinn) == []


async def test_p10_one_call_that_nobody_reviewed_is_told_as_one(company: Company) -> None:
    await a_month(company, number=1, sales=0)
    draw = await all_drawn(company)
    first, *rest = await reviews_of(company, draw)
    calls = await company.database.read(lambda store: store.recordings.by_id(one.recording_id for one in rest))
    for one in rest:
        await reviewed(company, one, told="yes" if calls[one.recording_id].direction == "outgoing" else "")
    until = (await the_draw(company)).review_until
    assert until is not None
    await pass_until(company, until + timedelta(minutes=1))
    assert any("1 call was not reviewed in time" in one for one in await words_for(company, company.helena))
    assert "not reviewed" in title(await detailed(company, draw, company.helena))
    mine, _ = both(company, first)
    assert (
        await refusal(company, random_review_reviews.review_call(first.id, ReviewForm(good="x", training="y")), mine)
    ).code == "over"


async def test_p10_a_call_that_is_not_given_yet_or_no_more_says_so(company: Company) -> None:
    await a_month(company)
    draw = await frozen(company)
    await company.door.enter(steps.draw_with_beacon(draw, SIGNATURE), CLOCK)
    one = (await reviews_of(company, draw))[0]
    mine, _ = both(company, one)
    card = await whole_of(company, one.id, mine)
    assert "You can hear it in a moment." in "\n".join(lines(card)) if card else False
    await company.door.enter(random_review_reviews.give_access(one.id), CLOCK)
    company.clock.pass_(days=20)
    card = await whole_of(company, one.id, mine)
    assert "It can’t be heard any more." in "\n".join(lines(card)) if card else False
    late = (await reviews_of(company, draw))[1]
    await company.door.enter(random_review_reviews.give_access(late.id), CLOCK)
    assert await company.database.read(lambda store: store.grants.of(late.id)) is None
    await company.door.enter(random_review_reviews.replace_lost(draw), CLOCK)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE recordings SET state = 'out_of_scope' WHERE id = {call}", "outside"),
        ("UPDATE recordings SET state = 'gone' WHERE id = {call}", "gone"),
    ],
)
async def test_p10_the_file_says_what_became_of_a_drawn_call(company: Company, statement: str, reason: str) -> None:
    await a_month(company)
    draw = await drawn(company)
    one = next(each for each in await reviews_of(company, draw) if each.department == "customer_success")
    await company.database.write(
        lambda store: store.session.execute(text(statement.format(call=one.recording_id))) and None
    )
    assert draw in await company.database.read(lambda store: store.draws.lost())
    await company.door.enter(random_review_reviews.replace_lost(draw), CLOCK)
    assert [one.cause for one in (await file_of(company, draw)).departments["customer_success"].skipped] == [reason]


async def test_p10_a_call_without_another_reviewer_stays_with_whom_it_is(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    one = await incoming(company, draw)
    mine, _ = both(company, one)
    await heard(company, one)
    for short in ("quinn", "miles"):
        await meet(company.door, account(f"U{short.upper()}", NAMES[short], "deactivated"))
    await company.door.enter(room.REVIEWS_OF_CALLS.recheck(one.id), CLOCK)
    assert one.id in {each.id for each in await reviews_of(company, draw)}
    assert mine.person_id == one.reviewer


@each(("about", "form"), [("RV-1", ReviewForm), ("RV-1:outgoing", OutgoingForm)])
def test_p3_an_outgoing_call_is_asked_about_by_the_form_for_it(about: str, form: type[ReviewForm]) -> None:
    assert form_for(Given(POLICY, OPENS, about)) is form
    assert steps.schedule_draw().subject == "random_review"
