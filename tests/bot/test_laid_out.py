"""P12: a whole copy of the database stays nowhere, and a large one is written anew once a night at most."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot import serving
from bot.laid_out import clear_away
from bot.retention.erasing import Overwritten
from bot.settings.config import Settings
from storage.database.store import Database, DatabaseDown, Forgotten
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.handlers.builders import Clock, Company, a_company
from tests.keys import KEY


def _left(tmp_path: Path, name: str = ".restore-abcd1234") -> Path:
    """What a killed process leaves."""
    folder = tmp_path / name
    folder.mkdir(mode=0o700)
    (folder / "database.sqlite").write_bytes(b"a whole database")
    return folder


def test_p12_or_by_the_next_start(tmp_path: Path, environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    left = _left(tmp_path)
    environment(SECRET_KEY=KEY, DATABASE_URL=f"sqlite:///{tmp_path / 'steward.db'}")
    environment(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET=SIGNING_SECRET)

    async def nothing(_: Settings) -> None:
        """Serve nobody."""

    monkeypatch.setattr(serving, "_serve", nothing)
    monkeypatch.setattr(serving, "quiet_logs", lambda: None)
    assert serving.run() == 0
    assert not left.exists()


def test_p12_nothing_is_removed_but_what_is_surely_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = _left(tmp_path, "elsewhere")
    (tmp_path / ".restore-linked00").symlink_to(elsewhere)
    (tmp_path / ".restore-afile000").write_bytes(b"a file")
    named, other = _left(tmp_path, ".restore-notes"), _left(tmp_path, ".restore-efgh5678")
    monkeypatch.setattr(os, "geteuid", lambda: other.stat().st_uid + 1)
    clear_away(tmp_path)
    assert other.exists()
    monkeypatch.undo()
    clear_away(tmp_path)
    assert not other.exists()
    assert {one.name for one in tmp_path.iterdir()} == {
        "elsewhere", ".restore-linked00", ".restore-afile000", named.name
    }  # fmt: skip
    assert (elsewhere / "database.sqlite").exists()


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
