"""P12: what was overwritten is nowhere in SQLite's file any more, also where rows moved from one page to another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from storage.database import files
from storage.database.store import Database, DatabaseDown, Store

ROWS = 40
CANARY = b"the-canary"


def _a_life(store: Store, seed: int) -> None:
    """Rows that are told together, of which some grow, and all are wiped one by one: pages are filled, split and joined."""
    chance, say = Random(seed), store.session.connection().exec_driver_sql
    say("CREATE TABLE lives (id INTEGER PRIMARY KEY, name TEXT, caller TEXT, crm TEXT, grown TEXT, pad TEXT)")
    for one in range(ROWS):
        name, caller, crm = (f"{CANARY.decode()}{one}{'n' * chance.randrange(12)}" for _ in range(3))
        row = (name, caller, crm, "p" * chance.randrange(150, 200))
        say("INSERT INTO lives (name, caller, crm, grown, pad) VALUES (?, ?, ?, '', ?)", row)
    for one in chance.sample(range(1, ROWS + 1), chance.randrange(1, ROWS)):
        say("UPDATE lives SET grown = ? WHERE id = ?", ("f" * 64, one))
    for one in chance.sample(range(1, ROWS + 1), ROWS):
        say("UPDATE lives SET name = '', caller = '', crm = '', grown = '' WHERE id = ?", (one,))


def _places(database: Database) -> int:
    """How often the canary stands in the file and its log."""
    path = Path(str(database.engine.url.database))
    return sum(one.read_bytes().count(CANARY) for one in path.parent.iterdir() if one.name.startswith(path.name))


@pytest.mark.parametrize("seed", range(24))
async def test_p12_nothing_is_left_where_rows_moved(sqlite_url: str, seed: int) -> None:
    """Four of these lives left copies in the free part of a page, whatever SQLite was told to overwrite."""
    database = Database(sqlite_url)
    await database.write(lambda store: _a_life(store, seed))
    assert await database.forget(calm=False)
    assert _places(database) == 0
    await database.close()


async def test_p12_a_large_file_is_written_anew_when_few_people_work(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "AT_ANY_TIME", 0)
    database = Database(sqlite_url)
    await database.write(lambda store: _a_life(store, 0))
    assert not await database.forget(calm=False)
    assert _places(database) > 0
    assert await database.forget(calm=True)
    assert _places(database) == 0
    await database.close()


async def test_p12_another_process_that_writes_only_puts_it_off(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.write(lambda store: _a_life(store, 0))
    with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not await database.forget(calm=False)
        other.execute("ROLLBACK")
    assert await database.forget(calm=False)
    assert _places(database) == 0
    await database.close()


async def test_p12_any_other_fault_is_told(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(raw: object, most: float) -> bool:
        raise sqlite3.DatabaseError("database disk image is malformed")

    database = Database(sqlite_url)
    monkeypatch.setattr(files, "_written_anew", broken)
    with pytest.raises(DatabaseDown):
        await database.forget(calm=True)
    await database.close()


def test_p12_what_is_neither_busy_nor_full_is_no_reason_to_wait() -> None:
    class Raw:
        error: sqlite3.OperationalError

        def execute(self, statement: str) -> Raw:
            if statement == "VACUUM":
                raise self.error
            return self

        def fetchone(self) -> tuple[int]:
            return (1,)

    raw = Raw()
    for code, waits in ((sqlite3.SQLITE_FULL, True), (sqlite3.SQLITE_BUSY, True), (sqlite3.SQLITE_IOERR, False)):
        raw.error = sqlite3.OperationalError()
        raw.error.sqlite_errorcode = code
        if waits:
            assert not files._written_anew(raw, 2)
        else:
            with pytest.raises(sqlite3.OperationalError):
                files._written_anew(raw, 2)
