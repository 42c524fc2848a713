"""`recording-steward rotate-key`, and every other command between two keys, as an operator reads them."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.commands import rotating
from bot.commands.checking_settings import of_keys
from bot.proof.journal_lines import newest
from bot.sealing import Seal
from bot.settings.config import as_given
from handlers import master_key
from handlers.acting import COMMAND
from handlers.door import Door
from handlers.sealing import Keys
from storage.database.store import Database, DatabaseDown
from storage.tables.log import MatterKey
from tests.bot.log.keyed import NEW, NEW_ID, OLD_ID, WRONG, keyed, started
from tests.bot.log.shell import KEY, Shell
from tests.databases import run
from tests.handlers.builders import POLICY, Clock

ROOT = Path(__file__).parents[3]
DONE = [
    (
        f"Wrapped by the key with id {NEW_ID}: 1 key of matters, what is sealed of confidential reports, and the keys of marks"
        " and seals."
    ),
    "Take SECRET_KEY_PREVIOUS out of the settings, and start the bot.",
    f"Keep the key with id {OLD_ID} apart for as long as there are backups from before: they open with it alone.",
]
AGAIN = "Nothing was left to do: all of it is wrapped by SECRET_KEY."


def test_it_says_what_it_did_and_that_the_key_before_can_go(here: Shell) -> None:
    keyed(here, NEW, KEY)
    code, told = here.call("rotate-key")
    assert (code, told) == (0, DONE)
    assert here.verify()[0] == 0
    code, told = here.call("rotate-key")
    assert (code, told) == (0, [AGAIN, *DONE[1:]])
    keyed(here, NEW)
    assert here.verify()[0] == 0


@pytest.mark.soak
def test_while_a_bot_works_it_refuses(here: Shell) -> None:
    """The bot could read nothing of what it wraps."""
    keyed(here, NEW, KEY)

    async def meanwhile(database: Database) -> object:
        await database.read(lambda store: store.audit.head())
        return _in_another_process(here)

    assert rotating.AT_WORK in str(here.do(meanwhile))
    assert "Wrapped by the key with id" in str(here.call("rotate-key"))


def _in_another_process(shell: Shell) -> str:
    """Whoever has a file open does not bar itself."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "rotate-key"], cwd=shell.folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.soak
def test_the_same_on_a_server(postgresql_url: str, here: Shell) -> None:
    here.url = postgresql_url
    here.monkeypatch.setenv("DATABASE_URL", postgresql_url)
    here.do(started(KEY))
    keyed(here, NEW, KEY)

    async def meanwhile() -> str:
        database = Database(postgresql_url)
        await database.read(lambda store: store.audit.head())
        told = _in_another_process(here)
        await database.close()
        return told

    assert rotating.AT_WORK in run(meanwhile())
    code, told = here.call("rotate-key")
    assert (code, "0 keys of matters" in told[0]) == (0, True)


def test_what_is_not_there_or_of_an_older_version_is_told(here: Shell, empty_url: str) -> None:
    keyed(here, NEW, KEY)
    here.monkeypatch.setenv("DATABASE_URL", f"sqlite:///{here.folder / 'none.db'}")
    assert "there is no file" in str(here.call("rotate-key")[0])
    here.monkeypatch.setenv("DATABASE_URL", empty_url)
    if not empty_url.startswith("sqlite"):
        assert rotating.OLD in str(here.call("rotate-key")[0])


