"""The folder recorder deletes two files and nothing else, and finds whatever is left under any name (P12)."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.ports import Changed, Sought, Unavailable
from bot.recorders.folder import FolderRecorder
from tests.each import each

from .benches import PLAIN, FolderBench, put
from .erasing import SOUND, delete, left, stamp_of


@pytest.fixture
def calls(folder: FolderBench) -> Path:
    """The folder in which the recording lies."""
    folder.put(PLAIN, SOUND)
    return folder.root / "calls"


@pytest.fixture
def stamp(folder: FolderBench, calls: Path) -> str:
    """What the recording was before anything happened to it."""
    return stamp_of(folder.recorder)


def outside(folder: FolderBench) -> Path:
    """A folder beside the recordings, with a file that must not be touched from here."""
    place = folder.root.parent / "private"
    place.mkdir()
    for name in ("one.mp3", "one.json"):
        (place / name).write_bytes(b"not ours")
    return place


def test_a_link_in_its_place_is_left_and_found_and_so_is_what_it_leads_to(
    folder: FolderBench, calls: Path, stamp: str
) -> None:
    private = outside(folder)
    (calls / "one.mp3").unlink()
    (calls / "one.mp3").symlink_to(private / "one.mp3")
    with pytest.raises(Unavailable, match=r"calls/one\.mp3 isn't an ordinary file, so I left it"):
        delete(folder, stamp=stamp)
    assert (private / "one.mp3").read_bytes() == b"not ours"
    assert left(folder.recorder) == ("calls/one.json", "calls/one.mp3")


def test_behind_a_link_nothing_is_deleted_and_the_look_does_not_say_nothing(folder: FolderBench, calls: Path) -> None:
    """An administrator moved the folder to another disk and left a link: the audio is still there."""
    moved = folder.root.parent / "moved"
    calls.rename(moved)
    calls.symlink_to(moved)
    with pytest.raises(Unavailable, match=r"enter calls .*, so I deleted nothing in it"):
        delete(folder)
    assert (moved / "one.mp3").read_bytes() == SOUND
    assert left(folder.recorder) == ("calls",)


@pytest.mark.parametrize("name", ["one.mp3", "one.json"])
def test_what_a_hard_link_has_elsewhere_is_told(folder: FolderBench, calls: Path, stamp: str, name: str) -> None:
    """Its other name may be where no look goes, and would belong to nothing once this one is gone."""
    elsewhere = folder.root.parent / "elsewhere"
    elsewhere.hardlink_to(calls / name)
    with pytest.raises(Unavailable, match=rf"calls/{name} has another hard link"):
        delete(folder, stamp=stamp)
    assert f"calls/{name}" in left(folder.recorder)
    elsewhere.unlink()
    delete(folder, stamp=stamp if name == "one.json" else None)
    assert left(folder.recorder) == ()


def test_the_disk_has_the_one_before_the_other_goes(
    folder: FolderBench, calls: Path, stamp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut at any moment leaves words without sound, never sound that nothing describes."""
    done: list[str] = []
    unlink, fsync = os.unlink, os.fsync

    def noted(name: str, *, dir_fd: int) -> None:
        done.append(name)
        unlink(name, dir_fd=dir_fd)

    def settled(here: int) -> None:
        assert os.fstat(here).st_ino == calls.stat().st_ino
        done.append("settled")
        fsync(here)

    monkeypatch.setattr(os, "unlink", noted)
    monkeypatch.setattr(os, "fsync", settled)
    delete(folder, stamp=stamp)
    assert [one.partition("one.")[2][:4] or one for one in done] == ["mp3", "settled", "json", "settled"]


@pytest.mark.parametrize("refused", ["one.mp3", "one.json"])
def test_what_is_cut_short_is_found_and_completed(
    folder: FolderBench, calls: Path, stamp: str, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    unlink = os.unlink

    def refusing(name: str, *, dir_fd: int) -> None:
        if refused in name:
            raise PermissionError(errno.EACCES, "Permission denied")
        unlink(name, dir_fd=dir_fd)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refusing)
        with pytest.raises(Unavailable, match=rf"calls/{refused}: Permission denied"):
            delete(folder, stamp=stamp)
    assert any(refused in one for one in left(folder.recorder))
    delete(folder, stamp=stamp)
    assert left(folder.recorder) == ()


