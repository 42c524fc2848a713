"""C2: of a file of checkpoints it is known which lines the bot wrote, which it did not, and which nobody can tell about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.proof.checkpoint_files import MOST_FLAWS, Noted, read
from bot.sealing import Seal
from tests.bot.log.test_journal import MASTER, SEAL

LINE: dict[str, Any] = {
    "kind": "checkpoint",
    "day": "2026-11-24",
    "entries": 7,
    "hash": "a" * 64,
    "at": "2026-11-24T03:00:00+00:00",
}


def _file(tmp_path: Path, *lines: object) -> Path:
    file = tmp_path / "checkpoints"
    file.write_bytes(
        b"".join(one + b"\n" if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in lines)
    )
    return file


def test_the_bots_own_are_known_by_their_seal(tmp_path: Path) -> None:
    notes = read(
        _file(tmp_path, SEAL.sealed(LINE), SEAL.sealed({"kind": "erasure"}), SEAL.sealed({**LINE, "entries": 9})), SEAL
    )
    assert notes.noted == {7: Noted("2026-11-24", 7, "a" * 64), 9: Noted("2026-11-24", 9, "a" * 64)}
    assert (notes.sealed, notes.unproved, notes.flaws) == (2, 0, [])


def test_the_same_line_twice_means_the_same(tmp_path: Path) -> None:
    """A program that died between the journal and its own note writes it once more."""
    notes = read(_file(tmp_path, SEAL.sealed(LINE), SEAL.sealed(LINE), b"", b"  "), SEAL)
    assert (len(notes.noted), notes.flaws) == (1, [])


@pytest.mark.parametrize(
    "change", [{"entries": 8}, {"hash": "b" * 64}, {"day": "2026-11-25"}, {"seal": "0" * 64}, {"seal": None}]
)
def test_a_forged_one_is_named_and_not_believed(tmp_path: Path, change: dict[str, Any]) -> None:
    notes = read(_file(tmp_path, SEAL.sealed(LINE) | change), SEAL)
    day = change.get("day", "2026-11-24")
    assert notes.flaws == [f"line 1, the checkpoint of {day}, was changed or made by somebody else: its seal is wrong"]
    assert notes.noted == {}


def test_one_without_any_seal_is_not_believed_where_a_seal_could_be_tried(tmp_path: Path) -> None:
    assert len(read(_file(tmp_path, LINE), SEAL).flaws) == 1


def test_without_the_key_or_under_another_it_counts_and_is_not_proved(tmp_path: Path) -> None:
    file = _file(tmp_path, SEAL.sealed(LINE))
    for seal in (None, Seal(MASTER[::-1])):
        notes = read(file, seal)
        assert (len(notes.noted), notes.sealed, notes.unproved, notes.flaws) == (1, 0, 1, [])


def test_one_that_contradicts_another_is_named(tmp_path: Path) -> None:
    notes = read(_file(tmp_path, SEAL.sealed(LINE), SEAL.sealed({**LINE, "hash": "b" * 64})), SEAL)
    assert notes.flaws == ["line 2, the checkpoint of 2026-11-24, contradicts an earlier line"]


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"\xff\xfe", b"7", b"[]", b"null", b'"checkpoint"', b"{}", b'{"kind":"checkpoint"}', b"[" * 50_000,
        {**LINE, "entries": -1}, {**LINE, "entries": True}, {**LINE, "entries": "7"}, {**LINE, "hash": "A" * 64},
        {**LINE, "hash": 7}, {**LINE, "day": "yesterday"}, {**LINE, "day": 7},
    ],
)  # fmt: skip
def test_a_garbled_one_is_named_by_its_line(tmp_path: Path, line: object) -> None:
    notes = read(_file(tmp_path, SEAL.sealed(LINE), line), SEAL)
    assert notes.flaws == ["line 2 is no line of a journal, or was damaged"]
    assert len(notes.noted) == 1


def test_a_file_of_anything_at_all_is_not_read_to_its_end(tmp_path: Path) -> None:
    notes = read(_file(tmp_path, *[b"nothing of ours"] * 500), SEAL)
    assert len(notes.flaws) == MOST_FLAWS
