"""P13: how a closed report ends, and what a tick lets go of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import WEB
from handlers.breach import clock
from handlers.sealing import Keys
from storage.breaches import CAUSE, Breaches
from storage.database.store import Store
from storage.tables.breaches import Report, ReportMark, ReportPart
from tests.handlers.breach.noticing import readers, told, vanish
from tests.handlers.breach.reporting import heard, the_report, tick
from tests.handlers.breach.standing_still import (
    OVER,
    at,
    closed,
    count,
    made,
)
from tests.handlers.builders import NAMES, POLICY, Company, audit, email, ledger

pytestmark = pytest.mark.long


async def test_p13_handlers_are_reminded_30_days_before_and_then_it_is_destroyed_key_first(company: Company) -> None:
    name = await made(company, named="named")
    await closed(company, name)
    destroyed = datetime(2028, 11, 24, 13, tzinfo=UTC)  # 24 calendar months from the end of that day in Sydney
    ending = await at(company, destroyed - timedelta(days=30))
    assert ending == {who: ["A closed confidential report will be erased in 30 days."] for who in ("ruth", "helena")}
    company.clock.now = destroyed - timedelta(seconds=1)
    assert await tick(company) == 0
    company.clock.now = destroyed
    assert await tick(company) == 1
    told = await heard(company)
    assert {one for words in told.values() for one in words} == {
        OVER, "What you told in confidence was erased, as the policy says. There is nothing to do.",
    }  # fmt: skip
    assert {who: len(words) for who, words in told.items()}.keys() == {"ruth", "helena", "slack:UANNA"}
    assert [await count(company, kind) for kind in (Report, ReportPart)] == [0, 0]
    assert await heard(company) == {}
    rows = await company.database.read(lambda store: Breaches(store.session).traces())
    assert sorted(one.kind for one in rows) == ["key_destroyed"]


async def test_p13_who_lost_sight_of_a_closed_report_is_not_reminded_of_it(company: Company) -> None:
    """The rule is asked of closed reports too; whoever begins to read one gets no alert as of a new one."""
    name = await made(company)
    await closed(company, name)
    held = POLICY.role("head_of_customer_success").model_copy(update={"holder": email(NAMES["henrik"]), "deputies": ()})
    roles = POLICY.roles.model_copy(update={"head_of_customer_success": held})
    company.door.policy = POLICY.model_copy(update={"roles": roles})
    await tick(company)
    assert await heard(company) == {}
    company.clock.now = datetime(2028, 10, 26, tzinfo=UTC)
    await tick(company)
    assert sorted(await heard(company)) == ["henrik", "ruth"]


async def test_p13_a_report_that_is_open_is_never_destroyed(company: Company) -> None:
    await made(company)
    company.clock.now += timedelta(days=2000)
    await tick(company)
    assert await count(company, Report) == 1


async def test_p13_with_another_master_key_nothing_is_lost_and_its_end_waits(company: Company) -> None:
    name = await made(company)
    await closed(company, name)
    right, company.door.keys = company.door.keys, Keys(bytes(32))
    company.clock.now += timedelta(days=740)
    assert await tick(company) == 0
    assert await count(company, Report) == 1
    company.door.keys = right
    await tick(company)
    assert await count(company, Report) == 0


def _causes(store: Store) -> int:
    return store.session.query(ReportMark).filter_by(kind=CAUSE).count()


async def test_p13_a_tick_without_news_changes_nothing(company: Company) -> None:
    await made(company)
    before = await company.database.read(_causes)
    assert [await tick(company) for _ in range(3)] == [0, 0, 0]
    assert await company.database.read(_causes) == before
    assert await company.door.enter(clock.end_again(frozenset()), WEB) == 0


async def test_p13_a_call_that_vanished_early_is_reported_once_and_no_call_that_is_there(company: Company) -> None:
    await tick(company)
    await vanish(company, "call-1")
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]
    facts, line = await told(company)
    assert facts.startswith("Calls are no longer in the recording system, before their time.")
    assert line.startswith(f"Call {company.calls[0]}, ")
    for _ in range(3):
        company.clock.pass_(days=1)
        await tick(company)
    await the_report(company)


async def test_p12_a_call_that_went_at_its_moment_is_nothing_to_report(company: Company) -> None:
    company.clock.pass_(days=400)
    await vanish(company, "call-1", "call-2")
    assert await tick(company) == 0


async def test_p13_no_finding_stands_in_the_main_log_or_the_outbox(company: Company) -> None:
    await vanish(company, "call-1")
    entries, effects = len(await audit(company)), len(await ledger(company))
    await tick(company)
    assert (len(await audit(company)), len(await ledger(company))) == (entries, effects)
