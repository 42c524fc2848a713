"""P14: `recording-steward policy`, as an operator types it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import __main__
from bot.commands.looking import show_policy
from bot.settings.config import Misconfigured
from storage.database.store import Database, Store
from tests.databases import run
from tests.each import each

ROOT = Path(__file__).parents[2]


def _keep(store: Store) -> None:
    store.policy_texts.keep("a" * 64, "first: text\n", datetime(2026, 11, 1, tzinfo=UTC))
    store.policy_texts.keep("b" * 64, "second: text\n", datetime(2026, 11, 20, 9, 30, 7, 400_000, tzinfo=UTC))


@pytest.fixture
def url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    async def fill() -> None:
        database = Database(sqlite_url)
        await database.write(_keep)
        await database.close()

    run(fill())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("POLICY_FILE", str(ROOT / "policy.yaml"))
    return sqlite_url


def test_p14_every_text_is_listed_with_the_moment_since_when(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_policy(None) == 0
    assert capsys.readouterr().out.splitlines() == [
        "aaaaaaaaaaaa  since Sun 1 Nov 2026, 11:00 Sydney",
        "bbbbbbbbbbbb  since Fri 20 Nov 2026, 20:30 Sydney",
    ]


@each(
    ("at", "text"),
    [
        ("2026-11-20T20:29", "first: text\n"),
        ("2026-11-20T20:30", "second: text\n"),
        ("2026-11-20T09:30+00:00", "second: text\n"),
    ],
)
def test_p14_the_one_of_a_moment_is_shown_whole(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, at: str, text: str
) -> None:
    monkeypatch.setattr("sys.argv", ["recording-steward", "policy", "--at", at])
    with pytest.raises(SystemExit) as left:
        __main__.main()
    assert (left.value.code, capsys.readouterr().out) == (0, text)


def test_p14_what_is_wrong_is_said_in_a_sentence(
    url: str, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(Misconfigured, match=r"^--at: “tomorrow” isn't a date and a time"):
        show_policy("tomorrow")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(Misconfigured, match=r"^DATABASE_URL: "):
        show_policy(None)
