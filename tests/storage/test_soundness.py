"""A3: a database that would still take work but must not, or can't, is found out, and nothing more is taken as stored."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from storage.database import files
from storage.database.store import Database, DatabaseDown, Store
from storage.database.upgrade import revision
from tests.storage.rows import note, subjects


def _put(path: Path, name: str) -> None:
    """Put the file elsewhere in its folder."""
    path.rename(path.with_name(name))


def _copy_over(path: Path) -> None:
    """Put a copy in its place, as a tool that restores does."""
    copy = path.with_name("copy.db")
    shutil.copyfile(path, copy)
    copy.rename(path)


def _there(path: Path) -> bool:
    return path.exists()


def _noting(subject: str) -> Callable[[Store], None]:
    return lambda store: note(store, subject)


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return Path(str(make_url(sqlite_url).database))


@pytest_asyncio.fixture
async def file(sqlite_url: str) -> AsyncIterator[Database]:
    """A database in a file, with an entry."""
    opened = Database(sqlite_url)
    await opened.write(_noting("before"))
    yield opened
    await opened.close()


async def refused(database: Database) -> str:
    """The fault that whoever writes, reads or examines is told of; the same for all."""
    found = set()
    for do in (database.write(_noting("lost")), database.read(subjects), database.examine()):
        with pytest.raises(DatabaseDown) as told:
            await do
        found.add(str(told.value))
    [fault] = found
    return fault


async def test_a_sound_one_is_sound(database: Database) -> None:
    for whole in (False, True):
        await database.examine(whole=whole)
    assert await database.read(lambda store: store.audit.verify().entries) == 0


@pytest.mark.parametrize("ends", [("",), ("", "-wal", "-shm"), ("-wal",)])
async def test_a_file_that_was_deleted_takes_nothing_more(file: Database, path: Path, ends: tuple[str, ...]) -> None:
    """Three acknowledged requests were lost so, without a sign."""
    for end in ends:
        path.with_name(path.name + end).unlink()
    assert await refused(file) == "replaced"
    assert _there(path) is ("" not in ends), "no new one is made in its place"


async def test_nor_one_that_was_replaced(file: Database, path: Path) -> None:
    _copy_over(path)
    assert await refused(file) == "replaced"


async def test_what_went_into_a_file_that_was_replaced_meanwhile_is_not_acknowledged(
    file: Database, path: Path
) -> None:
    def replaced(store: Store) -> None:
        note(store, "lost")
        path.rename(path.with_name("elsewhere.db"))

    with pytest.raises(DatabaseDown, match="replaced"):
        await file.write(replaced)
    _put(path.with_name("elsewhere.db"), path.name)
    await file.write(_noting("after"))


async def test_put_back_it_works_again(file: Database, path: Path) -> None:
    _put(path, "elsewhere.db")
    assert await refused(file) == "replaced"
    _put(path.with_name("elsewhere.db"), path.name)
    await file.examine(whole=True)
    await file.write(_noting("after"))
    assert await file.read(subjects) == ["before", "after"]


async def test_after_a_new_start_what_stands_there_is_taken_as_it_is(file: Database, path: Path) -> None:
    _copy_over(path)
    await file.close()
    await file.write(_noting("after"))
    assert (await file.read(subjects))[-1] == "after"


async def test_an_older_copy_under_our_hands_is_found_out(database: Database) -> None:
    """Written over the file, or a server that was restored: what was acknowledged is not there any more."""
    await database.write(_noting("a"))
    await database.write(_noting("b"))
    with pytest.raises(DatabaseDown, match="gone_back"):
        await database.write(_set_back)
        await database.write(_noting("c"))


def _set_back(store: Store) -> None:
    connection = store.session.connection()
    connection.exec_driver_sql("UPDATE audit_head SET seq = 1")
    connection.exec_driver_sql("DELETE FROM audit WHERE seq > 1")


def _garbage(path: Path, start: int, end: int | None = None) -> None:
    """Overwrite a part of the file in place, as a failing disk does."""
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    with path.open("r+b") as file:
        size = path.stat().st_size
        first, last = (one % size for one in (start, end or -1))
        file.seek(first)
        file.write(b"\xa5" * (last - first))


@pytest.mark.parametrize(
    ("part", "whole", "fault"),
    [((0, 100), False, "no_database"), ((4096, None), False, "corrupt"), ((4096, None), True, "corrupt")],
)
async def test_a_damaged_file_is_found_out(
    file: Database, path: Path, part: tuple[int, int | None], whole: bool, fault: str
) -> None:
    """Also while the program's own connections still have it in mind as it was."""
    _garbage(path, *part)
    with pytest.raises(DatabaseDown, match=fault):
        await file.examine(whole=whole)


