"""What the clock and the mail server did about customers' requests is told in the demo as people say it (P8)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.rehearsal.happened import happened
from storage.database.store import Store
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request
from tests.handlers.passing_time import delivered, pass_until

SYDNEY = ZoneInfo("Australia/Sydney")


async def _told(company: Company, since: int) -> list[str]:
    """The lines since an entry of the log, without their notes."""

    def look(store: Store) -> list[str]:
        return [one.words for one in happened(company.door.act(store, company.tara), since)[0]]

    return await company.database.read(look)


async def _entries(company: Company) -> int:
    return (await company.database.read(lambda store: store.audit.head()))[0]


async def test_p8_who_was_reminded_and_that_a_day_was_missed(company: Company) -> None:
    request = await a_request(company)
    await delivered(company)
    since = await _entries(company)
    await pass_until(company, datetime(2026, 12, 4, 10, tzinfo=SYDNEY))
    await delivered(company)
    two, three = "Tara Lindqvist and Cora Bellamy", "Tara Lindqvist, Helena Marsh and Cora Bellamy"
    what = f"customer’s request {request}"
    assert await _told(company, since) == [
        *[f"{two} were reminded of {what}"] * 2,
        f"{three} were reminded of {what}",
        *[f"{three} were told that {what} is due today"] * 2,
        f"The day of {what} passed without an answer, which stays on record",
        f"{three} were told that {what} is overdue",
    ]
