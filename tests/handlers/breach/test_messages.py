"""P13: what is said of reports in chat: to whom, how often, and never a word of what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.acting import CLOCK, DELIVERY, WEB
from handlers.breach import intents
from handlers.cards import Actions, Card
from handlers.people import Block, Gone
from storage.breach_records import ReportNotice
from storage.breaches import LOST, STALE, TOLD, WAITING
from storage.store import Store
from tests.handlers.breach.reporting import be_away, chosen, heard, messages, page, report, the_report, tick
from tests.handlers.builders import Company, account, meet

ALERT = "A confidential report has come in."
OVER = "This is no longer for you to look after. There is nothing to do."


async def collected(company: Company) -> list[intents.Message]:
    return await company.door.enter(intents.Collect(), DELIVERY)


async def undelivered(company: Company, name: str, **more: Any) -> None:
    await company.door.enter(intents.Undelivered(name, **{"gone": False, **more}), DELIVERY)


async def notices(company: Company) -> list[ReportNotice]:
    def look(store: Store) -> list[ReportNotice]:
        found = list(store.session.query(ReportNotice))
        store.session.expunge_all()
        return found

    return await company.database.read(look)


async def states(company: Company) -> list[str]:
    return sorted(one.state for one in await notices(company))


def buttons(card: Card) -> list[str]:
    return [one.label for part in card.parts if isinstance(part, Actions) for one in part.buttons]


def to(company: Company, found: list[intents.Message], who: str) -> intents.Message:
    [one] = [one for one in found if one.person == company.people[who].person_id]
    return one


async def test_p13_the_alert_has_the_id_and_two_buttons_and_its_summary_has_neither(company: Company) -> None:
    await report(company, company.anna, accused=["bram"])
    name = await the_report(company)
    found = await collected(company)
    assert {one.person for one in found} == {company.ruth.person_id, company.helena.person_id}
    for one in found:
        assert f"{ALERT} {name}" in str(one.card)
        assert (one.card.summary, buttons(one.card)) == (ALERT, ["Details", "Acknowledge"])
        assert (one.account, one.platform, one.conversation, one.message) == ("", "", "", "")


async def test_p13_no_card_and_no_summary_has_a_word_of_a_report(company: Company) -> None:
    """A canary in every field that people fill in, through everything that is said of it."""
    told: list[intents.Message] = []
    canary = [f"canary{number}" for number in range(12)]

    async def collect() -> None:
        told.extend(await messages(company))

    filed = await report(
        company, company.anna, what=canary[0], when=canary[1], which=canary[2], concerned=canary[3], named="named",
        accused=["bram"], conflicts=["henrik"],
    )  # fmt: skip
    await collect()
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.read()
    await ruth.do(intents.Acknowledge)
    await ruth.do(intents.Ask, canary[4])
    await collect()
    await company.door.enter(intents.Add(filed.receipt, canary[5]), WEB)
    await ruth.do(intents.Note, canary[6])
    await ruth.do(intents.Gather, "CS-10443")
    copy = await ruth.do(intents.Keep, company.calls[0])
    await ruth.do(intents.Keeping, copy, 0, b"audio")
    await ruth.do(intents.Kept, copy, company.calls[0], 1, 5, "audio/wav")
    await ruth.do(intents.AskToHear, copy)
    await collect()
    await ruth.do(intents.Accuse, chosen(company, "helena")[0], canary[7])
    await tick(company)
    await collect()
    await ruth.do(intents.Outcome, canary[8], canary[9])
    await ruth.do(intents.Close, canary[10])
    await collect()
    company.clock.pass_(days=705)
    await tick(company)
    await collect()
    company.clock.pass_(days=40)
    await tick(company)
    await collect()
    assert len(told) > 10
    assert not [one for one in told for word in (*canary, "Bram", "Henrik", "CS-10443") if word in str(one.card)]
    assert not [one for one in told if "B-" in one.card.summary]


async def test_p13_a_message_that_stands_is_not_sent_again(company: Company) -> None:
    await report(company, company.anna)
    assert len(await messages(company)) == 2
    assert await messages(company) == []
    assert await states(company) == [TOLD, TOLD]


async def test_p13_what_one_replica_sends_no_other_takes_meanwhile(company: Company) -> None:
    await report(company, company.anna)
    assert len(await collected(company)) == 2
    assert await collected(company) == []
    company.clock.pass_(seconds=61)
    assert len(await collected(company)) == 2


async def test_p13_twenty_are_taken_at_once_and_the_others_next(company: Company) -> None:
    for _ in range(11):
        await report(company, company.anna)
    assert [len(await collected(company)) for _ in range(3)] == [20, 2, 0]


async def test_p13_once_it_is_acknowledged_both_cards_say_so_where_they_stand(company: Company) -> None:
    await report(company, company.anna)
    stood = {one.person: one.name for one in await messages(company)}
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.read()
    await ruth.do(intents.Acknowledge)
    found = await messages(company)
    assert {one.person: (one.name, one.platform, one.conversation, one.message) for one in found} == {
        person: (name, "slack", f"D{person}", name) for person, name in stood.items()
    }
    assert [(buttons(one.card), "acknowledged" in str(one.card)) for one in found] == [(["Details"], True)] * 2


async def test_p13_where_the_sight_ended_the_card_says_that_it_is_over_and_no_more(company: Company) -> None:
    await report(company, company.anna)
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(intents.Accuse, chosen(company, "helena")[0], "She was there.")
    found = await messages(company)
    over = to(company, found, "helena")
    assert (over.card.summary, buttons(over.card)) == (OVER, [])
    assert over.message
    assert to(company, found, "miles").card.summary == ALERT


async def test_p13_whose_sight_ended_before_the_alert_went_out_never_hears_of_it(company: Company) -> None:
    await report(company, company.anna)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(intents.Accuse, chosen(company, "helena")[0], "She was there.")
    assert sorted(await heard(company)) == ["miles", "ruth"]
    company.clock.pass_(days=1)
    assert await heard(company) == {}
    assert await states(company) == [LOST, TOLD, TOLD]


async def test_p13_whoever_is_accused_before_hearing_that_one_waits_never_hears_it(company: Company) -> None:
    await report(company, company.anna)
    helena = await page(company, company.helena, await the_report(company))
    await helena.read()
    await heard(company)
    company.clock.now = datetime(2026, 11, 27, 6, tzinfo=UTC)
    await tick(company)
    helena = await page(company, company.helena, await the_report(company))
    await helena.do(intents.Accuse, chosen(company, "miles")[0], "He was there.")
    assert "miles" not in await heard(company)


async def test_p13_whoever_is_back_is_told_anew(company: Company) -> None:
    await report(company, company.anna)
    await heard(company)
    await be_away(company, company.ruth)
    await tick(company)
    assert await heard(company) == {"ruth": [OVER]}
    company.clock.pass_(days=1)
    await tick(company)
    assert (await heard(company))["ruth"] == [ALERT]


async def test_p13_several_alike_that_wait_are_one(company: Company) -> None:
    filed = await report(company, company.anna)
    await heard(company)
    for number in range(5):
        await company.door.enter(intents.Add(filed.receipt, f"More {number}"), WEB)
    more = ["Whoever sent a confidential report has written more."]
    assert await heard(company) == {"ruth": more, "helena": more}
    await company.door.enter(intents.Add(filed.receipt, "And more"), WEB)
    assert await heard(company) == {"ruth": more, "helena": more}


@pytest.mark.parametrize(
    ("waits", "total"), [([30.0], 30), ([30.0] * 3, 120), ([30.0] * 6, 900), ([30.0] * 9, 900), ([1.0] * 7, 32)]
)
async def test_p13_what_could_not_be_sent_is_tried_again_after_longer_and_longer(
    company: Company, waits: list[float], total: float
) -> None:
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    for wait in waits:
        await undelivered(company, one.name, wait=wait)
    company.clock.pass_(seconds=total - 1)
    assert await collected(company) == []
    company.clock.pass_(seconds=1)
    assert [one.name for one in await collected(company)] == [one.name]


async def test_p13_a_message_that_got_through_at_last_begins_anew_and_keeps_no_minute(company: Company) -> None:
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    company.clock.pass_(minutes=7)
    await undelivered(company, one.name)
    await company.door.enter(intents.Delivered(one.name, "slack", "D1", "m1"), DELIVERY)
    [row] = await notices(company)
    assert (row.state, row.attempts, row.due_at) == (TOLD, 0, datetime(2026, 11, 24, tzinfo=UTC))


async def test_p13_until_it_is_sent_only_the_day_stands_there(company: Company) -> None:
    await report(company, company.anna)
    assert {one.due_at for one in await notices(company)} == {datetime(2026, 11, 24, tzinfo=UTC)}


async def test_p13_what_a_clock_that_stood_ahead_put_off_goes_out_all_the_same(company: Company) -> None:
    company.clock.pass_(days=300)
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    await undelivered(company, one.name)
    company.clock.pass_(days=-300)
    assert [one.name for one in await collected(company)] == [one.name]


async def test_p13_where_somebody_cannot_be_reached_the_rule_asks_the_next(company: Company) -> None:
    """Helena is accused and Ruth blocked the bot: the message is given up, and Miles is asked."""
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    await company.door.enter(Block("slack", "URUTH"), DELIVERY)
    await undelivered(company, one.name, gone=True)
    assert await states(company) == [LOST]
    await tick(company)
    assert await heard(company) == {"miles": [ALERT]}


async def test_p13_a_deputy_is_asked_for_the_head_who_left(company: Company) -> None:
    await report(company, company.anna)
    found = await collected(company)
    await company.door.enter(Gone("slack", "UHELENA", "deactivated"), DELIVERY)
    await undelivered(company, to(company, found, "helena").name, gone=True)
    await tick(company)
    assert (await heard(company))["henrik"] == [ALERT]


async def test_p13_whoever_can_be_reached_again_is_told(company: Company) -> None:
    await report(company, company.anna)
    found = await collected(company)
    await company.door.enter(Block("slack", "UHELENA"), DELIVERY)
    await undelivered(company, to(company, found, "helena").name, gone=True)
    await tick(company)
    await meet(company.door, replace(account("UHELENA", "Helena Marsh"), reference={"scope": "personal"}))
    await tick(company)
    company.clock.pass_(minutes=2)
    assert (await heard(company))["helena"] == [ALERT]


async def test_p13_a_card_of_somebody_who_is_gone_is_drawn_no_more(company: Company) -> None:
    await report(company, company.anna)
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(intents.Accuse, chosen(company, "helena")[0], "She was there.")
    assert (await states(company)).count(STALE) == 1
    over = to(company, await collected(company), "helena")
    await undelivered(company, over.name, gone=True)
    company.clock.pass_(days=1)
    assert list(await heard(company)) == ["miles"]


async def test_p13_a_message_to_somebody_whose_address_is_another_now_is_given_up(company: Company) -> None:
    """The policy still names the old one, so the rule asks the deputies."""
    await report(company, company.anna)
    told = replace(account("UHELENA", "Helena Marsh"), email_key="h.marsh@fernhill.example")
    await meet(company.door, told)
    await tick(company)
    assert sorted(await heard(company)) == ["henrik", "ruth"]


async def test_p13_what_is_told_of_an_unknown_message_is_nothing(company: Company) -> None:
    await company.door.enter(intents.Delivered("M-22222222", "slack", "D1", "m1"), DELIVERY)
    await undelivered(company, "M-22222222")
    assert await notices(company) == []


async def test_p13_who_gave_a_name_is_told_of_an_answer_with_a_way_to_it(company: Company) -> None:
    await report(company, company.anna, named="named")
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(intents.Ask, "Which day?")
    [news] = await messages(company)
    assert (news.account, news.person, buttons(news.card)) == ("slack:UANNA", None, ["Reply"])
    assert news.card.summary == "There is an answer to what you told in confidence."


async def test_p13_who_withheld_a_name_gets_no_message(company: Company) -> None:
    await report(company, company.anna)
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(intents.Ask, "Which day?")
    assert await messages(company) == []


async def test_p13_a_question_that_was_decided_says_so_on_its_card(company: Company) -> None:
    await report(company, company.anna)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(intents.Gather, "CS-10443")
    copy = await ruth.do(intents.Keep, company.calls[0])
    await ruth.do(intents.Keeping, copy, 0, b"audio")
    await ruth.do(intents.Kept, copy, company.calls[0], 1, 5, "audio/wav")
    await messages(company)
    await ruth.do(intents.AskToHear, copy)
    [asked] = await messages(company)
    assert "waiting for you" in str(asked.card)
    helena = await page(company, company.helena, ruth.report)
    await helena.do(intents.DecideHearing, copy, "ruth.adeyemi@fernhill.example", False)
    again = [one for one in await messages(company) if one.name == asked.name]
    assert ["decided" in str(one.card) for one in again] == [True]


async def test_p13_a_closed_report_says_so_on_its_cards(company: Company) -> None:
    await report(company, company.anna, named="named")
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(intents.Outcome, "HR-12", "Settled.")
    await ruth.do(intents.Close, "Thank you.")
    found = await messages(company)
    assert ["closed" in str(one.card) for one in found] == [True] * 3
    assert "Acknowledge" not in {label for one in found for label in buttons(one.card)}


async def test_p13_no_message_waits_in_the_outbox_that_others_are_counted_in(company: Company) -> None:
    await report(company, company.anna)
    await company.door.enter(intents.Look(), CLOCK)
    assert await states(company) == [WAITING, WAITING]
    assert await company.database.read(lambda store: store.outbox.ledger(person_id=company.ruth.person_id)) == []
