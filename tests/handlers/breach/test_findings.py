"""P13: what the bot itself notices comes as a report: facts without a verdict, once for each cause, without whoever's act it was."""

from __future__ import annotations

import asyncio

import pytest

from handlers.acting import CLOCK
from handlers.breach import clock, handling
from tests.handlers.breach.noticing import readers, told, vanish
from tests.handlers.breach.reporting import heard, page, report, the_report, tick
from tests.handlers.builders import Company, audit, call, ledger, register

pytestmark = pytest.mark.long


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


async def test_p13_what_vanishes_later_on_a_day_comes_with_the_next_days_report(company: Company) -> None:
    """However often the recording system is asked, its readers get one report a day."""
    await vanish(company, "call-1")
    await tick(company)
    first = await the_report(company)
    await vanish(company, "call-2")
    await tick(company)
    await vanish(company, "call-3")
    await tick(company)
    assert await the_report(company) == first
    await heard(company)
    company.clock.pass_(days=1)
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]


async def test_p13_a_call_that_came_back_and_is_gone_again_is_another_cause(company: Company) -> None:
    await vanish(company, "call-1")
    await tick(company)
    await heard(company)
    await register(company.door, call(1, stamp="2"))
    company.clock.pass_(days=1)
    assert await tick(company) == 0
    await vanish(company, "call-1")
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]


async def test_p12_a_call_that_went_at_its_moment_is_nothing_to_report(company: Company) -> None:
    company.clock.pass_(days=400)
    await vanish(company, "call-1", "call-2")
    assert await tick(company) == 0


async def test_p13_many_calls_are_counted_and_none_is_passed_over_for_good(company: Company) -> None:
    names = [f"more-{number}" for number in range(230)]
    await register(company.door, *(call(5, native_id=name) for name in names))
    await vanish(company, *names)
    await tick(company)
    lines = await told(company)
    assert (len(lines), lines[-1]) == (22, "And 210 others.")
    company.clock.pass_(days=1)
    assert await tick(company) == 0


async def test_p13_two_replicas_that_look_at_once_make_one_report(company: Company) -> None:
    await vanish(company, "call-1")
    await asyncio.gather(*(company.door.enter(clock.notice(), CLOCK) for _ in range(2)))
    await the_report(company)


async def test_p13_no_finding_stands_in_the_main_log_or_the_outbox(company: Company) -> None:
    await vanish(company, "call-1")
    entries, effects = len(await audit(company)), len(await ledger(company))
    await tick(company)
    assert (len(await audit(company)), len(await ledger(company))) == (entries, effects)


async def test_p13_a_finding_has_no_reporter_and_tells_nobody_news(company: Company) -> None:
    await vanish(company, "call-1")
    await tick(company)
    await heard(company)
    ruth = await page(company, company.ruth, await the_report(company))
    view = await ruth.read()
    assert "Name of the reporter" not in dict(view.facts)
    await ruth.do(handling.acknowledge)
    await ruth.do(handling.ask, "Words to no one")
    assert sorted(await heard(company)) == ["helena", "ruth"]
    await report(company, company.anna)
