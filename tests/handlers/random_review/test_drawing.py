"""P10: lists are frozen and their hash is logged, a beacon’s round decides, the Head may do without one; and what reviewers make of a drawn call (P3)."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers import BUTTONS, listening
from handlers.acting import CLOCK, Actor
from handlers.cards import Card
from handlers.policy.terms import QUICKNET
from handlers.policy_review.steps import keep_policy_text
from handlers.random_review import reviews, room, steps
from handlers.random_review.cards import file_page, published_file
from handlers.random_review.state import ReviewForm
from handlers.room import Shows
from handlers.rules import Refused
from handlers.rules.draw_file import WEAKER, published_at, round_after
from storage.tables.reviews import Draw
from tests.each import each
from tests.handlers.builders import UK, Company, audit, call, refusal, register, words_for
from tests.handlers.passing_time import digests, fall, pass_until
from tests.handlers.random_review.acts import (
    LATE,
    OPENS,
    SIGNATURE,
    a_month,
    all_drawn,
    both,
    decided,
    drawn,
    file_of,
    frozen,
    frozen_of,
    heard,
    incoming,
    outgoing,
    reviewed,
    reviews_of,
    the_draw,
)
from tests.handlers.reading import (
    buttons,
    detailed,
    home_of,
    labels,
    lines,
    listed,
    looking,
    managed,
    seen,
    title,
    whole_of,
)
from tests.reconciled import findings

pytestmark = pytest.mark.long


FROZEN = OPENS - timedelta(minutes=30)
OUT = FROZEN + timedelta(minutes=10, seconds=3)


async def late(company: Company, trouble: str = "silent") -> str:
    """The beacon gave nothing for a working day: the id of the draw."""
    await a_month(company)
    draw = await frozen(company)
    await pass_until(company, OUT)
    await company.door.enter(steps.note_trouble(draw, trouble), CLOCK)
    await pass_until(company, LATE)
    return draw


async def test_p10_last_months_lists_are_frozen_and_hashed_before_the_round_is_out(company: Company) -> None:
    calls = await a_month(company)
    draw = await frozen(company)
    found, row = await frozen_of(company), await the_draw(company)
    assert {name: len(one.calls) for name, one in found.departments.items()} == {
        "customer_success": 33, "sales": 8, "accounts_billing": 0,
    }  # fmt: skip
    assert [found.wanted(one) for one in found.departments] == [0, 5, 5]
    assert set(found.departments["sales"].calls) == set(map(str, calls[30:]))
    assert (row.state, row.signature, row.number) == ("waiting", "", "")
    assert (found.round, found.beacon.public_key) == (round_after(QUICKNET, FROZEN), QUICKNET.public_key)
    assert FROZEN + timedelta(minutes=10) <= published_at(QUICKNET, found.round) <= OUT
    entry, *_ = [
        one for one in await company.database.read(lambda store: list(store.audit.exported())) if one["subject"] == draw
    ]
    assert (entry["action"], entry["detail"]["list_hash"]) == ("random_review.freeze", found.list_hash)
    assert (entry["detail"]["round"], entry["detail"]["number_hash"]) == (found.round, found.number_hash)


async def test_p10_a_bot_first_used_after_the_draw_was_due_makes_it_and_says_so(company: Company) -> None:
    company.clock.now = OPENS + timedelta(hours=1, minutes=15)
    await a_month(company)
    await company.door.enter(steps.schedule_draw(), CLOCK)
    await fall(company)
    await decided(company, draw := (await the_draw(company)).id)
    card = lines(await detailed(company, draw, company.helena))
    assert "The lists were frozen late: they were due <30 Nov 21:30>." in card
    [row] = [one for one in lines(await listed(company, company.helena)) if draw in one]
    assert ", late · " in row


async def test_p10_no_one_is_told_before_the_round_is_out_and_it_is_awaited_from_then_on(company: Company) -> None:
    await a_month(company)
    draw = await frozen(company)
    company.clock.now = OUT - timedelta(seconds=5)
    assert await company.database.read(lambda store: steps.awaited_rounds(company.door.context(store, CLOCK))) == []
    company.clock.now = OUT
    [one] = await company.database.read(lambda store: steps.awaited_rounds(company.door.context(store, CLOCK)))
    assert (one.draw, one.round) == (draw, (await frozen_of(company)).round)
    for who in (company.quinn, company.miles, company.helena):
        assert await whole_of(company, draw, who) is None or who is company.helena
    told = [await whole_of(company, draw, company.helena)]
    company.clock.now = OUT - timedelta(seconds=5)
    told.append(await whole_of(company, draw, company.helena))
    assert ["hasn’t answered" in str(one) for one in told] == [True, False]
    assert "The beacon answers " in str(told[1])


async def test_p10_the_round_decides_and_anyone_can_compute_it(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    sample = await file_of(company, draw)
    assert (sample.signature, sample.number, sample.note) == (SIGNATURE, "", "")
    reviews = await reviews_of(company, draw)
    for name in ("customer_success", "sales"):
        mine = {str(one.recording_id) for one in reviews if one.department == name}
        assert (len(mine), mine) == (5, set(sample.departments[name].drawn))
    assert {one.reviewer for one in reviews} == {company.quinn.person_id, company.miles.person_id}
    assert await findings(company.database) == []


async def test_p10_the_card_comes_with_the_calls_and_names_no_hash(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    for who in (company.quinn, company.miles):
        card = await seen(company, draw, who)
        mine = sum(one.reviewer == who.person_id for one in await reviews_of(company, draw))
        assert title(card).endswith(f"{mine} calls for you to review")
        told = "\n".join(lines(card))
        whole = await detailed(company, draw, who)
        assert "Drawn with a public randomness beacon." in "\n".join(lines(whole))
        assert "5 of 33 calls" in "\n".join(lines(whole))
        assert (await the_draw(company)).list_hash not in told
        assert not [one for one in await words_for(company, who) if "review" in one]  # the card itself is new
    assert "November 2026: drawn" in "\n".join(lines(await listed(company, company.quinn)))
    assert "Random review" in "\n".join(lines(await listed(company, company.helena)))
    assert "andom review" not in "\n".join(lines(await listed(company, company.anna)))


async def test_p10_a_beacon_that_is_a_working_day_late_brings_the_head_a_card_that_says_why(company: Company) -> None:
    await frozen(company)
    assert "beacon" not in str(lines(await home_of(company, company.helena)))  # there is nothing to do for it yet
    assert "November 2026: waiting for the beacon" in str(lines(await managed(company, company.helena)))
    draw = await late(company, "forged")
    card = await seen(company, draw, company.helena)
    told = "\n".join(lines(card))
    assert title(card).endswith("waiting for the beacon")
    assert "Its answer had the wrong signature, so I didn’t use it. I’ll keep asking." in told
    assert "Draw without the beacon" in labels(card)
    assert "November 2026: waiting for the beacon" in str(lines(await home_of(company, company.helena)))
    assert await whole_of(company, draw, company.quinn) is None
    await company.door.enter(steps.note_trouble(draw, "wrong_round"), CLOCK)
    assert "It answered with a different round." in "\n".join(lines(await seen(company, draw, company.helena)))
    assert await findings(company.database) == []


async def test_p10_the_head_draws_with_the_fixed_number_and_the_file_says_it_is_weaker(company: Company) -> None:
    draw = await late(company)
    await company.door.enter(steps.draw_with_number(draw), company.helena)
    await fall(company)
    sample = await file_of(company, draw)
    assert (sample.signature, len(sample.number), sample.note) == ("", 64, WEAKER)
    assert len(await reviews_of(company, draw)) == 10
    assert "my own number, without the beacon" in "\n".join(lines(await seen(company, draw, company.quinn)))
    assert (await refusal(company, steps.draw_with_number(draw), company.helena)).code == "already"
    await company.door.enter(steps.draw_with_beacon(draw, SIGNATURE), CLOCK)  # the round comes after all
    assert await file_of(company, draw) == sample
    assert await findings(company.database) == []


@pytest.mark.by_hand
async def test_p10_a_number_that_is_no_longer_the_one_that_was_fixed_is_not_used(company: Company) -> None:
    draw = await late(company)
    row = await the_draw(company)
    changed = row.frozen | {"number_hash": "0" * 64}
    await company.database.write(lambda store: setattr(store.matters.of_kind(Draw, draw), "frozen", changed))
    assert (await refusal(company, steps.draw_with_number(draw), company.helena)).code == "no_number"


@pytest.mark.parametrize(("who", "code"), [("helena", "early"), ("quinn", "not_approver"), ("henrik", "not_approver")])
async def test_p10_no_one_draws_without_a_beacon_that_still_has_time(company: Company, who: str, code: str) -> None:
    await a_month(company)
    draw = await frozen(company)
    assert (await refusal(company, steps.draw_with_number(draw), company.people[who])).code == code


async def test_p10_after_an_outage_of_the_bot_the_beacon_is_asked_before_the_head(company: Company) -> None:
    await a_month(company)
    draw = await frozen(company)
    company.clock.now = LATE + timedelta(days=1)
    await fall(company)
    assert (await the_draw(company)).state == "waiting"
    assert [one for one in await audit(company, draw) if one[1:3] == ("random_review.late", "done")] == []


@each(
    ("started", "month"),
    [
        (datetime(2026, 11, 30, 13, 1, tzinfo=UTC), "2026-12"),  # still November in London
        (datetime(2026, 11, 30, 22, 30, tzinfo=UTC), "2026-12"),  # after the lists of November were frozen
    ],
)
async def test_p10_every_call_is_of_one_month(company: Company, started: datetime, month: str) -> None:
    await a_month(company)
    await frozen(company)
    [edge] = await register(company.door, call(1, native_id="edge", line=UK, started=started))
    await pass_until(company, datetime(2027, 1, 3, 23, tzinfo=UTC))
    assert str(edge) in (await frozen_of(company, month)).departments["customer_success"].calls


async def test_p10_the_file_is_for_holders_of_the_card_to_find_and_for_everyone_to_read(company: Company) -> None:
    await a_month(company)
    draw = await frozen(company)
    assert await company.database.read(lambda store: published_file(company.door.context(store, CLOCK), draw)) is None
    assert (await refusal(company, room.find_file(draw), company.quinn)).code == "undrawn"
    await decided(company, draw)
    assert await company.door.enter(room.find_file(draw), company.quinn) == f"/draws/{draw}.json"
    assert (await refusal(company, room.find_file(draw), company.anna)).code == "undrawn"
    assert f"https://s.example/draws/{draw}.json" in str(file_page(f"/draws/{draw}.json", "https://s.example"))
    assert (
        await company.database.read(lambda store: published_file(company.door.context(store, CLOCK), "RD-22222222"))
        is None
    )


GONE = "I can’t find this call to review."


async def test_p10_no_one_reviews_what_they_did_not_hear(company: Company) -> None:
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
    card = await detailed(company, one.id, company.helena)
    told = "\n".join(lines(card))
    mine, _ = both(company, one)
    whole = await detailed(company, one.id, mine)
    assert (lines(whole)[0][:14], labels(whole)) == ("✅ You reviewed", ["Listen", "Change your review"])
    card = await seen(company, draw, mine)
    assert not [line for line in lines(card) if "· reviewed" in line or one.id in line]
    assert "Clear and kind." in told
    assert "Listen" not in told
    assert (await refusal(company, listening.make_listen_code(one.id), company.helena)).code == "not_holder"
    whole = await detailed(company, draw, company.helena)
    assert one.id in "\n".join(lines(whole))
    assert await whole_of(company, one.id, company.tara) is None
    assert "Told at the start" not in told


async def test_p14_details_of_an_open_draw_name_the_policy_under_which_it_was_drawn(company: Company) -> None:
    await company.door.enter(keep_policy_text(), CLOCK)
    await a_month(company)
    draw, details = await all_drawn(company), BUTTONS["details"]
    assert isinstance(details, Shows)
    page = await looking(company, company.helena, lambda ctx: details.page(ctx, draw))
    assert "Drawn under the policy of" in str(page.parts)


async def test_p10_a_review_without_words_says_that_there_is_nothing_to_note(company: Company) -> None:
    await a_month(company)
    one = await incoming(company, await all_drawn(company))
    await heard(company, one)
    mine, _ = both(company, one)
    await company.door.enter(reviews.review_call(one.id, ReviewForm.read({})), mine)
    assert "Nothing to note." in "\n".join(lines(await seen(company, one.id, mine)))


async def test_p3_of_an_outgoing_call_its_reviewer_says_whether_the_caller_was_told(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    for one, about in ((await incoming(company, draw), ""), (await outgoing(company, draw), ":outgoing")):
        assert labels(await seen(company, one.id, both(company, one)[0])) == ["Listen"]
        await heard(company, one)
        [button] = [
            found
            for found in buttons(await seen(company, one.id, both(company, one)[0]))
            if found.label == "Review this call"
        ]
        assert button.value == one.id + about
    await reviewed(company, one, told="no")
    told = lines(await detailed(company, one.id, company.helena))
    assert "Told at the start that the call is recorded: No, or too late" in told


async def test_d2_all_that_reviewers_wrote_is_opened_by_show_all_by_the_head_alone(company: Company) -> None:
    """Fifteen stand in Details."""
    await a_month(company)
    draw = await all_drawn(company)
    done = (await reviews_of(company, draw))[:17]
    for one in done:
        await reviewed(company, one)
    whole = await detailed(company, draw, company.helena)
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
async def test_p10_a_review_is_sealed_and_told_to_no_one_but_its_reviewer(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    one = await incoming(company, draw)
    await reviewed(company, one)
    mine, other = both(company, one)
    told = await detailed(company, one.id, mine)
    assert "Clear and kind." in "\n".join(lines(told))
    assert await whole_of(company, one.id, other) is None
    assert "Clear" not in str([row.sealed for row in await reviews_of(company, draw, "reviewed")])
    await company.door.enter(reviews.review_call(one.id, ReviewForm(good="Better so.", training="y")), mine)
    anew = await detailed(company, one.id, mine)
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


async def test_p10_reviewers_are_reminded_and_the_head_hears_what_no_one_reviewed(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    until = (await the_draw(company)).review_until
    assert until == datetime(2026, 12, 15, 6, tzinfo=UTC)
    [first, *rest] = await reviews_of(company, draw)
    await reviewed(company, first)
    await pass_until(company, until + timedelta(minutes=1))
    reminded = [one for one in await audit(company, draw) if one[1] == "random_review.remind"]
    assert len(reminded) == 3
    assert {one.state for one in await reviews_of(company, draw, "over")} == {"over"}
    assert len(await reviews_of(company, draw, "over")) == len(rest)
    assert f"over, {len(rest)} calls not reviewed" in title(await detailed(company, draw, company.helena))
    told = f"{len(rest)} calls drawn from November 2026 were not reviewed in time."
    assert not await digests(company, company.helena)  # it was 17:00 in Sydney
    await pass_until(company, until + timedelta(hours=16, minutes=1))
    [[heard_]] = await digests(company, company.helena)
    assert heard_.startswith(told)
    mine, _ = both(company, rest[0])
    assert (await refusal(company, listening.make_listen_code(rest[0].id), mine)).code == "ended"
