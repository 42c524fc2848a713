"""A3, B11: a database that must not take work, or lacks a table, is found out; its files are for their owner alone."""

import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from storage.database import files
from storage.database.files import open_to_everybody, open_to_others, with_side_files
from storage.database.store import Database, DatabaseDown, Incomplete, Store
from storage.database.upgrade import missing_tables, upgrade_database
from tests.each import each
from tests.storage.rows import note, subjects


def _put(path: Path, name: str) -> None:
    """Put the file elsewhere in its folder."""
    path.rename(path.with_name(name))


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
    """The fault that writing, reading and examining tell of; the same for all."""
    found = set()
    for do in (database.write(_noting("lost")), database.read(subjects), database.examine()):
        with pytest.raises(DatabaseDown) as told:
            await do
        found.add(str(told.value))
    [fault] = found
    return fault


@pytest.mark.parametrize("ends", [("",), ("", "-wal", "-shm"), ("-wal",)])
async def test_a_file_that_was_deleted_takes_nothing_more(file: Database, path: Path, ends: tuple[str, ...]) -> None:
    """Three acknowledged requests were lost so, without a sign."""
    for end in ends:
        path.with_name(path.name + end).unlink()
    assert await refused(file) == "replaced"
    assert _there(path) is ("" not in ends), "no new one is made in its place"


async def test_what_went_into_a_replaced_file_is_not_acknowledged(file: Database, path: Path) -> None:
    def replaced(store: Store) -> None:
        note(store, "lost")
        path.rename(path.with_name("elsewhere.db"))

    with pytest.raises(DatabaseDown, match="replaced"):
        await file.write(replaced)
    _put(path.with_name("elsewhere.db"), path.name)
    await file.write(_noting("after"))


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
    assert (str(file.refused), await file.read(subjects)) == ("full", ["before"])
    await file.write(_noting("after"))
    assert file.refused is None


async def test_one_that_may_only_be_read_is_found_out_by_writing(file: Database, sqlite_url: str) -> None:
    await file.write(lambda store: store.session.connection().exec_driver_sql("PRAGMA query_only = ON"))
    with pytest.raises(DatabaseDown, match="read_only"):
        await file.examine()
    assert await file.read(subjects) == ["before"]


async def _tell(database: Database, *sentences: str) -> None:
    """Past the log, which may be what is missing."""
    async with database.writers.begin() as connection:
        for sentence in sentences:
            await connection.exec_driver_sql(sentence)


async def _lost(database: Database) -> tuple[str, ...]:
    with pytest.raises(DatabaseDown, match="incomplete") as told:
        await database.examine()
    assert isinstance(told.value, Incomplete)
    return told.value.tables


@each("table", ["outbox", "matters", "audit", "audit_head"])
async def test_a_table_that_was_dropped_is_named(database: Database, table: str) -> None:
    """Each change needs the last two, so writing fails in other words before the look."""
    await database.examine()
    await _tell(database, f"ALTER TABLE {table} RENAME TO elsewhere")
    assert await _lost(database) == (table,)
    assert await missing_tables(database) == [table]
    await _tell(database, f"ALTER TABLE elsewhere RENAME TO {table}")
    await database.examine()


@pytest.fixture(autouse=True)
def _generous() -> Iterator[None]:
    """What a service is often started with."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(database: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in with_side_files(database) if one.exists()}


async def test_a_new_database_is_private_from_its_first_moment(tmp_path: Path) -> None:
    file = tmp_path / "steward.db"
    database = Database(f"sqlite:///{file}")
    await upgrade_database(database)
    await database.write(lambda store: store.people.by_key("nobody"))
    assert modes(file) == {"steward.db": 0o600, "steward.db-wal": 0o600, "steward.db-shm": 0o600}
    await database.close()


@each(("mode", "told"), [(0o600, False), (0o640, False), (0o644, True), (0o601, True), (0o620, True)])
def test_a_file_is_open_to_others_by_its_own_mode(tmp_path: Path, mode: int, told: bool) -> None:
    file = tmp_path / "key"
    file.touch()
    file.chmod(mode)
    assert open_to_others(file) is told
    assert not open_to_others(tmp_path / "none")


def test_a_folder_is_open_to_everyone_only_where_everyone_gets_to_it() -> None:
    with TemporaryDirectory() as folder:  # pytest's own folders are for their owner alone
        calls = Path(folder) / "calls"
        calls.mkdir(0o755)
        Path(folder).chmod(0o755)
        assert open_to_everybody(calls)
        calls.chmod(0o711)  # no one can list it, but names can be guessed
        assert open_to_everybody(calls)
        calls.chmod(0o744)  # everyone can list it, and no one can get in
        assert not open_to_everybody(calls)
        calls.chmod(0o755)
        Path(folder).chmod(0o750)
        assert not open_to_everybody(calls)
        Path(folder).chmod(0o755)
        calls.chmod(0o750)
        assert not open_to_everybody(calls)
        with pytest.raises(FileNotFoundError):
            open_to_everybody(calls / "none")
