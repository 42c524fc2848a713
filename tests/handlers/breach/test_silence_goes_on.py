"""P13: while nobody acknowledges or answers a report, whoever reads it is reminded, and goes on being reminded."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from handlers.acting import CLOCK
from handlers.breach import intents
from handlers.breach.proof import broken
from storage.breaches import LOST
from tests.handlers.breach.reporting import be_away, chosen, heard, messages, page, the_report, tick
from tests.handlers.breach.sending import collected, states, to
from tests.handlers.breach.standing_still import (
    ACKNOWLEDGE,
    ALERT,
    FEEDBACK,
    MORNING,
    STALLS,
    STILL,
    UNANSWERED,
    WAITS,
    WEEK,
    at,
    closed,
    later,
    made,
    opened,
)
from tests.handlers.builders import Company
from tests.handlers.reading import lines
from tests.moments import NOW

pytestmark = pytest.mark.long

SINCE = "A confidential report waited, and was looked after since."
DAY = timedelta(days=1)


def to_all(words: str) -> dict[str, list[str]]:
    return {who: [words] for who in ("ruth", "helena", "miles")}


async def _counted(company: Company, until: timedelta) -> Counter[str]:
    """How often each of them hears something, with a look each day."""
    end, number = company.clock.now + until, Counter[str]()
    while company.clock.now < end:
        number.update((await later(company, company.clock.now + DAY)).keys())
    return number


@pytest.mark.soak
async def test_p13_half_a_year_of_silence_is_never_silent(company: Company) -> None:
    """Helena is accused; Ruth, and Miles who is let in, read it and do nothing."""
    await made(company, accused=["helena"])
    assert await at(company, ACKNOWLEDGE) == {"miles": [ALERT]}
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"ruth": [STILL], "miles": [STILL]}
    for number in range(3):
        assert await at(company, MORNING + number * WEEK) == {"ruth": [STILL], "miles": [STILL]}
    assert await _counted(company, 22 * WEEK + DAY) == {"ruth": 22, "miles": 22}


async def test_p13_what_was_acknowledged_and_not_answered_says_so_each_week_until_it_is(company: Company) -> None:
    name = await made(company)
    ruth = await opened(company, "ruth", name)
    await ruth.do(intents.Acknowledge)
    await heard(company)
    assert await at(company, FEEDBACK) == {"miles": [ALERT]}
    assert await at(company, MORNING) == to_all(UNANSWERED)
    assert await at(company, MORNING + WEEK) == to_all(UNANSWERED)
    await (await page(company, company.ruth, name)).do(intents.Ask, "Which day was it?")
    assert await heard(company) == {who: [SINCE, SINCE] for who in ("ruth", "helena", "miles")}
    await (await page(company, company.ruth, name)).do(intents.Ask, "And who else was there?")
    assert await heard(company) == {}
    assert await at(company, MORNING + 2 * WEEK) == {}


async def test_p13_acknowledging_ends_it_until_an_answer_is_late_too(company: Company) -> None:
    """A week before the feedback moment nobody acknowledged; then somebody does, and what was said is drawn anew."""
    name = await made(company)
    await at(company, ACKNOWLEDGE)
    ruth = await opened(company, "ruth", name)
    await ruth.do(intents.Acknowledge)
    drawn = await heard(company)
    assert {who: sorted(words) for who, words in drawn.items()} == {who: [ALERT, SINCE] for who in ("ruth", "helena")}
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"miles": [ALERT]}
    assert await at(company, MORNING) == to_all(UNANSWERED)


async def test_p13_what_stands_there_turns_to_the_answer_where_only_that_is_late_now(company: Company) -> None:
    name = await made(company, accused=["helena"])
    for moment in (ACKNOWLEDGE, FEEDBACK):
        await at(company, moment)
    await (await opened(company, "ruth", name)).do(intents.Acknowledge)
    assert sorted((await heard(company))["ruth"]) == [ALERT, UNANSWERED]
    assert await at(company, MORNING) == {"ruth": [UNANSWERED], "miles": [UNANSWERED]}


async def test_p13_whoever_answered_has_read_it_also_without_an_acknowledgement(company: Company) -> None:
    name = await made(company, accused=["helena"])
    await (await opened(company, "ruth", name)).do(intents.Ask, "Which day was it?")
    for moment in (ACKNOWLEDGE, WAITS):
        await later(company, moment)
    for moment in (FEEDBACK, MORNING):
        assert await at(company, moment) == {}
    [card] = [one.card for one in await _drawn_anew(company)]
    assert not [line for line in lines(card) if "You have it as" in line]


async def _drawn_anew(company: Company) -> list[intents.Message]:
    """Ruth's alert, as it is drawn once she acknowledged it as well: it waits for nothing any more."""
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(intents.Acknowledge)
    return [one for one in await messages(company) if one.person == company.ruth.person_id]


