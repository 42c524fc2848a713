"""P12: a whole copy of the database stays nowhere, whatever was killed while it was laid out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot import serving
from bot.commands.backing_up import backup
from bot.laid_out import RESTORE, clear_away, laid_out
from bot.settings.config import Misconfigured, Settings
from tests.bot.environment import SIGNING_SECRET, Environment
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


def test_p12_a_backup_that_is_refused_removes_what_a_killed_one_left(tmp_path: Path, environment: Environment) -> None:
    left, taken = _left(tmp_path, ".backup-abcd1234"), tmp_path / "b.zip"
    taken.touch()
    environment(SECRET_KEY=KEY)
    with pytest.raises(Misconfigured, match="is there already"):
        backup(taken)
    assert not left.exists()


def test_p12_one_that_is_at_work_is_left_alone(tmp_path: Path) -> None:
    with laid_out(RESTORE, tmp_path) as folder:
        clear_away(tmp_path)
        assert folder.exists()


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
