"""P12: what was overwritten is nowhere in SQLite's file any more, also where rows moved from one page to another."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path, PosixPath
from random import Random
from types import SimpleNamespace

import pytest

from storage.database import files
from storage.database.store import Database, Forgotten, Store

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
    """How often the canary is in the file and its log."""
    path = Path(str(database.engine.url.database))
    return sum(one.read_bytes().count(CANARY) for one in path.parent.iterdir() if one.name.startswith(path.name))


@pytest.mark.parametrize("seed", range(24))
async def test_p12_nothing_is_left_where_rows_moved(sqlite_url: str, seed: int) -> None:
    """Four of these lives left copies in the free part of a page, whatever SQLite was told to overwrite."""
    database = Database(sqlite_url)
    await database.write(lambda store: _a_life(store, seed))
    assert await database.forget(calm=False) == Forgotten(rewritten=True)
    assert _places(database) == 0
    await database.close()


async def test_p12_a_large_file_is_rewritten_in_quiet_hours(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "AT_ANY_TIME", 0)
    database = Database(sqlite_url)
    await database.write(lambda store: _a_life(store, 0))
    assert await database.forget(calm=False) == Forgotten(False, "large")
    assert _places(database) > 0
    assert await database.forget(calm=True) == Forgotten(rewritten=True)
    assert _places(database) == 0
    await database.close()


def _sizes(database: Database) -> tuple[int, int]:
    """Of the file and of its log (bytes)."""
    path = str(database.engine.url.database)
    return Path(path).stat().st_size, Path(f"{path}-wal").stat().st_size


@pytest.mark.soak
async def test_p12_while_another_process_reads_the_log_the_file_is_not_written_into_it(sqlite_url: str) -> None:
    """A backup reads for as long as it copies: each attempt added the whole file to a log that couldn't be emptied."""
    database = Database(sqlite_url)
    await database.write(lambda store: _a_life(store, 0))
    with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM lives").fetchone()
        await database.write(_wipe)
        assert await database.forget(calm=True) == Forgotten(False, "used")
        before = _sizes(database)
        for _ in range(3):
            assert await database.forget(calm=True) == Forgotten(False, "used")
        assert _sizes(database) == before
    assert await database.forget(calm=True) == Forgotten(rewritten=True)
    assert (_places(database), _sizes(database)[1]) == (0, 0)
    await database.close()


def _wipe(store: Store) -> None:
    store.session.connection().exec_driver_sql("UPDATE lives SET pad = ''")


class Disks:
    """The room on each disk (bytes), and on which one a folder is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **free: int) -> None:
        self.free = free
        monkeypatch.setattr(shutil, "disk_usage", self.usage)

    def usage(self, folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=self.free["temporary" if folder.name == "temporary" else "beside"])


@pytest.mark.parametrize(
    ("beside", "temporary", "shared", "fits"),
    [(100, 100, False, True), (99, 100, False, False), (100, 99, False, False), (199, 199, True, False), (200, 200, True, True)],
)  # fmt: skip
async def test_p12_without_room_for_its_copies_it_is_not_begun(
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    beside: int,
    temporary: int,
    shared: bool,
    fits: bool,
) -> None:
    """SQLite makes one copy among its temporary files and one in the log: what fitted only once filled the disk each time."""
    monkeypatch.setattr(files, "LEAST_FREE", 0)
    database = Database(sqlite_url)
    await database.write(lambda store: _a_life(store, 0))
    await database.forget(calm=True)
    size, _ = _sizes(database)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(folder))
    Disks(monkeypatch, beside=size * beside // 100, temporary=size * temporary // 100)
    if not shared:
        monkeypatch.setattr(files, "_for_temporary_files", lambda: Apart(folder))
    assert await database.forget(calm=True) == (Forgotten(rewritten=True) if fits else Forgotten(False, "room"))
    await database.close()


class Apart(PosixPath):
    """A folder on a disk of its own."""

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return os.stat_result((0, 0, -1, *(0,) * 7))
