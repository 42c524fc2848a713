"""P10: lists are frozen and their hash is logged, a beacon's round decides, and the Head may do without one that is late."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.policy.terms import QUICKNET
from handlers.random_review import room, steps
from handlers.random_review.cards import file_page, published_file
from handlers.rules.draw_file import WEAKER, published_at, round_after
from storage.tables.reviews import Draw
from tests.each import each
from tests.handlers.builders import UK, Company, audit, call, refusal, register, words_for
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.random_review.acts import (
    LATE,
    OPENS,
    SIGNATURE,
    a_month,
    decided,
    drawn,
    file_of,
    frozen,
    frozen_of,
    reviews_of,
    the_draw,
)
from tests.handlers.reading import detailed, labels, lines, listed, seen, title, whole_of
from tests.reconciled import findings

pytestmark = pytest.mark.long

OUT = OPENS + timedelta(minutes=10, seconds=3)


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
    assert (found.round, found.beacon.public_key) == (round_after(QUICKNET, OPENS), QUICKNET.public_key)
    assert OPENS + timedelta(minutes=10) <= published_at(QUICKNET, found.round) <= OUT
    [entry] = [
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
    assert "The lists were frozen late: they were due <30 Nov 22:00>." in card
    [row] = [one for one in lines(await listed(company, company.helena)) if draw in one]
    assert ", late · " in row


async def test_p10_nobody_is_told_before_the_round_is_out_and_it_is_awaited_from_then_on(company: Company) -> None:
    await a_month(company)
    draw = await frozen(company)
    company.clock.now = OUT - timedelta(seconds=5)
    assert await company.database.read(lambda store: steps.awaited_rounds(company.door.context(store, CLOCK))) == []
    company.clock.now = OUT
    [one] = await company.database.read(lambda store: steps.awaited_rounds(company.door.context(store, CLOCK)))
    assert (one.draw, one.round) == (draw, (await frozen_of(company)).round)
    for who in (company.quinn, company.miles, company.helena):
        assert await whole_of(company, draw, who) is None or who is company.helena


async def test_p10_the_round_decides_and_anybody_can_compute_it(company: Company) -> None:
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
        assert "Drawn with a public randomness beacon." in told
        whole = await whole_of(company, draw, who)
        assert whole is not None
        assert "5 of 33 calls" in "\n".join(lines(whole))
        assert (await the_draw(company)).list_hash not in told
        assert not [one for one in await words_for(company, who) if "review" in one]  # the card itself is new
    assert "November 2026: drawn" in "\n".join(lines(await listed(company, company.quinn)))
    assert "Random review" in "\n".join(lines(await listed(company, company.helena)))
    assert "andom review" not in "\n".join(lines(await listed(company, company.anna)))


async def test_p10_a_beacon_that_is_a_working_day_late_brings_the_head_a_card_that_says_why(company: Company) -> None:
    draw = await late(company, "forged")
    card = await seen(company, draw, company.helena)
    told = "\n".join(lines(card))
    assert title(card).endswith("waiting for the beacon")
    assert "Its answer had a wrong signature, so I did not use it. I keep asking." in told
    assert "Draw without the beacon" in labels(card)
    assert "November 2026: waiting for the beacon" in "\n".join(lines(await listed(company, company.helena)))
    assert await whole_of(company, draw, company.quinn) is None
    await company.door.enter(steps.note_trouble(draw, "wrong_round"), CLOCK)
    assert "It answered with another round." in "\n".join(lines(await seen(company, draw, company.helena)))
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
async def test_p10_nobody_draws_without_a_beacon_that_still_has_time(company: Company, who: str, code: str) -> None:
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


async def test_p10_the_file_is_for_holders_of_the_card_to_find_and_for_everybody_to_read(company: Company) -> None:
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