@pytest.mark.soak
async def test_p13_closing_ends_it(company: Company) -> None:
    name = await made(company)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK):
        await later(company, moment)
    await closed(company, name)
    for number in range(3):
        assert await at(company, MORNING + number * WEEK) == {}


async def test_p13_after_an_outage_of_weeks_each_is_reminded_once_and_then_weekly_again(company: Company) -> None:
    await made(company)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK, MORNING):
        await later(company, moment)
    assert await later(company, MORNING + 5 * WEEK + DAY) == to_all(STILL)
    assert await tick(company) == 0
    assert await at(company, MORNING + 6 * WEEK) == to_all(STILL)


async def test_p13_whoever_an_outage_let_no_step_reach_is_reminded_in_the_look_that_catches_up(
    company: Company,
) -> None:
    """Weeks after the feedback moment: Miles is let in and told by that, Ruth is reminded."""
    await made(company, accused=["helena"])
    assert await later(company, MORNING + WEEK) == {"miles": [ALERT], "ruth": [STILL]}
    assert await at(company, MORNING + 2 * WEEK) == {"miles": [STILL], "ruth": [STILL]}


async def test_p13_at_the_feedback_moment_whoever_reads_it_is_reminded_where_the_fallback_is_away(
    company: Company,
) -> None:
    name = await made(company, accused=["helena"])
    await opened(company, "ruth", name)
    await be_away(company, company.miles, last=30)
    assert await at(company, FEEDBACK) == {"ruth": [STILL]}


async def test_p13_whoever_is_back_is_told_once_that_there_is_one(company: Company) -> None:
    """Nobody could read it for weeks: what was missed is not told beside the alert."""
    for who in ("ruth", "helena", "henrik", "miles"):
        await be_away(company, company.people[who], last=30)
    await made(company)
    for moment in (ACKNOWLEDGE, FEEDBACK, MORNING):
        assert await at(company, moment) == {}
    told = await later(company, NOW + timedelta(days=31))
    assert {who: sorted(words) for who, words in told.items()} == {
        "ruth": [ALERT, STALLS], "helena": [ALERT, STALLS], "miles": [ALERT],
    }  # fmt: skip
    assert await tick(company) == 0


async def test_p13_a_reminder_that_waits_when_it_is_acknowledged_and_answered_never_goes_out(company: Company) -> None:
    name = await made(company, accused=["helena"])
    await later(company, ACKNOWLEDGE)
    company.clock.now = FEEDBACK
    await tick(company)
    ruth = await opened(company, "ruth", name)
    await ruth.do(intents.Acknowledge)
    await ruth.do(intents.Ask, "Which day was it?")
    assert await heard(company) == {"ruth": [ALERT], "miles": [ALERT]}
    assert (await states(company)).count(LOST) == 2


