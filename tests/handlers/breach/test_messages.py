"""P13: what the messages of reports say in chat, to whom they go, and never a word of what reports say."""

from datetime import UTC, datetime

import pytest

from handlers import people
from handlers.acting import DELIVERY, WEB
from handlers.breach import cards, filing, steps
from handlers.breach.cards import Message
from handlers.breach.steps import gather_calls
from storage.breaches import TOLD, Breaches
from storage.database.store import Store
from tests.handlers.breach.reporting import (
    ALERT,
    Page,
    buttons,
    chosen,
    collected,
    heard,
    kept,
    messages,
    notices,
    page,
    pages,
    report,
    states,
    the_report,
    tick,
    undelivered,
)
from tests.handlers.builders import Company, refusal

pytestmark = pytest.mark.long


async def test_p13_the_alert_has_the_id_and_two_buttons_and_its_summary_has_neither(company: Company) -> None:
    await report(company, company.anna, accused=["bram"])
    name = await the_report(company)
    found = await collected(company)
    assert {one.person for one in found} == {company.ruth.person_id, company.helena.person_id}
    for one in found:
        assert name in str(one.card)
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
    await ruth.do(steps.acknowledge_report)
    await ruth.do(steps.ask_reporter, CANARY[4])
    told += await messages(company)
    await company.door.enter(filing.add_words(filed.receipt, CANARY[5]), WEB)
    await ruth.do(steps.write_note, CANARY[6])
    return ruth


async def _heard_and_closed(company: Company, ruth: Page, told: list[Message]) -> None:
    await ruth.do(gather_calls, "CS-10443")
    await ruth.do(steps.ask_to_hear, await kept(company, ruth))
    told += await messages(company)
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], CANARY[7])
    await tick(company)
    told += await messages(company)
    await ruth.do(steps.write_outcome, CANARY[8], CANARY[9])
    await ruth.do(steps.close_report, CANARY[10])
    told += await messages(company)


@pytest.mark.soak
async def test_p13_no_card_and_no_summary_has_a_word_of_a_report(company: Company) -> None:
    """A canary in every field that people fill in, through everything that is said of it."""
    told: list[Message] = []
    ruth = await _filed_and_answered(company, told)
    await _heard_and_closed(company, ruth, told)
    miles = await page(company, company.miles, ruth.report)
    await miles.do(steps.close_report, CANARY[10])
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
    await ruth.do(steps.acknowledge_report)
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
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    assert await heard(company) == {"miles": [ALERT]}
    fresh = await page(company, company.ruth, ruth.report)
    await fresh.read()
    await fresh.do(steps.acknowledge_report)
    assert sorted(await heard(company)) == ["miles", "ruth"]
    assert (await refusal(company, steps.acknowledge_pressed(ruth.report), company.helena)).code == "no_report"


async def test_p13_whose_sight_ended_before_the_alert_went_out_never_hears_of_it(company: Company) -> None:
    [ruth] = await pages(company, "ruth")
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    assert sorted(await heard(company)) == ["miles", "ruth"]
    company.clock.pass_(days=1)
    assert await heard(company) == {}
    assert await states(company) == [TOLD, TOLD]


async def test_p13_several_alike_that_wait_are_one(company: Company) -> None:
    filed = await report(company, company.anna)
    await heard(company)
    for number in range(5):
        await company.door.enter(filing.add_words(filed.receipt, f"More {number}"), WEB)
    more = ["The reporter has added to a confidential report."]
    assert await heard(company) == {"ruth": more, "helena": more}
    await company.door.enter(filing.add_words(filed.receipt, "And more"), WEB)
    assert await heard(company) == {"ruth": more, "helena": more}


@pytest.mark.parametrize(
    ("waits", "total"), [([30.0], 30), ([30.0] * 3, 120), ([30.0] * 6, 900), ([30.0] * 9, 900), ([1.0] * 7, 32)]
)
async def test_p13_tries_are_further_and_further_apart(company: Company, waits: list[float], total: float) -> None:
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    for wait in waits:
        await undelivered(company, one.name, seconds=wait)
    company.clock.pass_(seconds=total - 1)
    assert await collected(company) == []
    company.clock.pass_(seconds=1)
    assert [one.name for one in await collected(company)] == [one.name]


async def test_p13_until_it_is_sent_only_the_day_stands_there(company: Company) -> None:
    await report(company, company.anna)
    assert {one.due_at for one in await notices(company)} == {datetime(2026, 11, 24, tzinfo=UTC)}


async def test_p13_where_somebody_cannot_be_reached_the_rule_asks_the_next(company: Company) -> None:
    """Helena is accused and Ruth blocked the bot: Miles is asked."""
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    await company.door.enter(people.note_blocked("slack", "URUTH"), DELIVERY)
    await undelivered(company, one.name, gone=True)
    await tick(company)
    assert await heard(company) == {"miles": [ALERT]}


async def test_p13_one_that_nobody_can_read_waits_and_holds_up_no_other(company: Company) -> None:
    await report(company, company.anna)

    def spoil(store: Store) -> None:
        row = Breaches(store.session).messages()[0]
        row.sealed = b"x" * 60

    await company.database.write(spoil)
    assert len(await collected(company)) == 1
    assert await collected(company) == []


async def test_p13_what_became_of_a_message_that_is_gone_changes_nothing(company: Company) -> None:
    await company.door.enter(cards.note_delivered("M-22222222", "slack", "D1", "m1"), DELIVERY)
    await undelivered(company, "M-22222222")
    assert await notices(company) == []
