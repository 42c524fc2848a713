"""An operator's shell on a company's database."""

import os
from pathlib import Path

import pytest

from storage.database.store import Database
from tests.bot.log.keyed import started
from tests.bot.log.shell import KEY, Shell
from tests.handlers.builders import Clock, a_company, approved

ROOT = Path(__file__).parents[3]


async def _lived(database: Database) -> None:
    company = await a_company(database, Clock())
    await approved(company)


@pytest.fixture
def shell(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """A shell in its own folder, which is also the journal's, without a key; one request was approved."""
    monkeypatch.chdir(tmp_path)
    for name in [one for one in os.environ if one.startswith(("SECRET_KEY", "SLACK_", "MICROSOFT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("JOURNAL_URL", f"file://{tmp_path}")
    made = Shell(tmp_path, sqlite_url, monkeypatch, capsys)
    made.do(_lived)
    return made


@pytest.fixture
def here(shell: Shell) -> Shell:
    """A shell whose bot was started with the first key."""
    shell.monkeypatch.setenv("POLICY_FILE", str(ROOT / "policy.yaml"))
    shell.do(started(KEY))
    return shell
