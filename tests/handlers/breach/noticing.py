"""What a report of the bot's own says, and who is told of it."""

from __future__ import annotations

from datetime import timedelta

from handlers import recordings
from handlers.acting import CLOCK
from tests.handlers.breach.reporting import heard, page, the_report
from tests.handlers.builders import (
    Company,
)

ALERT = ["A confidential report has come in."]
DAY = timedelta(days=1)


async def told(company: Company, who: str = "ruth") -> list[str]:
    """The lines of the only report, as somebody reads it."""
    view = await (await page(company, company.people[who], await the_report(company))).read()
    assert ("Sent", "by the bot itself: facts, no verdict") in view.facts
    return dict(view.facts)["What happened"].split("\n")


async def readers(company: Company) -> list[str]:
    """Whoever is told that one has come in."""
    found = await heard(company)
    assert all(words == ALERT for words in found.values())
    return sorted(found)


async def store(company: Company, *rows: object) -> None:
    await company.database.write(lambda one: one.session.add_all(rows))


async def vanished(company: Company, number: int) -> None:
    """This call of the sample's is gone before its time."""
    await vanish(company, f"call-{number}")


async def vanish(company: Company, *names: str) -> None:
    await company.door.enter(recordings.register("file", (), names), CLOCK)
