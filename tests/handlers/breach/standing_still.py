"""Reports that nobody or somebody looks after, and what is said once the clock comes to a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from handlers.breach import handling
from storage.records import Record
from tests.handlers.breach.reporting import Page, heard, page, report, the_report, tick
from tests.handlers.builders import Company

ACKNOWLEDGE = datetime(2026, 11, 26, 6, tzinfo=UTC)  # Thursday, 17:00 in Sydney
WAITS, FEEDBACK = ACKNOWLEDGE + timedelta(days=1), datetime(2026, 12, 8, 6, tzinfo=UTC)
SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)
MORNING = datetime(2026, 12, 15, 22, tzinfo=UTC)  # Wednesday, 09:00: the first of the weekly reminders
ALERT = "A confidential report has come in."
STILL = "A confidential report is still waiting to be acknowledged."
UNANSWERED = "A confidential report is still waiting: the reporter has had no answer."
LATE = "Your confidential report has not been acknowledged yet."
WAITING = "A confidential report waits for someone to handle it."
OVER = "This is no longer for you to look after. There is nothing to do."


async def at(company: Company, moment: datetime) -> dict[str, list[str]]:
    """What is said once the clock has come there; first that a second before nothing is."""
    company.clock.now = moment - timedelta(seconds=1)
    await tick(company)
    assert await heard(company) == {}
    company.clock.now = moment
    await tick(company)
    told = await heard(company)
    assert await tick(company) == 0
    assert await heard(company) == {}
    return told


async def later(company: Company, moment: datetime) -> dict[str, list[str]]:
    """What is said once the clock has come there at one go, whatever came before."""
    company.clock.now = moment
    await tick(company)
    return await heard(company)


async def made(company: Company, *, by: str = "anna", **more: object) -> str:
    """A report that those who read it were told of."""
    await report(company, company.people[by], **more)
    await tick(company)
    await heard(company)
    return await the_report(company)


async def opened(company: Company, who: str, name: str) -> Page:
    mine = await page(company, company.people[who], name)
    await mine.read()
    return mine


async def closed(company: Company, name: str) -> Page:
    ruth = await opened(company, "ruth", name)
    await ruth.do(handling.outcome, "HR-12", "Settled.")
    await ruth.do(handling.close, "Thank you.")
    await heard(company)
    return ruth


async def count(company: Company, kind: type[Record]) -> int:
    return await company.database.read(lambda store: store.session.query(kind).count())