def test_a_database_that_is_away_says_that_it_goes_on(here: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> Any:
        raise DatabaseDown("locked")

    keyed(here, NEW, KEY)
    monkeypatch.setattr(rotating, "_rotated", away)
    assert "DATABASE_URL: Someone else keeps" in (code := str(here.call("rotate-key")[0]))
    assert code.endswith(rotating.LATER)


def test_what_neither_key_opens_is_told(here: Shell) -> None:
    here.change(update(MatterKey).values(wrap=b"x" * 60))
    keyed(here, NEW, KEY)
    assert here.call("rotate-key")[1][1] == "1 key of matters opened with neither key, and stayed as they were."


@pytest.mark.soak
def test_c2_lines_of_before_are_still_ours(here: Shell) -> None:
    here.line()
    keyed(here, NEW, KEY)
    for _ in range(2):
        code, lines = here.verify()
        assert (code, lines[2].startswith("So does the journal outside the database")) == (0, True)
        here.call("rotate-key")
    keyed(here, NEW)
    assert here.verify()[0] == 0
    keyed(here, KEY)
    told = str(here.verify()[0])
    assert f"SECRET_KEY: this database is wrapped by another key (id {NEW_ID}; this one has id {OLD_ID})." in told


async def _findings() -> list[tuple[str, bool, str, bool]]:
    return [tuple(one) async for one in of_keys(as_given())]  # type: ignore[misc]


def test_check_tells_how_the_keys_stand(here: Shell) -> None:
    def found() -> list[tuple[str, bool, str, bool]]:
        return run(_findings())

    keyed(here, KEY)
    assert found() == []
    keyed(here, NEW)
    [(what, works, told, note)] = found()
    assert (what, works, note) == ("SECRET_KEY", False, False)
    assert told.startswith("this database is wrapped by another key")
    keyed(here, NEW, WRONG)
    assert [one[:2] for one in found()] == [("SECRET_KEY_PREVIOUS", False)]
    keyed(here, NEW, KEY)
    here.do(started(NEW, KEY))
    [(what, works, told, note)] = found()
    assert (what, works, note) == ("SECRET_KEY_PREVIOUS", True, True)
    assert "Call recording-steward rotate-key to finish that." in told
    keyed(here, NEW)
    assert "is still needed" in found()[0][2]
    keyed(here, NEW, KEY)
    here.call("rotate-key")
    assert found() == [("SECRET_KEY_PREVIOUS", True, "nothing in the database needs it any more. Leave it out.", True)]
    keyed(here, NEW, WRONG)
    [(what, works, told, note)] = found()
    assert (what, works, note) == ("SECRET_KEY_PREVIOUS", False, False)
    assert told.startswith("nothing in this database was ever wrapped by the key with id")
    here.monkeypatch.delenv("SECRET_KEY")
    assert found() == []
    keyed(here, NEW, KEY)
    here.monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.db")
    assert found() == []


def test_p12_a_backup_of_before_comes_back_with_both_keys_and_the_journal_is_still_ours(here: Shell) -> None:
    keyed(here, KEY)
    assert here.call("backup", "before.tar")[0] == 0
    keyed(here, NEW, KEY)
    here.call("rotate-key")
    assert here.call("backup", "after.tar")[0] == 0
    keyed(here, NEW)
    refused = str(here.call("restore", "before.tar", "--replace")[0])
    assert f"it was made under another key (id {OLD_ID}, and SECRET_KEY has id {NEW_ID})" in refused
    keyed(here, NEW, KEY)
    code, told = here.call("restore", "before.tar", "--replace")
    assert (code, told[-2]) == (0, (
        "It was made under SECRET_KEY_PREVIOUS: call recording-steward rotate-key before you start the bot."
    ))  # fmt: skip
    end = newest(here.folder / "journal.jsonl", Seal(base64.b64decode(KEY)))
    assert (end.put_back, end.key, end.flawed) == (True, "", 0)
    assert "Wrapped by the key with id" in here.call("rotate-key")[1][0]
    keyed(here, NEW)
    assert here.call("restore", "after.tar", "--replace")[0] == 0
    end = newest(here.folder / "journal.jsonl", Seal(base64.b64decode(KEY)))
    assert (end.put_back, end.key, end.flawed) == (True, "", 0)
    assert here.verify()[0] == 0


def test_a_backup_between_two_keys_says_that_it_needs_both(here: Shell) -> None:
    here.do(started(NEW, KEY))
    keyed(here, NEW, KEY)
    code, told = here.call("backup", "between.tar")
    assert code == 0
    assert told[-2] == (
        f"The master key is being replaced, and what is in it needs both keys. To restore it, set both ({NEW_ID} and {OLD_ID})."
    )
    here.do(_finished)
    assert "needs both keys" not in str(here.call("backup", "after.tar"))


async def _finished(database: Database) -> None:
    keys = Keys(base64.b64decode(NEW), base64.b64decode(KEY))
    await Door(database, POLICY, Clock(), keys=keys).enter(master_key.replaced(), COMMAND)
