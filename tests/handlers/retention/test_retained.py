"""P12: what the recording system keeps until a known day is asked for daily and on that day, and the journal is told of it once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.ports import Held
from handlers import recordings
from handlers.acting import CLOCK
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company
from tests.reconciled import findings

pytestmark = pytest.mark.long

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Locked:
    """A bucket's lock: nothing is deleted before its end, and it says when that is. `asked` are the moments of the tries."""

    def __init__(self, archive: Archive, until: datetime) -> None:
        self.archive, self.until, self.asked = archive, until, list[datetime]()
        self.delete = archive.recorder.delete
        vars(archive.recorder)["delete"] = self

    async def __call__(self, native_id: str, stamp: str) -> None:
        now = self.archive.company.clock.now
        self.asked.append(now)
        if now < self.until:
            raise Held("one is kept by the bucket's retention.", self.until)
        await self.delete(native_id, stamp)


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock()))
    await archive.company.door.enter(
        recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK
    )
    await archive.record("one")
    return archive


async def _ticks(archive: Archive, *, days: float, each: timedelta = HOUR) -> None:
    at = MOMENT
    while at <= MOMENT + timedelta(days=days):
        archive.company.clock.now = at
        await archive.erasing.tick()
        at += each


async def _states(archive: Archive) -> list[str]:
    """What became of the calls that this recording system had, by their numbers."""
    numbers = range(4, 6)  # after those of the builders
    rows = await archive.company.database.read(lambda store: store.recordings.all_of(numbers))
    return [one.state for one in rows]


@pytest.mark.soak
async def test_p12_it_is_tried_daily_and_once_it_may_go(archive: Archive) -> None:
    """For each call of 400 days it was 38,000 tries: each read the whole audio, and left three entries and a line in the journal."""
    locked = Locked(archive, MOMENT + 3 * DAY + HOUR)
    await _ticks(archive, days=4)
    assert [at - MOMENT for at in locked.asked] == [timedelta(), DAY, 2 * DAY, 3 * DAY, 3 * DAY + HOUR]
    assert await _states(archive) == ["erased"]
    assert await findings(archive.company.database) == []
