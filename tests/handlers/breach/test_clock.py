"""P13: a report that nobody acknowledges or answers in time: who is reminded, who is let in, and what its reporter hears."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.acting import WEB
from handlers.breach import handling, reporting
from tests.handlers.breach.noticing import vanished
from tests.handlers.breach.reporting import be_away, chosen, heard, messages, page, report, the_report, tick
from tests.handlers.breach.sending import buttons
from tests.handlers.breach.standing_still import (
    ACKNOWLEDGE,
    ALERT,
    FEEDBACK,
    LATE,
    MORNING,
    SECOND,
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
from tests.handlers.builders import NAMES, Company
from tests.handlers.reading import lines
from tests.moments import NOW

pytestmark = pytest.mark.long

ANNA, NEWS = "slack:UANNA", "You have a reply to your confidential report."
SINCE, SINCE_YOURS = (
    "A confidential report waited, and was looked after since.",
    "What you told in confidence waited, and was looked after since.",
)
NOBODY_ACKNOWLEDGED = "No one has acknowledged it yet, and the time for that is over."
NOBODY_ANSWERED = "No one has answered you yet, and the time for that is over."


def to_all(words: str) -> dict[str, list[str]]:
    return {who: [words] for who in ("ruth", "helena", "miles")}


async def test_p13_its_readers_are_reminded_then_the_fallback_is_let_in_where_nobody_opened_it(
    company: Company,
) -> None:
    await made(company)
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STILL], "helena": [STILL]}
    assert await at(company, WAITS) == {"miles": [ALERT]}
    assert await at(company, FEEDBACK) == to_all(STILL)
    for number in range(3):
        assert await at(company, MORNING + number * WEEK) == to_all(STILL)


async def test_p13_where_somebody_opened_it_the_fallback_is_let_in_at_the_feedback_moment(company: Company) -> None:
    name = await made(company)
    await opened(company, "helena", name)
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STILL], "helena": [STILL]}
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"ruth": [STILL], "helena": [STILL], "miles": [ALERT]}


async def test_p13_what_was_acknowledged_and_not_answered_says_so_each_week_until_it_is(company: Company) -> None:
    name = await made(company)
    await (await opened(company, "ruth", name)).do(handling.acknowledge)
    await heard(company)
    for moment in (ACKNOWLEDGE, WAITS):
        assert await at(company, moment) == {}
    assert await at(company, FEEDBACK) == {"ruth": [UNANSWERED], "helena": [UNANSWERED], "miles": [ALERT]}
    assert await at(company, MORNING) == to_all(UNANSWERED)
    await (await page(company, company.ruth, name)).do(handling.ask, "Which day was it?")
    drawn = await heard(company)
    assert {who: words.count(SINCE) for who, words in drawn.items()} == {"ruth": 2, "helena": 2, "miles": 1}
    assert await at(company, MORNING + WEEK) == {}


@pytest.mark.parametrize("does", ["answer", "close"])
async def test_p13_what_was_answered_or_closed_reminds_nobody(company: Company, does: str) -> None:
    name = await made(company)
    if does == "close":
        await closed(company, name)
    else:
        await (await opened(company, "ruth", name)).do(handling.ask, "Which day was it?")
    await heard(company)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK, MORNING):
        assert await at(company, moment) == {}


@pytest.mark.parametrize("out", ["accused", "conflicts"])
async def test_p13_the_fallback_who_is_out_is_never_let_in(company: Company, out: str) -> None:
    more: dict[str, Any] = {out: ["miles"]}
    await made(company, **more)
    for moment in (ACKNOWLEDGE, FEEDBACK):
        assert await later(company, moment) == {"ruth": [STILL], "helena": [STILL]}


async def test_p13_a_fallback_who_is_away_when_let_in_reads_it_upon_the_return(company: Company) -> None:
    await made(company, accused=["helena"])
    await be_away(company, company.miles, last=5)
    assert await later(company, WAITS) == {"ruth": [STILL]}
    assert await later(company, NOW + timedelta(days=6)) == {"miles": [ALERT]}


async def test_p13_while_it_is_sealed_its_reporter_hears_and_whoever_is_back_is_told_once(company: Company) -> None:
    for who in ("ruth", "helena", "henrik", "miles"):
        await be_away(company, company.people[who], last=30)
    await made(company, named="named")
    for moment in (ACKNOWLEDGE, FEEDBACK):
        assert await later(company, moment) == {ANNA: [LATE]}
    told = await later(company, NOW + timedelta(days=31))
    assert {who: words[0] for who, words in told.items()} == {"ruth": ALERT, "helena": ALERT, "miles": ALERT}
    assert await tick(company) == 0


async def test_p13_whoever_lost_sight_is_reminded_of_nothing(company: Company) -> None:
    """Helena is accused while her reminder waits: it never goes out, nor does any after it."""
    name = await made(company)
    company.clock.now = ACKNOWLEDGE
    await tick(company)
    ruth = await opened(company, "ruth", name)
    await ruth.do(handling.accuse, chosen(company, "helena")[0], "She was there.")
    assert sorted(await heard(company)) == ["miles", "ruth"]
    assert sorted(await at(company, FEEDBACK)) == ["miles", "ruth"]


@pytest.mark.parametrize("acknowledged", [True, False])
async def test_p13_a_report_of_the_bots_own_has_nobody_to_answer(company: Company, acknowledged: bool) -> None:
    await vanished(company, 1)
    await tick(company)
    await heard(company)
    if acknowledged:
        await (await opened(company, "ruth", await the_report(company))).do(handling.acknowledge)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK):
        await later(company, moment)
    assert await at(company, MORNING) == ({} if acknowledged else to_all(STILL))


async def test_p13_who_gave_a_name_hears_at_both_moments_and_never_again(company: Company) -> None:
    await made(company, accused=["helena"], named="named")
    company.clock.now = ACKNOWLEDGE
    await tick(company)
    [late] = [one for one in await messages(company) if one.account == ANNA]
    told, roles = lines(late.card), company.door.policy.roles.held().values()
    assert late.card.summary == LATE
    assert company.door.policy.breach.last_resort in told
    assert buttons(late.card) == ["Reply"]
    hidden = [*NAMES.values(), *(role.title for role in roles)]
    assert not [line for line in told for name in hidden if name in line]
    assert ANNA not in await later(company, WAITS)
    assert (await at(company, FEEDBACK))[ANNA] == [LATE]
    assert ANNA not in await at(company, MORNING)


async def test_p13_who_withheld_a_name_reads_it_on_the_page_and_gets_no_message(company: Company) -> None:
    filed = await report(company, company.anna)
    await heard(company)
    told: list[tuple[str, str]] = []
    for moment in (ACKNOWLEDGE - SECOND, ACKNOWLEDGE, FEEDBACK):
        assert not [who for who in await later(company, moment) if who not in ("ruth", "helena", "miles")]
        view = await company.door.enter(reporting.follow(filed.receipt), WEB)
        told.append((view.late, view.last_resort))
    await (await opened(company, "ruth", await the_report(company))).do(handling.acknowledge)
    view = await company.door.enter(reporting.follow(filed.receipt), WEB)
    where = company.door.policy.breach.last_resort
    assert told == [("", ""), *[(NOBODY_ACKNOWLEDGED, where)] * 2]
    assert (view.late, view.last_resort) == (NOBODY_ANSWERED, where)
