"""A8: what keeps the program from working is a sentence and exit code 1, on every command, and never a traceback."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import pytest

from storage.database.store import Database
from storage.database.upgrade import upgrade_database
from tests.databases import run
from tests.keys import KEY
from tests.stories import forked
from tests.stories.at_moment import program
from tests.stories.house import ROOT, free_port

pytestmark = pytest.mark.story
Run = Callable[[Sequence[str], Path, Mapping[str, str]], Awaitable[tuple[int, str]]]


async def said(folder: Path, *command: str, run_by: Run = forked.said, **changed: str) -> tuple[int, str]:
    """Run a command with the settings of a company; its exit code, and all that it said."""
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-story", "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "SLACK_API_URL": f"http://127.0.0.1:{free_port()}/", "POLICY_FILE": str(ROOT / "policy.yaml"),
        "DATABASE_URL": f"sqlite:///{folder / 's.db'}", "RECORDINGS_URL": f"file://{folder / 'calls'}",
        "SECRET_KEY": KEY, "PORT": str(free_port()), "METRICS_PORT": str(free_port()), **changed,
    }  # fmt: skip
    return await run_by(command, folder, {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings})


async def by_a_shell(words: Sequence[str], folder: Path, settings: Mapping[str, str]) -> tuple[int, str]:
    """The same as a process that begins with nothing."""
    process = await asyncio.create_subprocess_exec(*program(), *words, cwd=folder, env=settings, stdout=-1, stderr=-2)
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, printed.decode()


def _no_database(path: Path) -> None:
    path.write_bytes(b"This is a letter, and no database at all. " * 200)


def _somebody_elses(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE invoices (number)")
    other.close()


def _migrated(path: Path) -> None:
    async def migrate() -> None:
        database = Database(f"sqlite:///{path}")
        await upgrade_database(database)
        await database.close()

    run(migrate())


def _newer(path: Path) -> None:
    _migrated(path)
    with sqlite3.connect(path) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.close()


def _damaged(path: Path) -> None:
    _migrated(path)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def _a_folder(path: Path) -> None:
    path.mkdir()


RUN, CHECK, VERIFY, EXPORT = ("run",), ("check",), ("audit", "verify"), ("audit", "export")
SPOILT = {
    "no database": (_no_database, "The file is no SQLite database."),
    "someone else's": (_somebody_elses, "holds tables of another program"),
    "newer": (_newer, "set up by a newer version"),
    "damaged": (_damaged, "is damaged"),
    "a folder": (_a_folder, ("There is no such database", "there is no audit log there")),
}


@pytest.mark.parametrize(
    ("spoilt", "command"),
    [
        ("damaged", RUN),
        *(pytest.param(one, RUN, marks=pytest.mark.soak) for one in SPOILT if one != "damaged"),
        pytest.param("newer", CHECK, marks=pytest.mark.soak),
        pytest.param("newer", VERIFY, marks=pytest.mark.soak),
        pytest.param("no database", CHECK, marks=pytest.mark.soak),
        pytest.param("no database", EXPORT, marks=pytest.mark.soak),
    ],
)
async def test_a_database_that_is_none_is_a_sentence(tmp_path: Path, spoilt: str, command: tuple[str, ...]) -> None:
    spoil, sentence = SPOILT[spoilt]
    await asyncio.to_thread(spoil, tmp_path / "s.db")
    await asyncio.to_thread((tmp_path / "calls").mkdir)
    code, printed = await said(tmp_path, *command)
    assert code == 1
    told = (sentence,) if isinstance(sentence, str) else sentence
    assert any(one in printed for one in told), printed
    assert "Traceback" not in printed


AWAY: dict[str, tuple[Callable[[], str], str]] = {
    "no one listens": (lambda: f"postgresql://steward@127.0.0.1:{free_port()}/steward", "did not answer"),
    "no such name": (lambda: "postgresql://steward@nowhere.invalid/steward", "did not answer"),
    "no folder": (lambda: "sqlite:////nowhere/at/all/s.db", ""),
}


@pytest.mark.soak
@pytest.mark.parametrize(
    ("away", "command"), [*((one, RUN) for one in AWAY), ("no one listens", CHECK), ("no one listens", VERIFY)]
)
async def test_a_database_that_is_away_is_a_sentence(tmp_path: Path, away: str, command: tuple[str, ...]) -> None:
    url, sentence = AWAY[away]
    await asyncio.to_thread((tmp_path / "calls").mkdir)
    code, printed = await said(tmp_path, *command, DATABASE_URL=url())
    assert code == 1
    assert sentence in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    "run_by",
    [pytest.param(forked.said, id="forked", marks=pytest.mark.soak), pytest.param(by_a_shell, id="by a shell")],
)
async def test_a_folder_of_recordings_that_is_not_there_is_a_sentence(tmp_path: Path, run_by: Run) -> None:
    code, printed = await said(tmp_path, "run", run_by=run_by)
    assert (code, "Traceback" in printed) == (1, False), printed
    assert f"RECORDINGS_URL: The folder {tmp_path / 'calls'} is not there" in printed
