"""P10: what seldom happens in a draw, and what must hold all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers import FORMS, intro, matter_of
from handlers.acting import CLOCK, DELIVERY, Visitor
from handlers.cards import Actions
from handlers.forgetting.intents import EraseWords
from handlers.random_review import intents
from handlers.random_review.forms import LineForm, ReviewForm
from handlers.random_review.publishing import page, published
from storage.database.store import Store
from tests.handlers.builders import NAMES, POLICY, Company, account, email, ledger, meet, refusal, words_for
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.random_review.acts import (
    COUNTED,
    OPENS,
    a_month,
    all_drawn,
    both,
    contribute,
    drawn,
    heard,
    incoming,
    opened,
    reviewed,
    reviews_of,
    the_draw,
)
from tests.handlers.reading import lines, looking, seen, title, whole_of

pytestmark = pytest.mark.long


async def _intro(company: Company, form: str, about: str, who: Visitor) -> str:
    return await looking(company, who, lambda act: intro(act, form, about))


async def test_p10_each_step_is_done_once(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    one = (await reviews_of(company, draw))[0]
    before = await the_draw(company)
    for again in (
        intents.Count(draw),
        intents.DrawCalls(draw),
        intents.Give(one.id),
        intents.Fill(draw),
        intents.Give("RV-22222222"),
    ):
        await company.door.enter(again, CLOCK)
    after = await the_draw(company)
    assert (after.revision, after.number) == (before.revision, before.number)


@pytest.mark.by_hand
@pytest.mark.parametrize("statement", ["UPDATE draws SET sealed = CAST(salt AS BLOB)", "DELETE FROM matter_keys"])
async def test_p10_a_number_that_nobody_can_read_draws_nothing_and_the_head_hears_of_it(
    company: Company, statement: str
) -> None:
    if not company.database.is_sqlite and "salt" in statement:
        statement = "UPDATE draws SET sealed = convert_to(salt, 'UTF8')"
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    await contribute(company, draw, company.miles, "two")
    await company.database.write(lambda store: store.session.execute(text(statement)) and None)
    await pass_until(company, OPENS + timedelta(minutes=6))
    assert (await the_draw(company)).state == "undrawn"
    assert any("can’t be read any more" in one for one in await words_for(company, company.helena))


@pytest.mark.by_hand
@pytest.mark.parametrize("typed", [1, 2])
async def test_p10_a_line_that_nobody_can_read_draws_nothing_either(company: Company, typed: int) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    spoilt = "CAST('0123456789abcdef' AS BLOB)" if company.database.is_sqlite else "'0123456789abcdef'::bytea"
    statement = f"UPDATE draw_lines SET sealed = {spoilt}"
    await company.database.write(lambda store: store.session.execute(text(statement)) and None)
    if typed == 2:
        await contribute(company, draw, company.miles, "two")
    await pass_until(company, COUNTED)
    assert (await the_draw(company)).state == "undrawn"
    assert any("can’t be read any more" in one for one in await words_for(company, company.helena))


@pytest.mark.by_hand
async def test_p10_lines_whose_key_is_gone_draw_nothing_either(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    await company.database.write(lambda store: store.session.execute(text("DELETE FROM matter_keys")) and None)
    await pass_until(company, COUNTED)
    assert (await the_draw(company)).state == "undrawn"


async def test_p11_what_was_written_of_a_call_goes_with_its_key_and_the_rest_stays(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    one = await incoming(company, draw)
    await reviewed(company, one)
    mine, _ = both(company, one)
    company.clock.pass_(days=400)
    for matter in (one.id, draw):
        await company.door.enter(EraseWords(matter), CLOCK)
    [row] = await reviews_of(company, draw, "reviewed")
    assert (row.sealed, row.told) == (None, "")
    card = await whole_of(company, one.id, mine)
    assert card is not None
    assert "Clear and kind." not in "\n".join(lines(card))


async def test_p10_the_forms_say_what_they_are_for_and_to_whom(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    assert "a number that I have chosen already" in await _intro(company, "draw_line", draw, company.quinn)
    await contribute(company, draw, company.quinn, "one")
    await contribute(company, draw, company.miles, "two")
    await pass_until(company, OPENS + timedelta(minutes=6))
    assert "10 calls of the draw before are yet to be reviewed, and stay." in await _intro(
        company, "draw_again", draw, company.helena
    )
    one = (await reviews_of(company, draw))[0]
    mine, _ = both(company, one)
    assert "for training and quality" in await _intro(company, "call_review", one.id, mine)
    assert FORMS["call_review"].variant is not None


async def test_p10_a_reviewer_of_later_has_no_line_in_a_draw_of_before(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    more = POLICY.roles.reviewers.model_copy(
        update={"holders": (*POLICY.roles.reviewers.holders, email("Cora Bellamy"))}
    )
    company.door.policy = POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"reviewers": more})})
    told = await refusal(company, intents.Contribute(draw, LineForm(line="late")), company.cora)
    assert str(told) == "I can't find this draw."
    assert told.code == "not_asked"


async def test_p10_a_draw_is_reminded_of_in_words_with_its_button(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await delivered(company)
    await contribute(company, draw, company.quinn, "one")
    await pass_until(company, OPENS + timedelta(days=1, hours=2))
    told = "\n".join(line for message in await digests(company, company.miles) for line in message)
    assert "waits for a line of yours. Press Contribute" in told or "random review" in told.lower()
    await pass_until(company, COUNTED + timedelta(days=8))
    told = "\n".join(line for message in await digests(company, company.quinn) for line in message)
    assert "left to review, until" in told


async def test_p10_once_all_is_reviewed_nobody_is_reminded_or_told_on(company: Company) -> None:
    await a_month(company, number=1, sales=0)
    draw = await all_drawn(company)
    reviews = await reviews_of(company, draw)
    calls = await company.database.read(lambda store: store.draws.calls(reviews))
    for one in reviews:
        await reviewed(company, one, told="yes" if calls[one.recording_id].direction == "outgoing" else "")
    assert title(await seen(company, draw, company.helena)).endswith("reviewed")
    until = (await the_draw(company)).review_until
    assert until is not None
    await pass_until(company, until + timedelta(minutes=1))
    assert not any("not reviewed in time" in one for one in await words_for(company, company.helena))
    assert await digests(company, company.quinn) == []


async def test_p10_one_call_that_nobody_reviewed_is_told_as_one(company: Company) -> None:
    await a_month(company, number=1, sales=0)
    draw = await all_drawn(company)
    first, *rest = await reviews_of(company, draw)
    calls = await company.database.read(lambda store: store.draws.calls(rest))
    for one in rest:
        await reviewed(company, one, told="yes" if calls[one.recording_id].direction == "outgoing" else "")
    until = (await the_draw(company)).review_until
    assert until is not None
    await pass_until(company, until + timedelta(minutes=1))
    assert any("1 call was not reviewed in time" in one for one in await words_for(company, company.helena))
    assert "not reviewed" in title(await seen(company, draw, company.helena))
    mine, _ = both(company, first)
    assert (await refusal(company, intents.Review(first.id, ReviewForm(good="x", training="y")), mine)).code == "over"


async def test_p10_a_call_that_is_not_given_yet_or_no_more_says_so(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    await contribute(company, draw, company.miles, "two")
    company.clock.now = OPENS + timedelta(minutes=6)
    await company.door.enter(intents.DrawCalls(draw), CLOCK)
    one = (await reviews_of(company, draw))[0]
    mine, _ = both(company, one)
    card = await whole_of(company, one.id, mine)
    assert "You can hear it in a moment." in "\n".join(lines(card)) if card else False
    await company.door.enter(intents.Give(one.id), CLOCK)
    company.clock.pass_(days=20)
    card = await whole_of(company, one.id, mine)
    assert "It can’t be heard any more." in "\n".join(lines(card)) if card else False
    late = (await reviews_of(company, draw))[1]
    await company.door.enter(intents.Give(late.id), CLOCK)
    assert await company.database.read(lambda store: store.grants.of(late.id)) is None
    await company.door.enter(intents.Fill(draw), CLOCK)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE recordings SET state = 'out_of_scope' WHERE id = {call}", "on no recorded line"),
        ("UPDATE recordings SET version = version + 1 WHERE id = {call}", "it has become another call"),
        ("UPDATE recordings SET state = 'gone' WHERE id = {call}", "no longer in the recording system"),
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
    await company.door.enter(intents.Fill(draw), CLOCK)
    text_ = await company.database.read(
        lambda store: published(company.door.act(store, CLOCK), draw, "customer_success")
    )
    assert text_ is not None
    assert reason in text_


async def test_p10_the_page_of_the_files_names_each_by_its_department(company: Company) -> None:
    found = page(intents.Filed("RD-22222222", (("Sales", "sales"),)), "https://steward.example")
    [buttons] = [one for one in found.parts if isinstance(one, Actions)]
    assert [one.url for one in buttons.buttons] == ["https://steward.example/draws/RD-22222222/sales.json"]
    assert (
        await company.database.read(lambda store: published(company.door.act(store, CLOCK), "RD-22222222", "sales"))
        is None
    )
    assert matter_of("RD-1").stuck(Store.__new__(Store)) == matter_of("RV-1").stuck(Store.__new__(Store)) == []


async def test_p10_a_reviewer_who_can_not_be_reached_holds_nothing_up(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    cards = {
        who: [one for one in await ledger(company, company.people[who]) if one.payload.get("matter") == draw][-1]
        for who in ("quinn", "miles")
    }
    quinn, miles = company.quinn.person_id or 0, company.miles.person_id or 0
    back = intents.Reroute(draw, quinn, "user_disabled", cards["quinn"].id, company.clock.now)
    company.clock.pass_(minutes=1)
    await meet(company.door, account("UQUINN", NAMES["quinn"]))
    await company.door.enter(back, DELIVERY)
    await company.door.enter(intents.Reroute(draw, quinn, "user_disabled", cards["quinn"].id), DELIVERY)
    await company.door.enter(intents.Reroute(draw, quinn, "user_disabled", cards["quinn"].id), DELIVERY)
    assert not any("nobody can type" in one for one in await words_for(company, company.helena))
    await company.door.enter(intents.Reroute(draw, miles, "user_disabled", cards["miles"].id), DELIVERY)
    assert any("nobody can type a line" in one for one in await words_for(company, company.helena))


async def test_p10_a_call_without_another_reviewer_stays_with_whom_it_is(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    one = await incoming(company, draw)
    mine, _ = both(company, one)
    await heard(company, one)
    for short in ("quinn", "miles"):
        await meet(company.door, account(f"U{short.upper()}", NAMES[short], "deactivated"))
    await company.door.enter(intents.RecheckReview(one.id), CLOCK)
    assert one.id in {each.id for each in await reviews_of(company, draw)}
    assert mine.person_id == one.reviewer
