"""A8: a full disk behind the output is a sentence, and never a traceback, whatever the command."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from storage.database.store import DatabaseDown
from tests.bot.log.shell import KEY, Shell
from tests.each import each

FULL = Path("/dev/full")
TOLD = "recording-steward: standard output can't be written (no space left on device).\n"
DUE = ("when", "due", "--line", "+61281979000", "--received", "2026-12-01T10:00")
IN_THE_END = [("check",), ("audit", "verify"), ("people",), DUE]
AT_ONCE = [("figures",), ("audit", "export")]


def _called(unbuffered: str, *command: str) -> tuple[int, str]:
    """The exit code, and what the command says beside its output, which goes to a full disk: at once, or in the end."""
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            timeout=300, env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.soak
@pytest.mark.skipif(not FULL.exists(), reason="there is no disk that is always full")
@each(("command", "unbuffered"), [*((one, "") for one in IN_THE_END), *((one, "1") for one in AT_ONCE)])
def test_a8_a_full_disk_behind_the_output_is_a_sentence(here: Shell, command: tuple[str, ...], unbuffered: str) -> None:
    here.monkeypatch.setenv("SECRET_KEY", KEY)
    code, said = _called(unbuffered, *command)
    assert (code, said) == (1, TOLD)


@pytest.mark.soak
@each("change", ["seq = 'x'", "seq = 1.5", "hash = x'00'"])
def test_a8_an_end_of_the_log_that_is_none_is_told_as_a_damaged_database(here: Shell, change: str) -> None:
    """By whatever asks for it, and by the running bot as soon as it writes."""
    here.monkeypatch.setenv("SECRET_KEY", KEY)
    with closing(sqlite3.connect(make_url(here.url).database or "")) as opened:
        opened.execute(f"UPDATE audit_head SET {change}")
        opened.commit()
    damaged = "recording-steward: DATABASE_URL: The database is damaged."
    assert str(here.call("backup", str(here.folder / "copy"))[0]).startswith(damaged)
    code, said = here.call("check")
    assert code == 1
    assert any("The database is damaged." in one for one in said)
    code, said = here.verify()
    assert code == 1
    assert said[0].startswith("BROKEN: the log ends at entry 3, but ")
    with pytest.raises(DatabaseDown, match="corrupt"):
        here.write(lambda store: store.audit.probe())
