"""P12: a large database is written anew once a night at most, whatever comes of it, and what was in the way is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.retention.erasing import Overwritten
from storage.database.store import Database, DatabaseDown, Forgotten
from tests.handlers.builders import Clock, Company, a_company

MIDNIGHT = datetime(2026, 11, 25, tzinfo=ZoneInfo("Australia/Sydney"))
DONE, LARGE, READ = Forgotten(anew=True), Forgotten(False, "large"), Forgotten(True, "used")


class Nights:
    """A company, and a large database that answers as it is told to; `asked` are the hours in which it could be written anew."""

    def __init__(self, company: Company) -> None:
        self.company, self.answer = company, DONE
        self.down: DatabaseDown | None = None
        self.asked: list[float] = []
        self.logs: list[float] = []  # in which only its log was to be emptied
        vars(company.database)["forget"] = self._forget
        self.at(0)
        self.overwritten = Overwritten(company.door)

    def at(self, hour: float) -> None:
        self.hour, self.company.clock.now = hour, MIDNIGHT + timedelta(hours=hour)

    async def _forget(self, *, calm: bool, anew: bool) -> Forgotten:
        (self.asked if calm else self.logs if not anew else []).append(self.hour)
        if calm and self.down:
            raise self.down
        if not anew:
            return Forgotten(True, self.answer.why if self.answer == READ else "")
        return self.answer if calm else LARGE

    async def ticks(self, *hours: float) -> None:
        for hour in hours:
            self.at(hour)
            for _ in range(3):
                try:
                    await self.overwritten.tick()
                except DatabaseDown:
                    continue


@pytest_asyncio.fixture
async def nights(database: Database) -> Nights:
    return Nights(await a_company(database, Clock()))


async def test_p12_where_somebody_still_reads_the_log_only_that_is_tried_again(nights: Nights) -> None:
    """A backup that copied at one o'clock had the whole file written anew each twenty seconds, each time into its log."""
    nights.answer = READ
    await nights.ticks(1, 2)
    assert (nights.asked, nights.logs) == ([1], [1, 1, 2, 2, 2])
    nights.answer = DONE
    await nights.ticks(3, 4)
    assert (nights.asked, nights.logs) == ([1], [1, 1, 2, 2, 2, 3])


@pytest.mark.parametrize("answer", [Forgotten(False, "full"), DatabaseDown("disk")])
async def test_p12_a_full_or_broken_disk_is_tried_once_a_night(
    nights: Nights, answer: Forgotten | DatabaseDown
) -> None:
    if isinstance(answer, DatabaseDown):
        nights.down = answer
    else:
        nights.answer = answer
    await nights.ticks(0.5, 1, 2, 4, 12, 25, 26)
    assert nights.asked == [1, 25]
    nights.answer, nights.down = DONE, None
    await nights.ticks(30, 49, 50)
    assert nights.asked == [1, 25, 49]


async def test_p12_what_was_in_the_way_is_told_once_a_day(nights: Nights) -> None:
    with capture_logs() as told:
        nights.answer = Forgotten(False, "room")
        await nights.ticks(1, 2)
        nights.answer = Forgotten(False, "used")
        await nights.ticks(3)
        nights.answer = Forgotten(False, "room")
        await nights.ticks(4, 25)
    assert [(one["log_level"], one["why"]) for one in told if one["event"] == "database.not_written_anew"] == [
        ("warning", "room"), ("info", "used"), ("warning", "room"),
    ]  # fmt: skip
