"""The commands that only look, as an operator types them: `figures`, `policy`, and what all say without a database."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.commands.looking import print_figures
from storage.database.store import Database, Store
from tests.bot.environment import Environment, with_database
from tests.bot.log.shell import KEY as OTHER_KEY
from tests.each import each
from tests.handlers.builders import Clock, a_company, approved
from tests.handlers.declined.acts import afterwards
from tests.keys import KEY

ROOT = Path(__file__).parents[2]
Typed = Callable[..., tuple[Any, str, str]]
NO_FILE = "there is no file steward.db"
WITHOUT = {
    "people": ("people",), "people --keep": ("people", "--keep", "slack:U1"), "policy": ("policy",),
    "policy --at": ("policy", "--at", "2026-11-27T09:00"), "figures": ("figures",),
    "audit verify": ("audit", "verify"), "audit export": ("audit", "export"),
    "backup": ("backup", "one.tar"), "purge": ("purge", "--dry-run"), "rotate-key": ("rotate-key",),
}  # fmt: skip


@pytest.fixture
def folder(environment: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder with a policy, as a newcomer has it before the first start."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_text((ROOT / "policy.yaml").read_text())
    (tmp_path / "recordings").mkdir()
    environment(SECRET_KEY=KEY, SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="5f1c0e7a9b3d24866d0a1be2c37f4958")
    environment(SLACK_API_URL="http://127.0.0.1:1/api/")
    return tmp_path


@each("command", WITHOUT.values())
def test_without_a_database_each_says_that_there_is_no_file_and_makes_none(
    environment: Environment, typed: Typed, folder: Path, command: tuple[str, ...]
) -> None:
    if command == ("rotate-key",):
        environment(SECRET_KEY_PREVIOUS=OTHER_KEY)
    said = str(typed(*command)[0])
    assert said.startswith(f"recording-steward: DATABASE_URL: {NO_FILE}. "), said
    assert sorted(one.name for one in folder.iterdir()) == ["policy.yaml", "recordings"]


def test_check_says_where_no_file_can_be_made(environment: Environment, typed: Typed, folder: Path) -> None:
    environment(DATABASE_URL="sqlite:///nowhere/steward.db")
    code, printed, _ = typed("check")
    told = "FAIL  database                there is no file nowhere/steward.db, and I can't create one in"
    assert (code, told in printed) == (1, True)


def _keep(store: Store) -> None:
    store.policy_texts.keep("a" * 64, "first: text\n", datetime(2026, 11, 1, tzinfo=UTC))
    store.policy_texts.keep("b" * 64, "second: text\n", datetime(2026, 11, 20, 9, 30, 7, 400_000, tzinfo=UTC))


@pytest.fixture
def policies(sqlite_url: str, environment: Environment) -> None:
    with_database(sqlite_url, lambda database: database.write(_keep))
    environment(DATABASE_URL=sqlite_url, POLICY_FILE=str(ROOT / "policy.yaml"))


@pytest.mark.usefixtures("policies")
def test_p14_every_text_is_listed_with_the_moment_since_when(typed: Typed) -> None:
    assert typed("policy")[1].splitlines() == [
        "aaaaaaaaaaaa  since Sun 1 Nov 2026, 11:00 Sydney",
        "bbbbbbbbbbbb  since Fri 20 Nov 2026, 20:30 Sydney",
    ]


@pytest.mark.usefixtures("policies")
@each(
    ("at", "text"),
    [
        ("2026-11-20T20:29", "first: text\n"),
        ("2026-11-20T20:30", "second: text\n"),
        ("2026-11-20T09:30+00:00", "second: text\n"),
    ],
)
def test_p14_the_one_of_a_moment_is_shown_whole(typed: Typed, at: str, text: str) -> None:
    assert typed("policy", "--at", at)[:2] == (0, text)


NOW = datetime(2026, 12, 20, tzinfo=UTC)


async def _a_month(database: Database) -> None:
    company = await a_company(database, Clock())
    await approved(company)
    await afterwards(company)


@pytest.fixture
def month(sqlite_url: str, environment: Environment) -> None:
    with_database(sqlite_url, _a_month)
    environment(DATABASE_URL=sqlite_url, POLICY_FILE=str(ROOT / "policy.yaml"))


@pytest.mark.usefixtures("month")
def test_the_last_whole_month_is_printed_as_tables_without_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_figures(None, now=NOW) == 0
    told = capsys.readouterr().out
    assert told.startswith("November 2026, in Sydney time\n\nRequests (P7 · P8 · P9)\n")
    for words in ("Staff requests", "person:2", "No one listened to a call.", "Deadlines that were missed\n"):
        assert words in told
    assert "Bram" not in told
    assert "@" not in told


@pytest.mark.usefixtures("month")
@each(
    ("told", "says"),
    [("2027-13", "isn't a month"), ("2030-01", "is in the future"), ("", "This is empty"), (" \t", "This is empty"), ("soon", "")],
)  # fmt: skip
def test_a_bad_month_is_a_sentence_and_exit_2(typed: Typed, told: str, says: str) -> None:
    code, printed, said = typed("figures", "--month", told)
    assert (code, printed, says in said) == (2, "", True)
