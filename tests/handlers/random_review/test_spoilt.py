"""P10, P12: a draw that a restore or a clock that was ahead spoilt ends undrawn, and the month has another; or it says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.acting import CLOCK, DELIVERY
from handlers.checkpoints import Restored
from handlers.random_review import intents
from handlers.random_review.forms import AgainForm
from handlers.random_review.words import IN_DOUBT
from handlers.rules.samples import contradictions
from storage.tables.draws import Draw
from tests.handlers.builders import Company, call, ledger, register, words_for
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.random_review.acts import (
    MONTH,
    OPENS,
    a_month,
    contribute,
    drawn,
    file_of,
    lists_of,
    opened,
    the_draw,
)
from tests.handlers.reading import labels, lines, seen, whole_of
from tests.reconciled import findings

pytestmark = pytest.mark.long

BEFORE = OPENS - timedelta(days=4)


async def _draws(company: Company) -> list[Draw]:
    return await company.database.read(lambda store: store.draws.of_month(MONTH))


async def _back(company: Company, draw: str) -> None:
    """The clock is right again, and all of it is looked at as with each day."""
    company.clock.now = BEFORE
    await company.door.enter(intents.Recheck(draw), CLOCK)
    await company.door.enter(intents.Schedule(), CLOCK)


async def restored(company: Company, number: int = 1) -> None:
    await company.door.enter(Restored(1, 90 + number, f"{number:064}", 9), CLOCK)


async def test_p10_a_list_that_a_clock_froze_too_early_is_frozen_anew_on_its_day(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "a line")
    await _back(company, draw)
    assert (await the_draw(company)).state == "early"
    [late] = await register(company.door, call(1, native_id="late", started=BEFORE + timedelta(days=2)))
    await pass_until(company, OPENS - timedelta(minutes=1))
    assert len(await _draws(company)) == 1
    await pass_until(company, OPENS)
    first, second = await _draws(company)
    assert (first.state, second.state, second.again_of) == ("early", "waiting", draw)
    assert first.number_hash != second.number_hash
    assert late in (await lists_of(company, second.id))["customer_success"].calls
    assert late not in (await lists_of(company, draw))["customer_success"].calls
    for who in (company.quinn, company.miles, company.helena):
        told = [one for one in await words_for(company, who) if "by a clock that was ahead" in one]
        assert (len(told), draw in told[0]) == (1, True)
    card = await seen(company, draw, company.quinn)
    assert "Contribute" not in labels(card)
    assert "frozen too early" in "\n".join(lines(card))
    assert await findings(company.database) == []


async def test_p10_the_next_month_is_drawn_on_its_day_after_a_clock_was_ahead_by_two(company: Company) -> None:
    await a_month(company)
    await company.door.enter(intents.Schedule(), CLOCK)
    await register(company.door, call(1, native_id="next", started=OPENS + timedelta(days=3)))
    company.clock.now = OPENS + timedelta(days=50)
    await fall(company)
    assert ((await the_draw(company)).state, (await the_draw(company, month="2026-12")).state) == ("waiting", "waiting")
    for month in (MONTH, "2026-12"):
        await _back(company, (await the_draw(company, month=month)).id)
    await pass_until(company, OPENS + timedelta(days=50))
    for month in (MONTH, "2026-12"):
        assert (await the_draw(company, 2, month)).again_of == (await the_draw(company, month=month)).id


async def test_p10_what_was_decided_by_a_clock_that_was_ahead_stays_and_says_so_once(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    before = await file_of(company, draw)
    for _ in range(2):
        await _back(company, draw)
    sample = await file_of(company, draw)
    assert (sample.drawn, list(contradictions(sample))) == (before.drawn, [])
    assert sample.again is not None
    assert (sample.again.of, sample.again.reason) == ("", IN_DOUBT)
    assert IN_DOUBT in "\n".join(lines(await seen(company, draw, company.quinn)))
    told = [one for one in await words_for(company, company.helena) if "it is decided already" in one]
    assert len(told) == 1
    await pass_until(company, OPENS)
    assert len(await _draws(company)) == 1
    assert await findings(company.database) == []


@pytest.mark.soak
async def test_p10_a_further_draw_in_doubt_says_both(company: Company) -> None:
    await a_month(company)
    first = await drawn(company)
    await company.door.enter(intents.Again(first, AgainForm(why="Short."), "slack:V1"), company.helena)
    second = (await the_draw(company, 2)).id
    await contribute(company, second, company.quinn, "one")
    await contribute(company, second, company.miles, "two")
    await _back(company, second)
    row = await the_draw(company, 2)
    assert (row.state, row.why) == ("counted", f"Short. {IN_DOUBT}")
    assert await findings(company.database) == []


async def test_p10_a_step_back_that_stays_behind_the_day_changes_nothing(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    company.clock.pass_(minutes=1)
    await company.door.enter(intents.Recheck(draw), CLOCK)
    company.clock.now = OPENS
    await company.door.enter(intents.Recheck(draw), CLOCK)
    assert (await the_draw(company)).state == "waiting"


async def test_p12_what_was_frozen_since_the_restore_stays(company: Company) -> None:
    """Another replica comes late, or a start does it once more."""
    await a_month(company)
    draw = await opened(company)
    await restored(company)
    for _ in range(2):
        await company.door.enter(intents.EndRestoredDraw(draw), CLOCK)
    await fall(company)
    second = (await the_draw(company, 2)).id
    for one in (draw, second):
        await company.door.enter(intents.EndRestoredDraw(one), CLOCK)
        await company.door.enter(intents.Anew(one), CLOCK)
    assert [one.state for one in await _draws(company)] == ["restored", "waiting"]
    await restored(company, 2)
    await company.door.enter(intents.EndRestoredDraw(second), CLOCK)
    await fall(company)
    assert [one.state for one in await _draws(company)] == ["restored", "restored", "waiting"]
    assert await findings(company.database) == []


async def test_p12_what_the_head_had_drawn_again_meanwhile_is_not_drawn_a_third_time(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await restored(company)
    await company.door.enter(intents.EndRestoredDraw(draw), CLOCK)
    await company.door.enter(intents.Again(draw, AgainForm(why="At once."), "slack:V1"), company.helena)
    await fall(company)
    assert [one.again_of for one in await _draws(company)] == ["", draw]


async def test_p12_a_head_who_has_no_copy_of_the_card_is_told_as_well(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    card = next(one for one in await ledger(company, company.helena) if one.payload.get("matter") == draw)
    await company.door.enter(intents.Reroute(draw, company.helena.person_id or 0, "user_disabled", card.id), DELIVERY)
    await restored(company)
    await company.door.enter(intents.EndRestoredDraw(draw), CLOCK)
    assert len([one for one in await words_for(company, company.helena) if "restored from a copy while" in one]) == 1
    assert await whole_of(company, draw, company.helena) is not None


async def test_p10_a_draw_after_a_restore_of_before_its_day_says_nothing_of_it(company: Company) -> None:
    await a_month(company)
    await restored(company)
    assert (await the_draw_of(company)).why == ""


async def the_draw_of(company: Company) -> Draw:
    await opened(company)
    return await the_draw(company)
