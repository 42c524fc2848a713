"""A8: what keeps the program from working is a sentence and exit code 1, on every command, and never a traceback."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database.store import Database
from storage.database.upgrade import upgrade_database
from tests.databases import run
from tests.keys import KEY
from tests.stories.house import ROOT, free_port
from tests.stories.process import said

pytestmark = pytest.mark.story
NO_ONE = f"postgresql://steward@127.0.0.1:{free_port()}/steward"


def _no_database(path: Path) -> None:
    path.write_bytes(b"This is a letter, and no database at all. " * 200)


def _another_program(path: Path) -> None:
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


BAD: list[tuple[str, Callable[[Path], object], dict[str, str], str]] = [
    ("run", _no_database, {}, "The file isn't a SQLite database."),
    ("run", _another_program, {}, "has another program's tables"),
    ("run", _newer, {}, "set up by a newer version"),
    ("audit verify", _newer, {}, "set up by a newer version"),
    ("run", _damaged, {}, "is damaged"),
    ("run", Path.mkdir, {}, "The database doesn't exist"),
    ("audit export", _no_database, {}, "The file isn't a SQLite database."),
    ("run", Path.touch, {"DATABASE_URL": NO_ONE}, "didn't answer"),
    ("check", Path.touch, {"DATABASE_URL": NO_ONE}, "didn't answer"),
    ("run", Path.touch, {"RECORDINGS_URL": "file:///nowhere/at/all"}, "The folder /nowhere/at/all doesn't exist"),
]


async def test_what_keeps_it_from_working_is_a_sentence(tmp_path: Path) -> None:
    for number, (command, spoil, changed, sentence) in enumerate(BAD):
        folder = tmp_path / str(number)
        await asyncio.to_thread((folder / "calls").mkdir, parents=True)
        await asyncio.to_thread(spoil, folder / "s.db")
        settings = {
            "SLACK_BOT_TOKEN": "xoxb-story", "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
            "SLACK_API_URL": f"http://127.0.0.1:{free_port()}/", "POLICY_FILE": str(ROOT / "policy.yaml"),
            "DATABASE_URL": f"sqlite:///{folder / 's.db'}", "RECORDINGS_URL": f"file://{folder / 'calls'}",
            "SECRET_KEY": KEY, "PORT": str(free_port()), "METRICS_PORT": str(free_port()), "PATH": os.environ["PATH"], **changed,
        }  # fmt: skip
        code, printed = await said(command.split(), folder, settings)
        assert (code, sentence in printed, "Traceback" in printed) == (1, True, False), (command, printed)
