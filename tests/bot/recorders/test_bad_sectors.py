"""A disk that opens a file and fails while it is read: that file is told, and every other one is as it was (A2)."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.ports import Problem, Unavailable
from bot.recorders.asterisk.opening import Spool

from .bad_sectors import on_a_bad_sector
from .benches import PLAIN, FolderBench, Register, put, settled

pytestmark = pytest.mark.soak

UNREAD = "can't be read: "


def test_a2_metadata_on_a_bad_sector_are_a_problem_of_that_call_alone(
    folder: FolderBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, *(f"calls/{one}.mp3" for one in range(9)))
    register = Register(folder.recorder, folder.seconds)
    with on_a_bad_sector(monkeypatch, "calls/0.json"):
        for _ in range(3):
            [problem] = [one for one in register.sync() if isinstance(one, Problem)]
    told = f"calls/0.json {UNREAD}"
    assert (problem.native_id, problem.why) == ("calls/0.mp3", "unreadable")
    assert problem.sentence.startswith(told)
    assert register.known.keys() == {f"calls/{one}.mp3" for one in range(1, 9)}
    register.sync()
    assert (len(register.known), register.problems) == (9, {})


async def test_a2_audio_on_a_bad_sector_can_not_be_read_now(
    folder: FolderBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put(PLAIN)
    audio = await folder.recorder.audio(PLAIN.native_id)
    with on_a_bad_sector(monkeypatch, PLAIN.native_id), pytest.raises(Unavailable, match=f"calls/one.mp3 {UNREAD}"):
        await audio.read(0, 4)
    assert await audio.read(0, 4) == b"some"


@pytest.mark.parametrize("name", ["calls/0.mp3", "calls/0.json"])
@pytest.mark.parametrize("known", [False, True])
def test_a2_a_file_of_which_the_disk_tells_nothing_hides_no_other(
    folder: FolderBench, monkeypatch: pytest.MonkeyPatch, name: str, known: bool
) -> None:
    """Nor is a call gone for that, nor may it be erased as one that nothing describes."""
    put(folder, "calls/0.mp3", "calls/1.mp3")
    register = Register(folder.recorder, folder.seconds)
    if known:
        settled(register)
    put(folder, "calls/2.mp3")
    with _untold(monkeypatch, name):
        found = register.sync()
    [problem] = [one for one in found if isinstance(one, Problem)]
    assert (problem.native_id, problem.why) == ("calls/0.mp3", "unreadable")
    assert problem.sentence == f"{name} {UNREAD}{os.strerror(errno.EIO)}."
    assert register.known.keys() == {"calls/1.mp3", "calls/2.mp3"} | ({"calls/0.mp3"} if known else set())
    register.sync()
    assert (len(register.known), register.problems) == (3, {})


def test_a2_what_asterisk_records_on_a_bad_sector_is_never_called_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.wav").write_bytes(bytes(100))
    spool = Spool(str(tmp_path), str(tmp_path))
    assert not spool.sounds("one.wav", 0, 100)
    with on_a_bad_sector(monkeypatch, "one.wav"), pytest.raises(Unavailable, match=f"one.wav {UNREAD}"):
        spool.sounds("one.wav", 0, 100)


@contextmanager
def _untold(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    """The disk knows that there is a file of this name, and nothing else of it."""
    last, scandir, stat = name.rpartition("/")[2], os.scandir, os.stat

    def failing(**_: bool) -> os.stat_result:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    @contextmanager
    def listed(here: int) -> Iterator[list[Any]]:
        with scandir(here) as entries:
            yield [_bad(one, failing) if one.name == last else one for one in entries]

    def stated(path: Any, **more: Any) -> os.stat_result:
        return failing() if str(path).endswith(name) else stat(path, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", listed)
        patch.setattr(os, "stat", stated)
        yield


def _bad(entry: os.DirEntry[str], failing: Callable[..., os.stat_result]) -> SimpleNamespace:
    return SimpleNamespace(name=entry.name, is_dir=entry.is_dir, inode=entry.inode, stat=failing)
