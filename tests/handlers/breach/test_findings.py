"""P13: what the bot itself notices comes as a report: facts without a verdict, once for each cause, without whoever's act it was."""

from __future__ import annotations

import pytest

from tests.handlers.breach.noticing import readers, told, vanish
from tests.handlers.breach.reporting import the_report, tick
from tests.handlers.builders import Company, audit, ledger

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


async def test_p12_a_call_that_went_at_its_moment_is_nothing_to_report(company: Company) -> None:
    company.clock.pass_(days=400)
    await vanish(company, "call-1", "call-2")
    assert await tick(company) == 0


async def test_p13_no_finding_stands_in_the_main_log_or_the_outbox(company: Company) -> None:
    await vanish(company, "call-1")
    entries, effects = len(await audit(company)), len(await ledger(company))
    await tick(company)
    assert (len(await audit(company)), len(await ledger(company))) == (entries, effects)
