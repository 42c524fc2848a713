"""A look that begins where the last one ended: what it costs, what it finds at once, and what within a day."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.ports import Gone, Problem, Sighting, Unavailable
from bot.recorders import listing
from bot.recorders.folder import FolderRecorder
from bot.recorders.listing import Times

from .benches import PLAIN, FolderBench, Register, looks_until, put, settled, write_in_place

DAY, A_TICK = 86_400.0, 20.0
Stat = Callable[[os.stat_result], Times]


@pytest.fixture
def register(folder: FolderBench) -> Register:
    return Register(folder.recorder, folder.seconds)


def counted(register: Register, looks: int) -> float:
    """How many entries of the disk a look touches."""
    touched = Counter[str]()
    stat, scandir = os.stat, os.scandir

    class Scanned:
        def __init__(self, here: int) -> None:
            self._entries = scandir(here)

        def __enter__(self) -> Iterator[os.DirEntry[str]]:
            return map(self._counted, self._entries)

        def __exit__(self, *_: object) -> None:
            self._entries.close()

        def _counted(self, entry: os.DirEntry[str]) -> os.DirEntry[str]:
            touched["entry"] += 1
            return entry

    def counting(*asked: Any, **more: Any) -> os.stat_result:
        touched["stat"] += 1
        return stat(*asked, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "stat", counting)
        patch.setattr(os, "scandir", Scanned)
        for _ in range(looks):
            assert register.sync() == []
    return touched.total() / looks


def laid(tmp_path: Path, number: int) -> Register:
    bench = FolderBench(tmp_path / f"{number}")
    put(bench, *(f"{one // 50:03}/{one:05}.mp3" for one in range(number)))
    register = Register(bench.recorder, bench.seconds)
    settled(register)
    return register


@pytest.mark.soak
def test_a_look_with_nothing_new_touches_as_many_files_in_a_larger_folder(tmp_path: Path) -> None:
    few, many = (counted(laid(tmp_path, number), 20) for number in (1_000, 4_000))
    assert few < 800
    assert many < few + 100  # the times of the folders, of which a hundred that changed last and a hundred others


def test_what_is_told_is_looked_at_by_name_for_an_hour(folder: FolderBench, register: Register) -> None:
    """It may still be written, and writing on leaves its folder as it was."""
    put(folder, *(f"old/{number}.mp3" for number in range(300)))
    settled(register)
    put(folder, "new/one.mp3")
    assert [type(one) for one in register.sync()] == [Sighting]
    for _ in range(2):
        register.sync()
        write_in_place(folder.root / "new/one.mp3")
        assert [type(one) for one in register.sync()] == [Sighting]


def test_what_is_watched_is_found_in_the_next_look_and_others_within_a_day(
    folder: FolderBench, register: Register
) -> None:
    names = [f"{number % 20}/{number}.mp3" for number in range(2_000)]
    put(folder, *names)
    settled(register)
    register.watched.add(names[-1])
    for name in (names[-1], names[-3]):
        write_in_place(folder.root / name)
    found = [one.native_id for one in register.sync()]
    assert names[-1] in found
    found += [one.native_id for _ in range(12) for one in register.sync()]
    assert sorted(found) == sorted([names[-1], names[-3]])


def test_each_file_is_looked_at_within_a_day_however_many_there_are(folder: FolderBench, register: Register) -> None:
    """Twelve a second would not be enough for more than a million, so the share grows with them."""
    put(folder, *(f"{number}/one.mp3" for number in range(9)))
    settled(register)
    tree = register.cursor.tree  # type: ignore[attr-defined]
    assert tree.a_second() == 12
    tree.files += 5_000_000
    assert tree.a_second() * DAY > 5_000_000


def test_after_a_long_pause_the_share_of_an_hour_is_made_up_for(folder: FolderBench, register: Register) -> None:
    put(folder, *(f"{number:02}/{one}.mp3" for number in range(10) for one in range(4)))
    settled(register)
    cursor = register.cursor
    for later, folders in ((0.05, 1), (1e9, 11)):
        share, owed = cursor.share(cursor.at + later)  # type: ignore[attr-defined]
        assert (len(share), owed <= 0) == (folders, True)


def test_another_file_in_a_folder_of_long_ago_is_found_by_the_folders_time(
    folder: FolderBench, register: Register
) -> None:
    """A hundred folders in turn, besides the hundred that changed last and those above them."""
    names = [f"{number // 30}/{number}/one.mp3" for number in range(350)]
    put(folder, *names)
    settled(register)
    for name in names[-200:]:
        folder.put(replace(PLAIN, native_id=name, crm="CS-1"))
    assert len([one for _ in range(4) for one in register.sync()]) == 200
    put(folder, "0/0/two.mp3")
    assert looks_until(register, bool, 4)
    put(folder, "0/new/one.mp3", "new/new/one.mp3")
    assert len([one for _ in range(4) for one in register.sync()]) == 2


def test_a_folder_that_another_took_the_place_of_is_read_with_all_below(
    folder: FolderBench, register: Register
) -> None:
    pairs = [(f"{one} a", f"{one} b") for one in range(5)]
    names = [[f"{one}/c/{number}.mp3" for one in pair for number in range(3)] for pair in pairs]
    put(folder, *(name for some in names for name in some))
    put(folder, *(f"later/{one}/one.mp3" for one in range(400)))  # these changed last, and all wait for their turn
    settled(register)
    for (one, other), expected in zip(pairs, names, strict=True):
        (folder.root / one).rename(folder.root / ".away")
        (folder.root / other).rename(folder.root / one)
        (folder.root / ".away").rename(folder.root / other)
        register.seconds.now -= A_TICK  # so that no share of the day is due
        assert sorted(found.native_id for found in register.sync() if isinstance(found, Sighting)) == expected


def test_what_vanished_behind_a_link_is_gone_once_the_link_is(folder: FolderBench, register: Register) -> None:
    put(folder, "a/one.mp3", "a/b/two.mp3", "c/three.mp3")
    settled(register)
    away = folder.root.with_name("away")
    (folder.root / "a").rename(away)
    (folder.root / "a").symlink_to(away)
    for _ in range(3):
        assert register.sync() == [Problem("a", "a is a link: put the folder itself there.", "folder")]
    (folder.root / "a").unlink()
    for one in (away / "b").iterdir():
        one.unlink()
    (away / "b").rmdir()
    away.rename(folder.root / "a")
    assert [*register.sync(), *register.sync()] == [Gone("a/b/two.mp3")]
    assert set(register.known) == {"a/one.mp3", "c/three.mp3"}


def test_gone_is_told_only_of_what_the_disk_has_no_more(
    folder: FolderBench, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "a/one.mp3", "a/two.mp3")
    settled(register)
    take = listing.Listing._take

    def overlooked(self: listing.Listing, entry: os.DirEntry[str]) -> None:
        if not entry.name.startswith("two"):
            take(self, entry)

    with monkeypatch.context() as patch:
        patch.setattr(listing.Listing, "_take", overlooked)
        (folder.root / "a").chmod(0o700)
        assert register.sync() == []
    assert set(register.known) == {"a/one.mp3", "a/two.mp3"}
    folder.take("a/two.mp3")
    assert register.sync() == [Gone("a/two.mp3")]


def test_a_disk_that_is_taken_away_during_the_look_makes_nothing_gone(
    folder: FolderBench, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, *(f"a/{one}.mp3" for one in range(12)), "b/one.mp3")
    settled(register)
    scandir = os.scandir

    def taken_away(here: int) -> object:
        if folder.root.with_name("elsewhere").exists():
            return scandir(here)
        entries = scandir(here)
        folder.cut_off()
        folder.root.mkdir()
        (folder.root / "of the mount point.mp3").touch()
        return entries

    (folder.root / "b").chmod(0o700)
    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", taken_away)
        with pytest.raises(Unavailable, match="became another folder while it was looked at"):
            register.sync()
    shutil.rmtree(folder.root)
    folder.reconnect()
    assert register.sync() == []


def test_another_recorder_on_the_same_folder_begins_with_everything(folder: FolderBench, register: Register) -> None:
    """As a start does: the cursor is kept in memory alone."""
    put(folder, "a/one.mp3", "a/two.mp3")
    settled(register)
    write_in_place(folder.root / "a/one.mp3")
    anew = Register(FolderRecorder(folder.root), folder.seconds)
    anew.known = register.known
    assert [one.native_id for one in anew.sync()] == ["a/one.mp3"]
