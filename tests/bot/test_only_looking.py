"""No command that only looks makes a database: each says in the same words that there is no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import __main__
from tests.bot.environment import Environment
from tests.bot.log.shell import KEY as OTHER_KEY
from tests.each import each
from tests.keys import KEY

ROOT = Path(__file__).parents[2]
NO_FILE = "there is no file steward.db"
WITHOUT = {
    "people": ("people",), "people --keep": ("people", "--keep", "slack:U1"), "policy": ("policy",),
    "policy --at": ("policy", "--at", "2026-11-27T09:00"), "figures": ("figures",),
    "audit verify": ("audit", "verify"), "audit export": ("audit", "export"),
    "backup": ("backup", "one.tar"), "purge": ("purge", "--dry-run"), "rotate-key": ("rotate-key",),
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(environment: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder with a policy, as a newcomer has it before the first start."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_text((ROOT / "policy.yaml").read_text())
    (tmp_path / "recordings").mkdir()
    environment(SECRET_KEY=KEY, SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="5f1c0e7a9b3d24866d0a1be2c37f4958")
    environment(SLACK_API_URL="http://127.0.0.1:1/api/")
    return tmp_path


def _called(monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> object:
    monkeypatch.setattr("sys.argv", ["recording-steward", *command])
    with pytest.raises(SystemExit) as left:
        __main__.main()
    return left.value.code


@each("command", WITHOUT.values())
def test_without_a_database_each_says_that_there_is_no_file_and_makes_none(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, folder: Path, command: tuple[str, ...]
) -> None:
    if command == ("rotate-key",):
        environment(SECRET_KEY_PREVIOUS=OTHER_KEY)
    said = str(_called(monkeypatch, command))
    assert said.startswith(f"recording-steward: DATABASE_URL: {NO_FILE}. "), said
    assert sorted(one.name for one in folder.iterdir()) == ["policy.yaml", "recordings"]


def test_check_says_where_no_file_can_be_made(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    environment(DATABASE_URL="sqlite:///nowhere/steward.db")
    assert _called(monkeypatch, ("check",)) == 1
    assert (
        "FAIL  database                there is no file nowhere/steward.db, and I can't make one in"
        in capsys.readouterr().out
    )
