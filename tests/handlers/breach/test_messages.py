"""P13: what the messages of reports say in chat, to whom they go, and never a word of what reports say."""

from datetime import UTC, datetime

import pytest

from handlers import people
from handlers.acting import DELIVERY, WEB
from handlers.breach import filing, steps
from storage.breaches import TOLD, Breaches
from storage.database.store import Store
from tests.handlers.breach.reporting import (
    ALERT,
    buttons,
    chosen,
    collected,
    heard,
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
