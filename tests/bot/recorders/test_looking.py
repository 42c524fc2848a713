"""Looks at a folder: what changed is found, and what is gone is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ports import Gone, Problem, Sighting
from bot.recorders import listing

from .benches import AN_HOUR, PLAIN, FolderBench, Register, put, settled, write_in_place


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