def test_p12_what_was_written_over_it_in_place_stays_though_its_length_and_date_are_as_before(
    folder: FolderBench, calls: Path, stamp: str
) -> None:
    """So does a copy that writes in place and keeps the dates."""
    one = calls / "one.mp3"
    before, new = one.stat(), b"!" * one.stat().st_size
    with one.open("r+b") as file:
        file.write(new)
    os.utime(one, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(Changed):
        delete(folder, stamp=stamp)
    assert one.read_bytes() == new
    delete(folder)
    assert left(folder.recorder) == ()


async def test_p12_the_last_recording_of_a_folder_leaves_it_empty_and_is_proved_gone(tmp_path: Path) -> None:
    """An empty folder may be a disk that is away; not so where we have just emptied it ourselves."""
    for ending in ("mp3", "json"):
        (tmp_path / f"last.{ending}").write_bytes(b"audio")
    recorder = FolderRecorder(tmp_path)
    await recorder.delete("last.mp3", (await recorder.audio("last.mp3")).stamp)
    assert await recorder.look([Sought("last.mp3", 5, "")]) == {"last.mp3": ()}
    with pytest.raises(Unavailable, match="is its disk mounted"):
        await FolderRecorder(tmp_path).look([Sought("last.mp3", 5, "")])
    elsewhere = tmp_path / "another disk"
    elsewhere.mkdir()
    moved = FolderRecorder(elsewhere)
    await moved.delete("last.mp3", "")
    with pytest.raises(Unavailable, match="is its disk mounted"):
        await moved.look([Sought("last.mp3", 5, "")])


@pytest.fixture
def other(folder: FolderBench) -> FolderBench:
    """A folder with another recording in it, and the folder of the one that is sought."""
    put(folder, "2025/other.mp3", "calls/neighbour.mp3")
    return folder


@pytest.mark.parametrize(
    "name",
    [
        ".one.mp3.new", ".one.mp3.7aQ2xK", ".one.mp3", "one.mp3.part", "one.mp3.crdownload", ".one.json.new", "one.json.bak",
    ],
)  # fmt: skip
def test_what_a_writer_makes_of_a_name_is_found(other: FolderBench, name: str) -> None:
    other.write(f"calls/{name}", b"half of it")
    assert left(other.recorder) == (f"calls/{name}",)


def test_a_copy_behind_a_link_is_not_ours_to_read(other: FolderBench) -> None:
    outside = other.root.parent / "outside.mp3"
    outside.write_bytes(SOUND)
    (other.root / "calls" / "link.mp3").symlink_to(outside)
    assert left(other.recorder) == ()


def refusing(call: Callable[..., Any], wanted: str, code: int) -> Callable[..., Any]:
    """The call of `os`, failing where it is about a file or a folder of this name. Tests may run as root."""

    def guarded(what: int | str, *more: Any, **named: Any) -> Any:
        name = Path(f"/proc/self/fd/{what}").readlink().name if isinstance(what, int) else what
        if name == wanted:
            raise OSError(code, os.strerror(code), name)
        return call(what, *more, **named)

    return guarded


@each(
    ("call", "name", "code", "told"),
    [
        ("open", "2025", errno.EACCES, "2025: Permission denied. Let the bot's account read it."),
        ("open", "as long.wav", errno.EACCES, "2025/as long.wav can't be read: Permission denied."),
        ("stat", "other.json", errno.EIO, "2025/other.json: Input/output error."),
    ],
)  # fmt: skip
def test_where_no_one_can_look_nothing_is_not_the_answer(
    other: FolderBench, monkeypatch: pytest.MonkeyPatch, call: str, name: str, code: int, told: str
) -> None:
    other.write(".away/x", b"")
    other.write("2025/as long.wav", SOUND[::-1])
    assert left(other.recorder) == ()
    with monkeypatch.context() as patch:
        patch.setattr(os, call, refusing(getattr(os, call), name, code))
        with pytest.raises(Unavailable) as failure:
            left(other.recorder)
    assert failure.value.code.endswith(told)


def during(monkeypatch: pytest.MonkeyPatch, number: int, what: Callable[[], object]) -> None:
    """Let something happen after so many folders were read."""
    stat_of, listed = os.fstat, [0]

    def disturbed(here: int) -> os.stat_result:
        found = stat_of(here)
        if stat.S_ISDIR(found.st_mode):
            listed[0] += 1
            if listed[0] == number:
                what()
        return found

    monkeypatch.setattr(os, "fstat", disturbed)


@each(("start", "end"), [("2025", "calls"), ("calls", "2025")])
def test_what_is_moved_past_the_reader_is_found(
    other: FolderBench, monkeypatch: pytest.MonkeyPatch, start: str, end: str
) -> None:
    """A nightly job moves files between folders; one of the two was read already, whichever comes first."""
    other.write(f"{start}/copy.wav", SOUND)
    during(monkeypatch, 2, lambda: (other.root / start / "copy.wav").rename(other.root / end / "copy.wav"))
    assert left(other.recorder)
