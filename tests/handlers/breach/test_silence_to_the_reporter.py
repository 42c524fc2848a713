"""P13: whoever reported hears that nobody acknowledged or answered in time, and to whom to turn; never who reads it."""

from __future__ import annotations

import pytest

from handlers.acting import WEB
from handlers.breach import intents
from handlers.breach.view import ReporterView
from tests.handlers.breach.reporting import be_away, heard, messages, report, the_report, tick
from tests.handlers.breach.sending import buttons
from tests.handlers.breach.standing_still import (
    ACKNOWLEDGE,
    ALERT,
    FEEDBACK,
    LATE,
    LATE_ANSWER,
    MORNING,
    SECOND,
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

pytestmark = pytest.mark.long

ANNA, SINCE = "slack:UANNA", "What you told in confidence waited, and was looked after since."
NOBODY_ACKNOWLEDGED = "Nobody has acknowledged it yet, and the time for that is over."
NOBODY_ANSWERED = "Nobody has answered you yet, and the time for that is over."


async def _to_anna(company: Company) -> list[intents.Message]:
    return [one for one in await messages(company) if one.account == ANNA]


@pytest.mark.soak
async def test_p13_who_gave_a_name_hears_at_both_moments_and_never_again(company: Company) -> None:
    await made(company, accused=["helena"], named="named")
    assert (await at(company, ACKNOWLEDGE))[ANNA] == [LATE]
    assert ANNA not in await at(company, WAITS)
    assert (await at(company, FEEDBACK))[ANNA] == [LATE]
    for number in range(3):
        assert ANNA not in await at(company, MORNING + number * WEEK)


async def test_p13_where_it_was_acknowledged_the_reporter_hears_of_the_answer_alone(company: Company) -> None:
    name = await made(company, named="named")
    await (await opened(company, "ruth", name)).do(intents.Acknowledge)
    await heard(company)
    assert await at(company, ACKNOWLEDGE) == {}
    assert await at(company, FEEDBACK) == {"miles": [ALERT], ANNA: [LATE_ANSWER]}


async def test_p13_where_it_was_answered_the_reporter_hears_of_no_silence(company: Company) -> None:
    name = await made(company, named="named")
    await (await opened(company, "ruth", name)).do(intents.Ask, "Which day was it?")
    await heard(company)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK):
        assert ANNA not in await later(company, moment)


async def test_p13_after_an_outage_over_both_moments_the_reporter_hears_once(company: Company) -> None:
    await made(company, named="named")
    assert (await later(company, MORNING + 3 * WEEK))[ANNA] == [LATE]
    assert await tick(company) == 0


async def test_p13_the_message_says_to_whom_to_turn_and_nobody_who_reads_it(company: Company) -> None:
    await made(company, accused=["helena"], named="named")
    company.clock.now = ACKNOWLEDGE
    await tick(company)
    [late] = await _to_anna(company)
    told = lines(late.card)
    assert company.door.policy.breach.last_resort in told
    assert buttons(late.card) == ["Reply"]
    assert not [line for line in told for name in NAMES.values() if name in line]
    roles = company.door.policy.roles.held().values()
    assert not [line for line in told for role in roles if role.title in line]


async def test_p13_once_somebody_acknowledges_what_stands_with_the_reporter_says_so(company: Company) -> None:
    name = await made(company, named="named")
    await later(company, ACKNOWLEDGE)
    await (await opened(company, "ruth", name)).do(intents.Acknowledge)
    found = await _to_anna(company)
    assert sorted(one.card.summary for one in found) == ["There is an answer to what you told in confidence.", SINCE]
    assert not [one for one in found if company.door.policy.breach.last_resort in lines(one.card)]


async def test_p13_while_it_is_sealed_the_reporter_hears_too(company: Company) -> None:
    for who in ("ruth", "helena", "henrik", "miles"):
        await be_away(company, company.people[who], last=60)
    await made(company, named="named")
    assert await at(company, ACKNOWLEDGE) == {ANNA: [LATE]}
    assert await at(company, FEEDBACK) == {ANNA: [LATE]}


async def _followed(company: Company, receipt: str) -> ReporterView:
    return await company.door.enter(intents.Follow(receipt), WEB)


async def test_p13_who_withheld_a_name_reads_it_on_the_page_and_gets_no_message(company: Company) -> None:
    filed = await report(company, company.anna)
    await heard(company)
    told: list[tuple[str, str]] = []
    for moment in (ACKNOWLEDGE - SECOND, ACKNOWLEDGE, FEEDBACK, MORNING):
        assert not [who for who in await later(company, moment) if who not in ("ruth", "helena", "miles")]
        view = await _followed(company, filed.receipt)
        told.append((view.late, view.last_resort))
    where = company.door.policy.breach.last_resort
    assert told == [("", ""), *[(NOBODY_ACKNOWLEDGED, where)] * 3]


@pytest.mark.parametrize("does", ["acknowledge", "answer", "close"])
async def test_p13_the_page_says_it_until_somebody_does_something(company: Company, does: str) -> None:
    filed = await report(company, company.anna)
    await later(company, FEEDBACK)
    name = await the_report(company)
    if does == "close":
        await closed(company, name)
    ruth = await opened(company, "ruth", name) if does != "close" else None
    if ruth and does == "acknowledge":
        await ruth.do(intents.Acknowledge)
    elif ruth:
        await ruth.do(intents.Ask, "Which day was it?")
    view = await _followed(company, filed.receipt)
    expected = (NOBODY_ANSWERED, company.door.policy.breach.last_resort) if does == "acknowledge" else ("", "")
    assert (view.late, view.last_resort) == expected


async def test_p13_on_the_page_a_sealed_one_says_that_alone(company: Company) -> None:
    for who in ("ruth", "helena", "henrik", "miles"):
        await be_away(company, company.people[who], last=60)
    filed = await report(company, company.anna)
    await later(company, FEEDBACK)
    view = await _followed(company, filed.receipt)
    assert (view.late, view.last_resort) == ("", company.door.policy.breach.last_resort)
