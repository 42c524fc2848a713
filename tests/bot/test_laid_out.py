"""P12: a whole copy of the database stays nowhere, and a large one is rewritten once a night at most."""

import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import serving
from bot.retention.erasing import FileRewriter
from bot.settings.config import Settings
from storage.database.copies import RESTORE, clear_away, temporary_copy_folder
from storage.database.store import Database, DatabaseDown, Forgotten
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.handlers.builders import Clock, a_company
from tests.keys import KEY


def _left(tmp_path: Path, name: str = ".restore-abcd1234") -> Path:
    """What a killed process leaves."""
    folder = tmp_path / name
    folder.mkdir(mode=0o700)
    (folder / "database.sqlite").write_bytes(b"a whole database")
    return folder


def test_p12_what_a_killed_restore_left_is_removed_by_the_next_and_one_at_work_is_left_alone(tmp_path: Path) -> None:
    left = _left(tmp_path)
    with temporary_copy_folder(RESTORE, tmp_path) as folder:
        assert not left.exists()
        clear_away(tmp_path)
        assert folder.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("server", [False, True])
def test_p12_or_by_the_next_start(
    tmp_path: Path, environment: Environment, monkeypatch: pytest.MonkeyPatch, *, server: bool
) -> None:
    """Beside the database's file; for a server in the folder that the bot runs in, as documented."""
    left = _left(tmp_path)
    monkeypatch.chdir(tmp_path)
    url = "postgresql://steward@127.0.0.1/steward" if server else f"sqlite:///{tmp_path / 'steward.db'}"
    environment(SECRET_KEY=KEY, DATABASE_URL=url)
    environment(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET=SIGNING_SECRET)

    async def nothing(_: Settings) -> None:
        """Serve no one."""

    monkeypatch.setattr(serving, "_serve_until_stopped", nothing)
    monkeypatch.setattr(serving, "quiet_logs", lambda: None)
    assert serving.run_steward() == 0
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


@pytest.mark.parametrize("answer", [Forgotten(False, "full"), DatabaseDown("disk")])
async def test_p12_a_large_database_is_rewritten_at_night_and_tried_once_a_night(
    database: Database, answer: Forgotten | DatabaseDown
) -> None:
    company = await a_company(database, Clock())
    overwritten, asked, answers = (
        FileRewriter(company.door),
        list[tuple[float, bool]](),
        [answer, Forgotten(rewritten=True)],
    )

    async def forget(*, calm: bool) -> Forgotten:
        asked.append((hour, calm))
        told = answers.pop(0) if calm else Forgotten(False, "large")
        if isinstance(told, DatabaseDown):
            raise told
        return told

    vars(database)["forget"] = forget
    for hour in (0.5, 0.6, 1, 1.1, 2, 12, 25, 26):
        company.clock.now = MIDNIGHT + timedelta(hours=hour)
        with suppress(DatabaseDown):
            await overwritten.tick()
    assert asked == [(0.5, False), (1, True), (2, False), (12, False), (25, True)]
