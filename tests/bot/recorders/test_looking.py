"""Looks at a folder: what changed is found, and what is gone is gone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ports import Gone, Problem, Sighting
from bot.recorders import listing
from bot.recorders.folder import FolderRecorder
from tests.clocks import Seconds

from .benches import AN_HOUR, PLAIN, FolderBench, Register, put, settled, write_in_place
from .disorder import WHAT, Disorder


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


def test_another_recorder_on_the_same_folder_begins_with_everything(folder: FolderBench, register: Register) -> None:
    """As a start does: the cursor is kept in memory alone."""
    put(folder, "a/one.mp3", "a/two.mp3")
    settled(register)
    write_in_place(folder.root / "a/one.mp3")
    anew = Register(FolderRecorder(folder.root), folder.seconds)
    anew.known = register.known
    assert [one.native_id for one in anew.sync()] == ["a/one.mp3"]


A_TICK = 20.0

steps = st.lists(
    st.tuples(st.sampled_from([*WHAT, "put", "tick", "tick", "fail"]), st.integers(0, 14), st.integers(0, 14)),
    max_size=30,
)


def in_step(known: Mapping[str, str], told: Mapping[str, str], disorder: Disorder) -> None:
    """The register holds what can be registered as it is, and else only what nobody can look at now."""
    sound, wrong = disorder.there()
    assert told == wrong
    assert {name: known.get(name) for name in sound} == sound
    assert [
        one for one in known.keys() - sound.keys() if not any(f"{one}/".startswith(f"{odd}/") for odd in wrong)
    ] == []


@pytest.mark.soak
@given(story=steps)
@example(story=[("put", 0, 0), ("tick", 0, 0), ("put", 1, 0), ("fail", 1, 0), ("delete_folder", 1, 0)])
def test_after_two_hours_the_register_is_what_is_on_the_disk(story: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        disorder, seconds = Disorder(Path(name) / "calls"), Seconds()
        register = Register(FolderRecorder(disorder.root, seconds=seconds), seconds)
        for what, which, other in story:
            if what == "tick":
                register.sync()
            elif what == "fail":
                register.sync(stored=which)
            else:
                disorder.do(what, which, other)
        for _ in range(2):
            seconds.now += AN_HOUR
            register.sync()
        in_step(register.known, register.problems, disorder)
