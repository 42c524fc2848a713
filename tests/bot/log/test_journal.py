"""C2: the journal is only ever added to, whole lines at a time, sealed, and never blocks anyone."""

import json
import os
import stat
from pathlib import Path

import pytest

from bot.journal import NAME, Journal, JournalDown, Seal
from bot.settings.setting_values import folder_of
from tests.each import each

MASTER = bytes(range(1, 33))
SEAL = Seal(MASTER)


def _lines(journal: Journal) -> list[dict[str, object]]:
    return [json.loads(line) for line in journal.file.read_text().splitlines()]


def test_lines_are_added_in_order_one_json_object_each_with_its_kind_and_seal(tmp_path: Path) -> None:
    journal = Journal(tmp_path, SEAL)
    journal.add([{"kind": "head", "day": "2026-11-24"}, {"kind": "erased", "recording": 3}])
    journal.add([{"kind": "head", "day": "2026-11-25"}])
    told = _lines(journal)
    assert [one["kind"] for one in told] == ["head", "erased", "head"]
    assert all(SEAL.fits(one) and one["key"] == SEAL.key_id for one in told)
    assert journal.file.read_bytes().endswith(b"}\n")


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", SEAL, make=True)
    journal.add([{"kind": "head"}])
    assert stat.S_IMODE(journal.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700


def test_a_folder_that_was_named_and_is_not_there_is_a_sentence_and_is_not_made(tmp_path: Path) -> None:
    """What is not mounted must not be filled."""
    journal = Journal(tmp_path / "not mounted", SEAL)
    with pytest.raises(JournalDown, match=f"there is no folder {tmp_path / 'not mounted'}"):
        journal.add([{"kind": "head"}])
    assert not journal.folder.exists()


@pytest.mark.parametrize("left", [b'{"kind":"hea', b"{", b"x" * 9000])
def test_half_a_line_that_a_power_cut_left_is_taken_away(tmp_path: Path, left: bytes) -> None:
    """It was never told to be there, so it is written again."""
    journal = Journal(tmp_path, SEAL)
    journal.add([{"kind": "head", "day": "2026-11-24"}])
    with journal.file.open("ab") as file:
        file.write(left)
    journal.add([{"kind": "head", "day": "2026-11-25"}])
    assert [one["day"] for one in _lines(journal)] == ["2026-11-24", "2026-11-25"]


def test_on_a_disk_that_only_lets_lines_be_added_it_is_closed_off_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, SEAL)
    journal.file.write_bytes(b'{"kind":"che')
    monkeypatch.setattr(os, "ftruncate", _not_permitted)
    journal.add([{"kind": "head", "day": "2026-11-25"}])
    half, whole = journal.file.read_text().splitlines()
    assert (half, json.loads(whole)["day"]) == ('{"kind":"che', "2026-11-25")


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path, SEAL)
    journal.add([{"kind": "head", "day": "2026-11-24"}])
    before, write = journal.file.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda file, told: write(file, told[:7]))
    with pytest.raises(JournalDown, match="no space left on device"):
        journal.add([{"kind": "head", "day": "2026-11-25"}])
    assert journal.file.read_bytes() == before


def _not_permitted(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@each(
    ("url", "folder"),
    [("file:///mnt/journal", "/mnt/journal"), ("file:journal", "journal"), ("file://localhost/a%20b", "/a b")],
)
def test_the_folder_is_named_by_an_address(url: str, folder: str) -> None:
    assert folder_of(url) == Path(folder)


@each("url", ["/mnt/journal", "s3://bucket", "file://host/x", "file:///x?y", "file:///x#y", "file:", ""])
def test_any_other_address_is_refused_with_the_remedy(url: str) -> None:
    with pytest.raises(ValueError, match=r"file:///mnt/journal|%3F"):
        folder_of(url)


@each("name", ["kind", "day", "entries", "hash", "at", "key", "seal"])
def test_a_seal_is_over_all_of_a_line(name: str) -> None:
    told = SEAL.sealed({"kind": "head", "day": "2026-11-24", "entries": 3, "hash": "a", "at": "b"})
    assert SEAL.fits(told)
    assert not SEAL.fits(told | {name: "x"})
    assert not SEAL.fits({one: value for one, value in told.items() if one != name})
    assert not Seal(MASTER[::-1]).fits(told)


def test_what_is_no_file_or_a_link_to_somewhere_else_is_not_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / NAME)
    with pytest.raises(JournalDown, match="it isn't a file"):
        Journal(tmp_path, SEAL).add([{"kind": "head"}])
    (tmp_path / NAME).unlink()
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalDown, match="can't be written"):
        Journal(tmp_path, SEAL).add([{"kind": "head"}])
    assert not (tmp_path / "elsewhere").exists()