async def test_p13_whoever_lost_sight_is_reminded_of_nothing(company: Company) -> None:
    """Helena is accused while her reminder waits: it never goes out, nor does any after it, nor is one drawn anew."""
    name = await made(company)
    for moment in (ACKNOWLEDGE, WAITS):
        await later(company, moment)
    company.clock.now = FEEDBACK
    await tick(company)
    ruth = await opened(company, "ruth", name)
    await ruth.do(intents.Accuse, chosen(company, "helena")[0], "She was there.")
    assert sorted(await heard(company)) == ["miles", "ruth"]
    assert sorted(await at(company, MORNING)) == ["miles", "ruth"]
    await (await page(company, company.ruth, name)).do(intents.Acknowledge)
    assert sorted(await heard(company)) == ["miles", "ruth"]


@pytest.mark.parametrize("acknowledged", [True, False])
async def test_p13_a_report_of_the_bots_own_has_nobody_to_answer(company: Company, acknowledged: bool) -> None:
    await company.door.enter(intents.Find("copy:7", "A copy went astray."), CLOCK)
    await tick(company)
    await heard(company)
    if acknowledged:
        await (await opened(company, "ruth", await the_report(company))).do(intents.Acknowledge)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK):
        await later(company, moment)
    assert await at(company, MORNING) == ({} if acknowledged else to_all(STILL))


@pytest.mark.soak
@pytest.mark.parametrize("ahead", [5 * WEEK, timedelta(minutes=2)])
async def test_p13_a_clock_that_stood_ahead_takes_no_later_reminder_along(company: Company, ahead: timedelta) -> None:
    """Far ahead, the weeks to come are not taken with it; a little ahead, as another replica may be, nothing is told twice."""
    await made(company)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK, MORNING):
        await later(company, moment)
    before = MORNING + WEEK - timedelta(minutes=1)
    assert await later(company, before + ahead) == to_all(STILL)
    assert await later(company, before) == {}
    assert await later(company, MORNING + WEEK) == (to_all(STILL) if ahead > WEEK else {})
    assert await at(company, MORNING + 2 * WEEK) == to_all(STILL)


async def test_p13_the_history_says_who_was_told_and_the_log_of_reports_holds(company: Company) -> None:
    name = await made(company, accused=["helena"], named="named")
    for moment in (ACKNOWLEDGE, FEEDBACK, MORNING):
        await later(company, moment)
    view = await (await page(company, company.ruth, name)).read()
    did = "Nobody did what was due, so "
    assert [one.words for one in view.history if one.kind == "stalled"] == [
        f"{did}whoever reported it was told.", f"{did}others were told.", f"{did}whoever reported it was told.",
        f"{did}everybody who reads it was reminded.", f"{did}everybody who reads it was reminded.",
    ]  # fmt: skip
    assert await company.database.read(broken) == []


async def test_p13_whoever_is_let_in_when_it_is_late_reads_since_when(company: Company) -> None:
    await made(company, accused=["helena"])
    company.clock.now = ACKNOWLEDGE
    await tick(company)
    told = lines(to(company, await collected(company), "miles").card)
    assert any("Please read it and acknowledge it: that is overdue since " in line for line in told)
    assert not [line for line in told if "others hear that it waits" in line]


async def test_p13_whoever_is_let_in_when_an_answer_is_late_reads_since_when(company: Company) -> None:
    name = await made(company)
    await (await opened(company, "ruth", name)).do(intents.Acknowledge)
    await heard(company)
    company.clock.now = FEEDBACK
    await tick(company)
    told = lines(to(company, await collected(company), "miles").card)
    assert any("Please answer whoever reported it: that is overdue since " in line for line in told)


async def test_p13_before_it_is_late_the_alert_says_until_when(company: Company) -> None:
    await made(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(intents.Accuse, chosen(company, "helena")[0], "She was there.")
    told = lines(to(company, await collected(company), "miles").card)
    assert any("acknowledge it by " in line and "after that others hear that it waits." in line for line in told)
