"""P10: rare turns of a draw and its review, and what must hold in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers import form_introduction, keeping
from handlers.acting import CLOCK
from handlers.matters.showing import kind_of
from handlers.random_review import reviews as random_review_reviews
from handlers.random_review import room, steps
from handlers.random_review.cards import draw_reminder_row
from handlers.random_review.state import CallReviewCase, DrawCase, OutgoingForm, ReviewForm, form_for
from handlers.room import Given
from handlers.rules.refusal import Refused
from handlers.rules.routing import current_route
from storage.matters import Reminder
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
from tests.handlers.reading import detailed, lines, looking, title, whole_of

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
async def test_p10_whatever_becomes_of_a_drawn_call_the_file_says_why(
    company: Company, statement: str, reason: str
) -> None:
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


async def test_p10_the_form_says_what_may_not_be_done_with_what_was_heard(company: Company) -> None:
    await a_month(company)
    one = (await reviews_of(company, await drawn(company)))[0]
    mine, _ = both(company, one)
    assert "for training and quality" in await looking(
        company, mine, lambda ctx: form_introduction(ctx, "call_review", one.id)
    )


async def test_p10_a_draw_is_one_of_the_matters(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    view = await looking(company, company.quinn, lambda ctx: DrawCase.load(ctx, draw))
    assert (view.what, view.clause, view.matter.id) == (f"the draw {draw}", "P10", draw)
    assert [one.role for one in current_route(view.circumstances).approvers] == ["head_of_customer_success"]
    quinn = company.quinn.person_id or 0
    told = Reminder(
        id="", matter_id=draw, person_id=quinn, step="", fell_at=company.clock.now, tell_at=company.clock.now
    )
    assert (view.entitles(quinn), draw_reminder_row(view, told) is not None) == (False, True)


async def test_p10_a_drawn_call_is_one_for_its_reviewer_alone(company: Company) -> None:
    await a_month(company)
    one = (await reviews_of(company, await drawn(company)))[0]
    mine, other = both(company, one)
    view = await looking(company, mine, lambda ctx: CallReviewCase.load(ctx, one.id))
    assert (view.what, view.clause, view.matter.id) == (f"the review {one.id}", "P10", one.id)
    assert [one.role for one in current_route(view.circumstances).approvers] == ["head_of_customer_success"]
    assert (view.parties, view.everybody()) == ([], [mine.person_id])
    assert view.authority(mine.person_id or 0).person == mine.person_id
    with pytest.raises(Refused, match="I can't find this call to review"):
        view.authority(other.person_id or 0)
    kind, me = kind_of(one.id), mine.person_id or 0
    reminder = Reminder(id="", matter_id=one.id, person_id=me, step="", fell_at=OPENS, tell_at=OPENS)
    assert await looking(company, mine, lambda ctx: kind.reminded(ctx, reminder)) is None


@each(("about", "form"), [("RV-1", ReviewForm), ("RV-1:outgoing", OutgoingForm)])
def test_p3_an_outgoing_call_is_asked_about_by_the_form_for_it(about: str, form: type[ReviewForm]) -> None:
    assert form_for(Given(POLICY, OPENS, about)) is form
    assert steps.schedule_draw().subject == "random_review"
