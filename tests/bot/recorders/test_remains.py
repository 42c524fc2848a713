"""The look through the folder finds what is left under any name, and never says “nothing” where it could not look (P12)."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.ports import Unavailable
from tests.each import each

from .benches import FolderBench, put
from .erasing import SOUND, left


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


@each(
    "name",
    [
        "calls/one.mp3.wav", "calls/.one", "calls/one", "calls/one.txt", "calls/xone.mp3", "calls/one.mp34", "one.mp3",
        "calls/deep/one.mp3", "2025/one.json", "calls/ONE.mp3", "calls/1-one.mp3", ".partial/one.mp3",
        "calls/~$one.mp3", "calls/.~lock.one.mp3#",
    ],
)  # fmt: skip
def test_what_is_anothers_is_not(other: FolderBench, name: str) -> None:
    other.write(name, b"of another")
    assert left(other.recorder) == ()


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
        ("open", "2025", errno.EACCES, "2025 can't be looked through: Permission denied. Let the bot's account read it."),
        ("open", "as long.wav", errno.EACCES, "2025/as long.wav can't be read: Permission denied."),
        ("stat", "other.json", errno.EIO, "2025/other.json can't be looked through: Input/output error."),
    ],
)  # fmt: skip
def test_where_nobody_can_look_nothing_is_not_the_answer(
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


def test_an_empty_folder_may_be_an_unmounted_disk(folder: FolderBench) -> None:
    with pytest.raises(Unavailable, match="is empty: is its disk mounted"):
        left(folder.recorder)
    (folder.root / ".mounted").touch()
    assert left(folder.recorder) == ()


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
