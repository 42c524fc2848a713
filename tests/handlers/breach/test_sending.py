"""P13: messages about reports are sent once, tried again, given up, and the rule asks somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handlers import people
from handlers.acting import DELIVERY, WEB
from handlers.breach import handling, messages, reporting
from storage.breaches import TOLD
from storage.database.store import Store
from storage.tables.breaches import ReportNotice
from tests.handlers.breach.reporting import heard, page, report, the_report, tick
from tests.handlers.breach.sending import ALERT, collected, notices, to, undelivered
from tests.handlers.builders import Company, account, meet


async def test_p13_several_alike_that_wait_are_one(company: Company) -> None:
    filed = await report(company, company.anna)
    await heard(company)
    for number in range(5):
        await company.door.enter(reporting.add(filed.receipt, f"More {number}"), WEB)
    more = ["The person who sent a confidential report has written more."]
    assert await heard(company) == {"ruth": more, "helena": more}
    await company.door.enter(reporting.add(filed.receipt, "And more"), WEB)
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
        await undelivered(company, one.name, seconds=wait)
    company.clock.pass_(seconds=total - 1)
    assert await collected(company) == []
    company.clock.pass_(seconds=1)
    assert [one.name for one in await collected(company)] == [one.name]


async def test_p13_a_message_that_got_through_at_last_begins_anew_and_keeps_no_minute(company: Company) -> None:
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    company.clock.pass_(minutes=7)
    await undelivered(company, one.name)
    await company.door.enter(messages.delivered(one.name, "slack", "D1", "m1"), DELIVERY)
    [row] = await notices(company)
    assert (row.state, row.attempts, row.due_at) == (TOLD, 0, datetime(2026, 11, 24, tzinfo=UTC))


async def test_p13_until_it_is_sent_only_the_day_stands_there(company: Company) -> None:
    await report(company, company.anna)
    assert {one.due_at for one in await notices(company)} == {datetime(2026, 11, 24, tzinfo=UTC)}


async def test_p13_where_somebody_cannot_be_reached_the_rule_asks_the_next(company: Company) -> None:
    """Helena is accused and Ruth blocked the bot: Miles is asked."""
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    await company.door.enter(people.block("slack", "URUTH"), DELIVERY)
    await undelivered(company, one.name, gone=True)
    await tick(company)
    assert await heard(company) == {"miles": [ALERT]}


async def test_p13_a_deputy_is_asked_for_the_head_who_left(company: Company) -> None:
    await report(company, company.anna)
    found = await collected(company)
    await company.door.enter(people.gone("slack", "UHELENA", "deactivated"), DELIVERY)
    await undelivered(company, to(company, found, "helena").name, gone=True)
    await tick(company)
    assert (await heard(company))["henrik"] == [ALERT]


async def test_p13_whoever_can_be_reached_again_is_told(company: Company) -> None:
    await report(company, company.anna)
    found = await collected(company)
    await company.door.enter(people.block("slack", "UHELENA"), DELIVERY)
    await undelivered(company, to(company, found, "helena").name, gone=True)
    await tick(company)
    company.clock.pass_(minutes=2)
    back = replace(account("UHELENA", "Helena Marsh"), reference={"scope": "personal"}, checked_at=company.clock.now)
    await meet(company.door, back)
    await tick(company)
    assert (await heard(company))["helena"] == [ALERT]


async def test_p13_a_reporter_who_can_not_be_reached_still_has_the_receipt(company: Company) -> None:
    filed = await report(company, company.anna, named="named")
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(handling.ask, "Which day?")
    [news] = [one for one in await collected(company) if one.account]
    await undelivered(company, news.name, gone=True)
    assert (await company.door.enter(reporting.follow(filed.receipt), WEB)).question


async def test_p13_a_message_to_somebody_whose_address_is_another_now_is_given_up(company: Company) -> None:
    """The policy still names the old one, so the rule asks the deputies."""
    await report(company, company.anna)
    told = replace(account("UHELENA", "Helena Marsh"), email_key="h.marsh@fernhill.example")
    await meet(company.door, told)
    await tick(company)
    assert sorted(await heard(company)) == ["henrik", "ruth"]


async def test_p13_what_is_told_of_an_unknown_message_is_nothing(company: Company) -> None:
    await company.door.enter(messages.delivered("M-22222222", "slack", "D1", "m1"), DELIVERY)
    await undelivered(company, "M-22222222")
    assert await notices(company) == []


async def test_p13_one_that_nobody_can_read_waits_and_holds_up_no_other(company: Company) -> None:
    await report(company, company.anna)

    def spoil(store: Store) -> None:
        row = store.session.query(ReportNotice).first()
        assert row is not None
        row.sealed = b"x" * 60

    await company.database.write(spoil)
    assert len(await collected(company)) == 1
    assert await collected(company) == []


async def test_p13_who_could_not_be_reached_is_tried_again_after_a_day(company: Company) -> None:
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    await undelivered(company, one.name, gone=True)
    company.clock.pass_(hours=23)
    assert await collected(company) == []
    company.clock.pass_(hours=1)
    assert [again.name for again in await collected(company)] == [one.name]