async def test_one_damaged_page_is_found_out_when_each_is_looked_at(file: Database, path: Path) -> None:
    for one in range(400):
        await file.write(_noting(f"{one:0100d}"))
    _garbage(path, -3 * 4096, -2 * 4096)
    with pytest.raises(DatabaseDown, match="corrupt"):
        await file.examine(whole=True)


async def test_damage_that_work_meets_is_a_database_that_is_away_and_no_fault_of_the_work(
    sqlite_url: str, path: Path
) -> None:
    _garbage(path, 4096)
    database = Database(sqlite_url)
    for do in (database.write(_noting("lost")), database.read(subjects)):
        with pytest.raises(DatabaseDown, match="corrupt"):
            await do
    await database.close()


async def test_a_full_disk_is_found_out_before_the_large_piece_of_work(
    file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small one still fits into what the file had already; the next large one would not."""
    monkeypatch.setattr(files, "LEAST_FREE", 2**62)
    with pytest.raises(DatabaseDown, match="full"):
        await file.examine()


def _full(store: Store) -> None:
    connection = store.session.connection()
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    for one in range(500):
        note(store, f"{one:0100d}")


async def test_a_disk_that_takes_nothing_more_is_found_out_by_writing(file: Database) -> None:
    with pytest.raises(DatabaseDown, match="full"):
        await file.write(_full)


async def test_a3_each_look_writes_a_byte(file: Database, path: Path) -> None:
    """SQLite writes nothing where a row is made what it is: a disk that refused every write looked healthy."""
    with closing(sqlite3.connect(path)) as other:
        seen = set()
        for _ in range(3):
            await file.examine()
            seen.add(other.execute("PRAGMA data_version").fetchone())
    assert len(seen) == 3


async def test_a3_what_could_not_be_stored_is_known_until_something_is(file: Database) -> None:
    assert file.refused is None
    with pytest.raises(DatabaseDown):
        await file.write(_full)
    assert str(file.refused) == "full"
    await file.write(_noting("after"))
    assert file.refused is None


async def test_one_that_may_only_be_read_is_found_out_by_writing(file: Database, sqlite_url: str) -> None:
    await file.write(lambda store: store.session.connection().exec_driver_sql("PRAGMA query_only = ON"))
    with pytest.raises(DatabaseDown, match="read_only"):
        await file.examine()
    assert await file.read(subjects) == ["before"]


async def test_so_is_one_on_a_disk_that_may_only_be_read(
    sqlite_url: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite can't lay anything beside it there, and says that it can't open it."""
    path.with_name(f"{path.name}-shm").symlink_to("/nowhere/at/all")
    database = Database(sqlite_url)
    for writable, fault in ((True, "not_there"), (False, "read_only")):
        monkeypatch.setattr("os.access", lambda *_, told=writable: told)
        assert await refused(database) == fault
        with pytest.raises(DatabaseDown, match=fault):
            await revision(database)
    await database.close()


async def test_one_that_somebody_else_keeps_locked_is_found_out(file: Database, sqlite_url: str) -> None:
    await file.write(lambda store: store.session.connection().exec_driver_sql("PRAGMA busy_timeout = 50"))
    other = Database(sqlite_url)
    async with other.writers.begin():
        with pytest.raises(DatabaseDown, match="locked"):
            await file.examine()
    await file.examine()
    await other.close()
