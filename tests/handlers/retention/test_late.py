"""P12: what is an hour late is told to the Head, then daily; what was kept is late only an hour after nothing keeps it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest_asyncio

from bot.ports import Unavailable
from handlers import recordings
from handlers.acting import CLOCK
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company, words_for

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock()))
    await archive.company.door.enter(recordings.register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    return archive


async def _told(archive: Archive) -> list[str]:
    """What the Head is told of calls that are late."""
    words = await words_for(archive.company, archive.company.helena)
    return [one for one in words if "should be erased by now" in one]


async def test_p12_the_head_hears_of_what_is_an_hour_late_then_daily(archive: Archive) -> None:
    await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.outage = Unavailable("away")
    await archive.erasing.tick()
    archive.until(MOMENT, minutes=60)
    await archive.erasing.tick()
    assert await _told(archive) == []
    archive.until(MOMENT, minutes=60, seconds=1)
    await archive.erasing.tick()
    await archive.erasing.tick()
    [told] = await _told(archive)
    assert told.startswith("1 call should be erased by now")
