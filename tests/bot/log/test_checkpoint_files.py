"""C2: of a file of checkpoints it is known which lines the bot wrote, which it did not, and which nobody can tell about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.proof.checkpoint_files import MOST_FLAWS, Noted, read
from bot.sealing import Seal
from handlers.keys import Keys
from tests.bot.log.test_journal import MASTER, SEAL
from tests.each import each

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


@each("change", [{"entries": 8}, {"hash": "b" * 64}, {"day": "2026-11-25"}, {"seal": "0" * 64}, {"seal": None}])
def test_a_forged_one_is_named_and_not_believed(tmp_path: Path, change: dict[str, Any]) -> None:
    notes = read(_file(tmp_path, SEAL.sealed(LINE) | change), SEAL)
    day = change.get("day", "2026-11-24")
    assert notes.flaws == [f"line 1, the checkpoint of {day}, was changed or made by somebody else: its seal is wrong"]
    assert notes.noted == {}


def test_one_without_any_seal_is_not_believed_where_a_seal_could_be_tried(tmp_path: Path) -> None:
    assert len(read(_file(tmp_path, LINE), SEAL).flaws) == 1


OTHER = Seal(MASTER[::-1])


@each(
    ("seal", "replaced"), [(None, ()), (OTHER, {"00000000", SEAL.key_id}), (OTHER, None)]
)  # fmt: skip
def test_without_the_key_or_by_one_that_was_replaced_it_counts_and_is_not_proved(
    tmp_path: Path, seal: Seal | None, replaced: set[str] | None
) -> None:
    notes = read(_file(tmp_path, SEAL.sealed(LINE)), seal, replaced)
    assert (len(notes.noted), notes.sealed, notes.unproved, notes.flaws) == (1, 0, 1, [])


@each("key", ["0123456789abcdef", "01234567", "", None, 7, ["x"], OTHER.key_id])
def test_c2_one_that_names_a_key_that_was_never_ours_is_not_believed(tmp_path: Path, key: object) -> None:
    """Whoever writes another hash writes another key beside it, so that nobody can try the seal."""
    forged = SEAL.sealed(LINE) | {"hash": "b" * 64, "key": key}
    notes = read(_file(tmp_path, forged, SEAL.sealed(LINE)), SEAL, {"89abcdef"})
    assert notes.flaws == [
        "line 1, the checkpoint of 2026-11-24, was changed or made by somebody else: it names a key that was never this database’s"
    ]
    assert (notes.marks, notes.sealed, notes.unproved) == ({7: "a" * 64}, 1, 0)


def test_c2_nor_one_of_a_key_that_is_set_or_is_our_own_by_its_id_alone(tmp_path: Path) -> None:
    """The key that stays is named by the id of the first master key, which is one of those that were replaced."""
    both = Seal(Keys(MASTER, MASTER[::-1]))
    for key in (SEAL.key_id, OTHER.key_id):
        notes = read(
            _file(tmp_path, SEAL.sealed(LINE) | {"hash": "b" * 64, "key": key}), both, {SEAL.key_id, OTHER.key_id}
        )
        assert [one.split(": ")[1] for one in notes.flaws] == ["its seal is wrong"]
        assert notes.noted == {}


def test_c2_one_of_the_key_before_is_proved_where_that_is_set(tmp_path: Path) -> None:
    notes = read(_file(tmp_path, OTHER.sealed(LINE)), Seal(Keys(MASTER, MASTER[::-1])))
    assert (len(notes.noted), notes.sealed, notes.unproved, notes.flaws) == (1, 1, 0, [])


RESTORE: dict[str, Any] = {
    "kind": "restored", "at": "2026-11-23T03:00:00+00:00", "common": 2, "noted": 9, "entries": 2, "hash": "c" * 64
}  # fmt: skip


@each("seal", [SEAL, None])
def test_c2_a_restore_takes_away_only_what_was_noted_of_what_it_lost_and_only_once(
    tmp_path: Path, seal: Seal | None
) -> None:
    """A copy of its line at the end would else take all checkpoints since away, and the log could be made anew."""
    before = [SEAL.sealed({**LINE, "entries": number}) for number in (1, 2, 3, 9)]
    after = [SEAL.sealed({**LINE, "entries": number, "hash": "b" * 64}) for number in (3, 7, 12)]
    restore = SEAL.sealed(RESTORE)
    honest = {1: "a" * 64, 2: "a" * 64} | dict.fromkeys((3, 7, 12), "b" * 64)
    for lines in ([*before, restore, *after], [*before, restore, restore, *after], [*before, restore, *after, restore]):
        notes = read(_file(tmp_path, *lines), seal)
        assert (notes.marks, notes.flaws, len(notes.restores)) == (honest, [], 1)


def test_c2_one_that_was_moved_to_the_end_takes_nothing_away_that_is_further_than_what_was_lost(tmp_path: Path) -> None:
    notes = read(_file(tmp_path, SEAL.sealed({**LINE, "entries": 12}), SEAL.sealed(RESTORE)), SEAL)
    assert notes.marks == {12: "a" * 64}


def test_c2_one_that_somebody_else_made_takes_nothing_away(tmp_path: Path) -> None:
    notes = read(_file(tmp_path, SEAL.sealed(LINE), SEAL.sealed(RESTORE) | {"key": "01234567"}), SEAL, {"01234567"})
    assert (notes.marks, notes.restores) == ({7: "a" * 64}, [])


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


HEAD: dict[str, Any] = {"kind": "head", "entries": 8, "hash": "d" * 64, "at": "2026-11-24T03:01:00+00:00"}


def test_c2_where_the_log_ended_each_minute_counts_as_a_checkpoint_does(tmp_path: Path) -> None:
    notes = read(_file(tmp_path, SEAL.sealed(LINE), SEAL.sealed(HEAD)), SEAL)
    assert (notes.marks, notes.flaws) == ({7: "a" * 64, 8: "d" * 64}, [])
    notes = read(_file(tmp_path, SEAL.sealed(HEAD) | {"entries": 9}, {"kind": "head"}), SEAL)
    assert (notes.marks, notes.flaws) == (
        {},
        [
            "line 1 was changed or made by somebody else: its seal is wrong",
            "line 2 is no line of a journal, or was damaged",
        ],
    )


def test_c2_a_restore_takes_away_the_ends_that_it_lost(tmp_path: Path) -> None:
    notes = read(_file(tmp_path, SEAL.sealed(HEAD | {"entries": 2}), SEAL.sealed(HEAD), SEAL.sealed(RESTORE)), SEAL)
    assert notes.marks == {2: "d" * 64}
