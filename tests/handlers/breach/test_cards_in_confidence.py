"""P13: what the cards of reports say in chat, whom they are for, and never a word of what reports say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers import gather_calls
from handlers.acting import WEB
from handlers.breach import handling, hearing, reporting
from handlers.breach.messages import Message
from storage.breaches import TOLD
from tests.handlers.breach.keeping import kept
from tests.handlers.breach.reporting import Page, chosen, heard, messages, page, report, the_report, tick
from tests.handlers.breach.sending import ALERT, buttons, collected, states
from tests.handlers.builders import Company, refusal

pytestmark = pytest.mark.long


async def test_p13_the_alert_has_the_id_and_two_buttons_and_its_summary_has_neither(company: Company) -> None:
    await report(company, company.anna, accused=["bram"])
    name = await the_report(company)
    found = await collected(company)
    assert {one.person for one in found} == {company.ruth.person_id, company.helena.person_id}
    for one in found:
        assert f"{ALERT} {name}" in str(one.card)
        assert (one.card.summary, buttons(one.card)) == (ALERT, ["Details", "Acknowledge"])
        assert (one.account, one.platform, one.conversation, one.message) == ("", "", "", "")


CANARY = [f"canary{number}" for number in range(11)]


async def _filed_and_answered(company: Company, told: list[Message]) -> Page:
    filed = await report(
        company, company.anna, what=CANARY[0], when=CANARY[1], which=CANARY[2], concerned=CANARY[3], named="named",
        accused=["bram"], conflicts=["henrik"],
    )  # fmt: skip
    told += await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.read()
    await ruth.do(handling.acknowledge)
    await ruth.do(handling.ask, CANARY[4])
    told += await messages(company)
    await company.door.enter(reporting.add(filed.receipt, CANARY[5]), WEB)
    await ruth.do(handling.note, CANARY[6])
    return ruth


async def _heard_and_closed(company: Company, ruth: Page, told: list[Message]) -> None:
    await ruth.do(gather_calls, "CS-10443")
    await ruth.do(hearing.ask_to_hear, await kept(company, ruth))
    told += await messages(company)
    await ruth.do(handling.accuse, chosen(company, "helena")[0], CANARY[7])
    await tick(company)
    told += await messages(company)
    await ruth.do(handling.outcome, CANARY[8], CANARY[9])
    await ruth.do(handling.close, CANARY[10])
    told += await messages(company)


@pytest.mark.soak
async def test_p13_no_card_and_no_summary_has_a_word_of_a_report(company: Company) -> None:
    """A canary in every field that people fill in, through everything that is said of it."""
    told: list[Message] = []
    ruth = await _filed_and_answered(company, told)
    await _heard_and_closed(company, ruth, told)
    miles = await page(company, company.miles, ruth.report)
    await miles.do(handling.close, CANARY[10])
    for days in (0, 705, 40):
        company.clock.pass_(days=days)
        await tick(company)
        told += await messages(company)
    assert len(told) > 12
    words = (*CANARY, "Bram", "Henrik", "CS-10443")
    assert not [one for one in told for word in words if word in str(one.card)]
    assert not [one for one in told if "B-" in one.card.summary]


async def test_p13_what_one_replica_sends_no_other_takes_meanwhile(company: Company) -> None:
    await report(company, company.anna)
    assert len(await collected(company)) == 2
    assert await collected(company) == []
    company.clock.pass_(seconds=61)
    assert len(await collected(company)) == 2


async def test_p13_once_it_is_acknowledged_both_cards_say_so_where_they_stand(company: Company) -> None:
    await report(company, company.anna)
    stood = {one.person: one.name for one in await messages(company)}
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.read()
    await ruth.do(handling.acknowledge)
    found = await messages(company)
    assert {one.person: (one.name, one.platform, one.conversation, one.message) for one in found} == {
        person: (name, "slack", f"D{person}", name) for person, name in stood.items()
    }
    assert [(buttons(one.card), "acknowledged" in str(one.card)) for one in found] == [(["Details"], True)] * 2


async def test_p13_where_the_sight_ended_the_card_stays_as_it_is_and_leads_nowhere(company: Company) -> None:
    """A card that changed would tell whoever is accused."""
    await report(company, company.anna)
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(handling.accuse, chosen(company, "helena")[0], "She was there.")
    assert await heard(company) == {"miles": [ALERT]}
    fresh = await page(company, company.ruth, ruth.report)
    await fresh.read()
    await fresh.do(handling.acknowledge)
    assert sorted(await heard(company)) == ["miles", "ruth"]
    assert (await refusal(company, handling.acknowledge_pressed(ruth.report), company.helena)).code == "no_report"


async def test_p13_whose_sight_ended_before_the_alert_went_out_never_hears_of_it(company: Company) -> None:
    await report(company, company.anna)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(handling.accuse, chosen(company, "helena")[0], "She was there.")
    assert sorted(await heard(company)) == ["miles", "ruth"]
    company.clock.pass_(days=1)
    assert await heard(company) == {}
    assert await states(company) == [TOLD, TOLD]


async def test_p13_whoever_is_accused_before_hearing_that_one_waits_never_hears_it(company: Company) -> None:
    await report(company, company.anna)
    helena = await page(company, company.helena, await the_report(company))
    await helena.read()
    await heard(company)
    company.clock.now = datetime(2026, 11, 27, 6, tzinfo=UTC)
    await tick(company)
    helena = await page(company, company.helena, await the_report(company))
    await helena.do(handling.accuse, chosen(company, "miles")[0], "He was there.")
    assert "miles" not in await heard(company)
