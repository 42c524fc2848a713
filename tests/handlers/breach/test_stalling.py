"""P13: what silence brings to a report, and at which moments."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.breach import intents
from tests.handlers.breach.reporting import be_away, chosen, heard, messages, page, tick
from tests.handlers.breach.standing_still import (
    ACKNOWLEDGE,
    ALERT,
    FEEDBACK,
    STALLS,
    STILL,
    WAITING,
    WAITS,
    at,
    made,
    opened,
)
from tests.handlers.builders import Company, refusal
from tests.moments import NOW

pytestmark = pytest.mark.long


async def test_p13_with_two_handlers_both_are_told_then_the_fallback_is_let_in_where_nobody_opened_it(
    company: Company,
) -> None:
    await made(company)
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STALLS], "helena": [STALLS]}
    assert await at(company, WAITS) == {"miles": [ALERT]}
    assert await at(company, FEEDBACK) == {"ruth": [STILL], "helena": [STILL], "miles": [STILL]}


@pytest.mark.soak
async def test_p13_with_two_handlers_the_fallback_is_told_that_it_waits_and_reads_it_at_the_feedback(
    company: Company,
) -> None:
    name = await made(company)
    await opened(company, "helena", name)
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STALLS], "helena": [STALLS]}
    assert await at(company, WAITS) == {"miles": [WAITING]}
    assert (await refusal(company, intents.Link(name), company.miles)).code == "no_report"
    told = await at(company, FEEDBACK)
    assert told == {"miles": [ALERT]}
    view = await (await page(company, company.miles, name)).read()
    assert [one.kind for one in view.history].count("stalled") == 3


async def test_p13_with_one_handler_the_fallback_is_asked_at_once(company: Company) -> None:
    await made(company, accused=["helena"])
    assert await at(company, ACKNOWLEDGE) == {"miles": [ALERT]}
    assert await at(company, WAITS) == {}


async def test_p13_with_one_handler_who_opened_it_the_fallback_is_told_that_it_waits(company: Company) -> None:
    name = await made(company, accused=["helena"])
    await opened(company, "ruth", name)
    assert await at(company, ACKNOWLEDGE) == {"miles": [WAITING]}
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"miles": [ALERT]}


async def test_p13_what_was_acknowledged_stalls_at_the_feedback_alone(company: Company) -> None:
    name = await made(company)
    await (await opened(company, "ruth", name)).do(intents.Acknowledge)
    await heard(company)
    assert await at(company, ACKNOWLEDGE) == {}
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"miles": [ALERT]}


async def test_p13_what_was_answered_in_time_stalls_nowhere(company: Company) -> None:
    name = await made(company)
    ruth = await opened(company, "ruth", name)
    await ruth.do(intents.Acknowledge)
    await ruth.do(intents.Ask, "Which day was it?")
    await heard(company)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK):
        assert await at(company, moment) == {}


async def test_p13_where_the_fallback_reads_it_already_there_is_nobody_beyond(company: Company) -> None:
    await be_away(company, company.ruth, last=60)
    await made(company, accused=["helena"])
    for moment in (ACKNOWLEDGE, WAITS):
        assert await at(company, moment) == {}
    assert await at(company, FEEDBACK) == {"miles": [STILL]}


async def test_p13_beside_the_fallback_the_others_are_told_and_nobody_beyond(company: Company) -> None:
    name = await made(company)
    await (await opened(company, "ruth", name)).do(intents.Accuse, chosen(company, "helena")[0], "She was there.")
    await heard(company)
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STALLS], "miles": [STALLS]}
    assert await at(company, WAITS) == {}


@pytest.mark.parametrize("out", ["accused", "conflicts"])
async def test_p13_the_fallback_who_is_out_is_never_told_that_one_waits(company: Company, out: str) -> None:
    await made(company, by="anna", **{out: ["miles"]})
    await at(company, ACKNOWLEDGE)
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"ruth": [STILL], "helena": [STILL]}


async def test_p13_a_fallback_who_is_away_is_told_upon_the_return(company: Company) -> None:
    name = await made(company, accused=["helena"])
    await opened(company, "ruth", name)
    await be_away(company, company.miles, last=3)
    assert await at(company, ACKNOWLEDGE) == {}
    company.clock.now = NOW + timedelta(days=4)
    await tick(company)
    assert await heard(company) == {"miles": [WAITING]}


async def test_p13_a_fallback_who_is_away_when_let_in_reads_it_upon_the_return(company: Company) -> None:
    await made(company, accused=["helena"])
    await be_away(company, company.miles, last=3)
    assert await at(company, ACKNOWLEDGE) == {}
    company.clock.now = NOW + timedelta(days=4)
    await tick(company)
    assert await heard(company) == {"miles": [ALERT]}


async def test_p13_nothing_stalls_while_it_is_sealed_and_it_is_caught_up_once_somebody_reads_it(
    company: Company,
) -> None:
    """Helena and Ruth come back after the moment: both are told, and Miles is let in, since nobody opened it in time."""
    for who in ("ruth", "helena", "henrik", "miles"):
        await be_away(company, company.people[who], last=7)
    await made(company)
    for moment in (ACKNOWLEDGE, WAITS):
        assert await at(company, moment) == {}
    company.clock.now = NOW + timedelta(days=8)
    await tick(company)
    told = await heard(company)
    assert {who: sorted(words) for who, words in told.items()} == {
        "ruth": [ALERT, STALLS], "helena": [ALERT, STALLS], "miles": [ALERT],
    }  # fmt: skip


async def test_p13_after_a_long_silence_of_the_bot_each_step_is_taken_once(company: Company) -> None:
    await made(company)
    company.clock.now = FEEDBACK + timedelta(days=30)
    await tick(company)
    assert await heard(company) == {"ruth": [STALLS], "helena": [STALLS], "miles": [ALERT]}
    assert await tick(company) == 0


async def test_p13_a_card_that_says_that_one_waits_shows_the_way_once_its_reader_is_let_in(company: Company) -> None:
    name = await made(company)
    await opened(company, "helena", name)
    await at(company, ACKNOWLEDGE)
    company.clock.now = WAITS
    await tick(company)
    [card] = [one.card for one in await messages(company)]
    assert "breach_details" not in str(card)
    company.clock.now = FEEDBACK
    await tick(company)
    [card] = [one.card for one in await messages(company)]
    assert "breach_details" in str(card)
