"""A look that begins where the last one ended: what it finds at once, and what within an hour."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest

from bot.ports import Gone, Problem, Sighting, Unavailable
from bot.recorders import listing
from bot.recorders.folder import FolderRecorder

from .benches import AN_HOUR, PLAIN, FolderBench, Register, looks_until, put, settled, write_in_place


@pytest.fixture
def register(folder: FolderBench) -> Register:
    return Register(folder.recorder, folder.seconds)


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


def test_what_is_watched_is_found_in_the_next_look_and_others_within_an_hour(
    folder: FolderBench, register: Register
) -> None:
    names = [f"{number % 20}/{number}.mp3" for number in range(100)]
    put(folder, *names)
    settled(register)
    register.watched.add(names[-1])
    for name in (names[-1], names[-3]):
        write_in_place(folder.root / name)
    assert [one.native_id for one in register.sync()] == [names[-1]]
    register.seconds.now += AN_HOUR
    assert [one.native_id for one in register.sync()] == [names[-3]]


def test_coarse_times_hide_nothing(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change within the grain of a time that was seen already; each folder is read once more three seconds later."""
    put(folder, "a/one.mp3")
    register = Register(folder.recorder, folder.seconds)
    settled(register)
    told, steps = listing.times, iter([1, 2, 2, 2, 2])
    monkeypatch.setattr(listing, "times", lambda folder: (next(steps, 2), *told(folder)[2:4]))
    register.sync()
    put(folder, "a/two.mp3")
    assert looks_until(register, bool, 2)


def test_where_folders_have_no_times_everything_is_found_within_an_hour(
    folder: FolderBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "times", lambda folder: (0, 0))
    register = Register(folder.recorder, folder.seconds)
    put(folder, "a/one.mp3")
    settled(register)
    put(folder, "a/two.mp3", "b/three.mp3")
    register.seconds.now += AN_HOUR
    assert len(register.sync()) == 2


def test_a_folders_time_that_somebody_sets_back_hides_no_new_file(folder: FolderBench, register: Register) -> None:
    put(folder, "a/one.mp3")
    settled(register)
    before = (folder.root / "a").stat()
    put(folder, "a/two.mp3")
    os.utime(folder.root / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [one.native_id for one in register.sync()] == ["a/two.mp3"]


def test_another_file_in_a_folder_of_long_ago_is_found_by_the_folders_time(
    folder: FolderBench, register: Register
) -> None:
    names = [f"{number // 30}/{number}/one.mp3" for number in range(60)]
    put(folder, *names)
    settled(register)
    for name in names[-20:]:
        folder.put(replace(PLAIN, native_id=name, crm="CS-1"))
    assert len(register.sync()) == 20
    put(folder, "0/0/two.mp3")
    assert len(register.sync()) == 1
    put(folder, "0/new/one.mp3", "new/new/one.mp3")
    assert len(register.sync()) == 2


def test_a_folder_that_another_took_the_place_of_is_read_with_all_below(
    folder: FolderBench, register: Register
) -> None:
    pairs = [(f"{one} a", f"{one} b") for one in range(5)]
    names = [[f"{one}/c/{number}.mp3" for one in pair for number in range(3)] for pair in pairs]
    put(folder, *(name for some in names for name in some))
    settled(register)
    for (one, other), expected in zip(pairs, names, strict=True):
        (folder.root / one).rename(folder.root / ".away")
        (folder.root / other).rename(folder.root / one)
        (folder.root / ".away").rename(folder.root / other)
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
    register.seconds.now += AN_HOUR
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
