"""B11: the SQLite database, and what lies beside it, are for their owner alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage.database.private import beside, keep_private, open_to_everybody, open_to_others
from storage.database.store import Database
from storage.database.upgrade import upgrade
from tests.each import each


@pytest.fixture(autouse=True)
def _generous() -> Iterator[None]:
    """What a service is often started with."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(database: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in beside(database) if one.exists()}


async def test_a_new_database_is_private_from_its_first_moment(tmp_path: Path) -> None:
    file = tmp_path / "steward.db"
    database = Database(f"sqlite:///{file}")
    await upgrade(database)
    await database.write(lambda store: store.people.by_key("nobody"))
    assert modes(file) == {"steward.db": 0o600, "steward.db-wal": 0o600, "steward.db-shm": 0o600}
    await database.close()


async def test_an_older_database_is_mended_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "steward.db"
    first = Database(f"sqlite:///{file}")
    await upgrade(first)
    for one in beside(file):
        one.touch()
        one.chmod(0o664)
    second = Database(f"sqlite:///{file}")
    await second.read(lambda store: store.people.by_key("nobody"))
    assert set(modes(file).values()) == {0o600}
    await first.close()
    await second.close()


def test_what_its_owner_made_narrower_stays_so(tmp_path: Path) -> None:
    file = tmp_path / "steward.db"
    file.touch(0o444)
    keep_private(file)
    assert modes(file) == {"steward.db": 0o400}


@each(("mode", "told"), [(0o600, False), (0o640, False), (0o644, True), (0o601, True), (0o620, True)])
def test_a_file_is_open_to_others_by_its_own_mode(tmp_path: Path, mode: int, told: bool) -> None:
    file = tmp_path / "key"
    file.touch()
    file.chmod(mode)
    assert open_to_others(file) is told
    assert not open_to_others(tmp_path / "none")


def test_a_folder_is_open_to_everybody_only_where_everybody_gets_to_it() -> None:
    with TemporaryDirectory() as folder:  # pytest's own folders are for their owner alone
        calls = Path(folder) / "calls"
        calls.mkdir(0o755)
        Path(folder).chmod(0o755)
        assert open_to_everybody(calls)
        calls.chmod(0o711)  # nobody lists it, and names can be guessed
        assert open_to_everybody(calls)
        calls.chmod(0o744)  # everybody lists it, and nobody gets in
        assert not open_to_everybody(calls)
        calls.chmod(0o755)
        Path(folder).chmod(0o750)
        assert not open_to_everybody(calls)
        Path(folder).chmod(0o755)
        calls.chmod(0o750)
        assert not open_to_everybody(calls)
        with pytest.raises(FileNotFoundError):
            open_to_everybody(calls / "none")
