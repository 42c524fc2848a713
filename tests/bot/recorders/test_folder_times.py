"""Folders whose times are coarse, missing, set back or wrong: what they hide is found nevertheless."""

from __future__ import annotations

import os

import pytest

from bot.recorders import listing
from bot.recorders.listing import Times
from tests.each import each

from .benches import FolderBench, Register, looks_until, put, settled, write_in_place


@pytest.fixture
def register(folder: FolderBench) -> Register:
    return Register(folder.recorder, folder.seconds)


def test_coarse_times_hide_nothing(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change within the grain of a time that was seen already; each folder is read once more three seconds later."""
    told = listing.times
    monkeypatch.setattr(
        listing, "times", lambda folder: (*(one // 10**13 for one in told(folder)[:2]), *told(folder)[2:4])
    )
    register = Register(folder.recorder, folder.seconds)
    put(folder, "a/one.mp3", *(f"b/{one}.mp3" for one in range(400)))
    settled(register)
    for name in ("a/two.mp3", "a/three.mp3"):
        put(folder, name)
        (folder.root / "a").rename(
            folder.root / ".a"
        )  # so that the first of them is seen: its parent has another entry
        (folder.root / "a").mkdir()
        for one in (folder.root / ".a").iterdir():
            one.rename(folder.root / "a" / one.name)
        (folder.root / ".a").rmdir()
    assert looks_until(register, lambda found: len(found) == 3, 40)


@pytest.mark.soak
@each("silent", [(0, 0), (1_700_000_000_000_000_000,) * 2])
def test_where_folders_have_no_times_everything_is_looked_at_each_time(
    folder: FolderBench, monkeypatch: pytest.MonkeyPatch, silent: Times
) -> None:
    told = listing.times
    monkeypatch.setattr(listing, "times", lambda folder: (*silent, *told(folder)[2:4]))
    register = Register(folder.recorder, folder.seconds)
    put(folder, *(f"b/{one}.mp3" for one in range(1_000)))
    settled(register)
    for number in range(3):
        put(folder, f"a/{number}.mp3")
        assert len(register.sync()) == 1
        write_in_place(folder.root / "b/7.mp3")
        assert len(register.sync()) == 1


def test_one_folder_whose_time_lies_ends_the_trust_in_all(
    folder: FolderBench, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, *(f"{number}/{one}.mp3" for number in range(4) for one in range(300)))
    settled(register)
    frozen = {one.stat().st_ino: listing.times(one.stat()) for one in folder.root.iterdir()}
    told = listing.times
    monkeypatch.setattr(listing, "times", lambda folder: frozen.get(folder.st_ino) or told(folder))
    put(folder, "3/new.mp3")
    assert looks_until(register, bool, 10)
    assert register.cursor.trust == "lied"  # type: ignore[attr-defined]
    put(folder, "2/new.mp3")
    write_in_place(folder.root / "1/7.mp3")
    assert len(register.sync()) == 2


def test_a_time_that_is_set_back_brings_about_a_look_at_everything(folder: FolderBench, register: Register) -> None:
    """By the machine's clock; what somebody sets back by hand shows at the change time."""
    put(folder, *(f"{number}/{one}.mp3" for number in range(4) for one in range(300)))
    settled(register)
    told, back = listing.times, 10**12
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "times", lambda folder: (*(one - back for one in told(folder)[:2]), *told(folder)[2:]))
        assert register.sync() == []
        assert register.cursor.trust == "unproven"  # type: ignore[attr-defined]
        write_in_place(folder.root / "1/7.mp3")
        assert len(register.sync()) == 1
        put(folder, "2/new.mp3")
        assert len(register.sync()) == 1
        assert register.cursor.trust == "proven"  # type: ignore[attr-defined]


def test_a_folders_time_that_somebody_sets_back_hides_no_new_file(folder: FolderBench, register: Register) -> None:
    put(folder, "a/one.mp3")
    settled(register)
    before = (folder.root / "a").stat()
    put(folder, "a/two.mp3")
    os.utime(folder.root / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [one.native_id for one in register.sync()] == ["a/two.mp3"]
