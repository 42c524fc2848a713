"""P3, P13: days on which callers were not told come as a finding of the bot's own, once for each outage, and accuse nobody."""

from __future__ import annotations

from tests.handlers.breach.noticing import readers, told
from tests.handlers.breach.reporting import tick
from tests.handlers.builders import Company
from tests.handlers.notices.acts import enter, outages, withdraw

FACTS = "Callers were not told that calls are recorded, as somebody entered. Calls of these days are marked, and not drawn for review."


async def test_p3_an_outage_with_calls_is_told_once_with_how_many(company: Company) -> None:
    await enter(company, company.helena, "2026-11-21", "2026-11-23")
    for _ in range(3):
        await tick(company)
    assert await readers(company) == ["helena", "ruth"]
    [entered] = await outages(company)
    assert await told(company) == [
        FACTS, f"Outage {entered.id}, 2026-11-21 to 2026-11-23, Australia and New Zealand, UK, Europe and North America: 3 calls",
    ]  # fmt: skip


async def test_p3_an_outage_without_a_call_or_one_that_was_a_mistake_is_nothing_to_report(company: Company) -> None:
    await enter(company, company.helena, "2026-11-01", "2026-11-02")
    entered = await enter(company, company.helena, "2026-11-23", "2026-11-23")
    await withdraw(company, company.ruth, entered.outage)
    await tick(company)
    assert await readers(company) == []


async def test_p3_of_a_day_that_is_not_over_the_number_is_so_far(company: Company) -> None:
    await enter(company, company.ruth, "2026-11-23", "2026-11-24")
    await tick(company)
    assert (await told(company))[1].endswith(": 1 call so far")
