"""The folder recorder among links, pipes and disks that fail: nobody is let out of it, and nothing is gone for that."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Absent, Gone, Problem, Sighting, Unavailable

from .benches import PLAIN, FolderBench, Register, as_sidecar, look, opened, sentence


def outside(folder: FolderBench) -> Path:
    """A sound recording beside the folder, which nobody may reach through it."""
    place = folder.root.parent / "private"
    place.mkdir()
    (place / "secret.mp3").write_bytes(b"secret audio")
    (place / "secret.json").write_text(json.dumps(as_sidecar(PLAIN)))
    return place


def test_a_link_to_audio_is_refused(folder: FolderBench) -> None:
    (folder.root / "one.mp3").symlink_to(outside(folder) / "secret.mp3")
    assert sentence(folder) == "one.mp3 is not an ordinary file: put the audio itself there, not a link."
    with pytest.raises(Absent):
        opened(folder, "one.mp3")


def test_a_hard_link_to_audio_is_refused(folder: FolderBench) -> None:
    """B2: a file with a second name elsewhere can be written there, and lead out of the folder as a link does."""
    folder.put(PLAIN)
    register = Register(folder.recorder, folder.seconds)
    register.sync()
    (folder.root.parent / "elsewhere.mp3").hardlink_to(folder.root / PLAIN.native_id)
    assert sentence(folder) == "calls/one.mp3 stands elsewhere too, by a hard link: put a copy of its own there."
    with pytest.raises(Absent):
        opened(folder, PLAIN.native_id)
    assert [type(found) for found in register.sync()] == [Problem]
    (folder.root.parent / "elsewhere.mp3").unlink()
    assert [type(found) for found in register.sync()] == [Sighting]


def test_a_link_to_a_folder_is_refused(folder: FolderBench) -> None:
    (folder.root / "more").symlink_to(outside(folder))
    assert sentence(folder) == "more is a link: put the folder itself there."
    with pytest.raises(Absent):
        opened(folder, "more/secret.mp3")


def test_a_folder_that_became_a_link_makes_nothing_gone(folder: FolderBench) -> None:
    folder.put(PLAIN)
    register = Register(folder.recorder, folder.seconds)
    register.sync()
    (folder.root / "calls").rename(folder.root.parent / "moved")
    (folder.root / "calls").symlink_to(folder.root.parent / "moved")
    assert [type(found) for found in register.sync()] == [Problem]
    assert list(register.known) == [PLAIN.native_id]


def test_a_pipe_is_neither_read_nor_waited_for(folder: FolderBench) -> None:
    os.mkfifo(folder.root / "one.mp3")
    os.mkfifo(folder.root / "two.json")
    folder.write("two.mp3", b"audio")
    assert [type(found) for found in look(folder)] == [Problem, Problem]
    with pytest.raises(Absent):
        opened(folder, "one.mp3")


def test_an_unmounted_disk_is_an_outage(folder: FolderBench) -> None:
    for number in range(10):
        folder.put(replace(PLAIN, native_id=f"{number}.mp3"))
    register = Register(folder.recorder, folder.seconds)
    register.sync()
    for number in range(10):
        folder.take(f"{number}.mp3")
    with pytest.raises(Unavailable, match="is empty but held 10 recordings: is its disk mounted"):
        register.sync()
    folder.put(PLAIN)
    assert sum(isinstance(found, Gone) for found in register.sync()) == 10


def test_a_folder_that_cannot_be_listed_makes_nothing_gone(
    folder: FolderBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests may run as root, who may read everything, so the refusal is the kernel's in name only."""
    folder.put(PLAIN)
    folder.put(replace(PLAIN, native_id="other/two.mp3"))
    register = Register(folder.recorder, folder.seconds)
    register.sync()
    closed = (folder.root / "calls").stat().st_ino
    scandir = os.scandir

    def guarded(here: int) -> object:
        if os.fstat(here).st_ino == closed:
            raise PermissionError(13, "Permission denied")
        return scandir(here)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", guarded)
        (folder.root / "calls").chmod(0o700)
        told = "calls can't be read (Permission denied): let the bot's account read it."
        assert register.sync() == [Problem("calls", told, "folder")]
    assert register.sync() == []


def test_what_cannot_be_opened_is_tried_each_time(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.put(PLAIN)
    register = Register(folder.recorder, folder.seconds)
    opener = os.open

    def refusing(path: str, flags: int, **more: int) -> int:
        if path.endswith((".json", ".mp3")):
            raise PermissionError(13, "Permission denied")
        return opener(path, flags, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refusing)
        [found] = register.sync()
        assert isinstance(found, Problem)
        told = "calls/one.json can't be read by the bot's account."
        assert (found.sentence, found.why) == (told, "unreadable")
        with pytest.raises(Unavailable, match=r"calls/one.mp3 can't be read: Permission denied"):
            opened(folder, PLAIN.native_id)
    assert [type(found) for found in register.sync()] == [Sighting]
