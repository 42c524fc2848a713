"""P13: messages about reports are sent once, tried again, given up, and the rule asks somebody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers import people
from handlers.acting import DELIVERY, WEB
from handlers.breach import messages, reporting
from storage.breaches import Breaches
from storage.database.store import Store
from tests.handlers.breach.reporting import heard, report, tick
from tests.handlers.breach.sending import ALERT, collected, notices, undelivered
from tests.handlers.builders import Company


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


async def test_p13_what_is_told_of_an_unknown_message_is_nothing(company: Company) -> None:
    await company.door.enter(messages.delivered("M-22222222", "slack", "D1", "m1"), DELIVERY)
    await undelivered(company, "M-22222222")
    assert await notices(company) == []


async def test_p13_one_that_nobody_can_read_waits_and_holds_up_no_other(company: Company) -> None:
    await report(company, company.anna)

    def spoil(store: Store) -> None:
        row = Breaches(store.session).messages()[0]
        row.sealed = b"x" * 60

    await company.database.write(spoil)
    assert len(await collected(company)) == 1
    assert await collected(company) == []
