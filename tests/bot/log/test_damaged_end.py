"""A8: an end of the log that is none is told as a damaged database, whatever the command."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import make_url

from storage.database.store import DatabaseDown
from tests.bot.log.shell import KEY, Shell
from tests.each import each


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
    assert said[0].startswith("BROKEN: the log ends at entry "), said[:3]
    with pytest.raises(DatabaseDown, match="corrupt"):
        here.write(lambda store: store.audit.probe())
