"""`recording-steward figures`, as an operator types it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import __main__
from bot.commands.looking import print_figures
from storage.database.store import Database
from tests.databases import run
from tests.each import each
from tests.handlers.builders import Clock, a_company, approved
from tests.handlers.declined.acts import afterwards

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 12, 20, tzinfo=UTC)


@pytest.fixture
def url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    async def fill() -> None:
        database = Database(sqlite_url)
        company = await a_company(database, Clock())
        await approved(company)
        await afterwards(company)
        await database.close()

    run(fill())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("POLICY_FILE", str(ROOT / "policy.yaml"))
    return sqlite_url


def test_the_last_whole_month_is_printed_as_tables_without_a_name(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_figures(None, now=NOW) == 0
    told = capsys.readouterr().out
    assert told.startswith("November 2026, by Sydney time\n\nRequests (P7 · P8 · P9)\n")
    for words in ("Staff requests", "person:2", "No one listened to a call.", "Deadlines that were missed\n"):
        assert words in told
    assert "Bram" not in told
    assert "@" not in told


def test_a_running_month_says_so(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_figures("2026-12", now=NOW) == 0
    assert capsys.readouterr().out.startswith("December 2026, by Sydney time, so far")


@each(
    ("month", "says"),
    [("2027-13", "isn't a month"), ("2027-01", "is yet to come"), ("", "This is empty"), (" \t", "Write it like")],
)
def test_a_bad_month_is_a_sentence_and_exit_2(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], month: str, says: str
) -> None:
    assert print_figures(month, now=NOW) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""
    monkeypatch.setattr("sys.argv", ["recording-steward", "figures", "--month", "soon"])
    with pytest.raises(SystemExit) as left:
        __main__.main()
    assert left.value.code == 2
