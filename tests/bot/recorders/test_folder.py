"""The folder recorder where it differs from others: links, odd names, addresses, thousands of files."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import socket
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Absent, Gone, Problem, Sighting, Unavailable
from bot.recorders import open_recorder, sidecar, tree
from bot.recorders.folder import FolderRecorder

from .benches import PLAIN, Finding, FolderBench, Register, as_sidecar


def look(folder: FolderBench) -> list[Finding]:
    return Register(folder.recorder).sync()


def sentence(folder: FolderBench) -> str:
    [found] = look(folder)
    assert isinstance(found, Problem)
    return found.sentence


def opened(folder: FolderBench, native_id: str) -> int:
    return asyncio.run(folder.recorder.audio(native_id)).size


def outside(folder: FolderBench) -> Path:
    """A sound recording beside the folder, which nobody may reach through it."""
    place = folder.root.parent / "private"
    place.mkdir()
    (place / "secret.mp3").write_bytes(b"secret audio")
    (place / "secret.json").write_text(json.dumps(as_sidecar(PLAIN)))
    return place


@pytest.mark.parametrize("name", ["a.wav", "a.MP3", "b/c/d/e.Ogg", "a b.flac", "Zürich/ünï.m4a", "a.b.mp3"])
def test_audio_is_found_wherever_it_lies(folder: FolderBench, name: str) -> None:
    folder.put(replace(PLAIN, native_id=name))
    [found] = look(folder)
    assert isinstance(found, Sighting)
    assert (found.native_id, found.media_type) == (name, tree.MEDIA_TYPES[Path(name).suffix.lower()[1:]])
    assert opened(folder, name) == found.size


def test_other_files_and_dotted_names_are_passed_over(folder: FolderBench) -> None:
    for name in ("notes.txt", "orphan.json", ".half.mp3", ".snapshot/old.mp3", "mp3", "cover.jpg"):
        folder.write(name, b"x")
    assert look(folder) == []
    with pytest.raises(Absent):
        opened(folder, ".half.mp3")
    with pytest.raises(Absent):
        opened(folder, ".snapshot/old.mp3")


def test_a_link_to_audio_is_refused(folder: FolderBench) -> None:
    (folder.root / "one.mp3").symlink_to(outside(folder) / "secret.mp3")
    assert sentence(folder) == "one.mp3 is not an ordinary file: put the audio itself there, not a link."
    with pytest.raises(Absent):
        opened(folder, "one.mp3")


def test_a_link_to_metadata_is_refused(folder: FolderBench) -> None:
    folder.write("one.mp3", b"audio")
    (folder.root / "one.json").symlink_to(outside(folder) / "secret.json")
    assert sentence(folder) == "one.json is not an ordinary file: put the metadata itself there, not a link."


def test_a_link_to_a_folder_is_refused(folder: FolderBench) -> None:
    (folder.root / "more").symlink_to(outside(folder))
    assert sentence(folder) == "more is a link: put the folder itself there."
    with pytest.raises(Absent):
        opened(folder, "more/secret.mp3")


def test_a_folder_that_became_a_link_makes_nothing_gone(folder: FolderBench) -> None:
    folder.put(PLAIN)
    register = Register(folder.recorder)
    register.sync()
    (folder.root / "calls").rename(folder.root.parent / "moved")
    (folder.root / "calls").symlink_to(folder.root.parent / "moved")
    assert [type(found) for found in register.sync()] == [Problem]
    assert list(register.known) == [PLAIN.native_id]


def test_links_in_a_circle_harm_nobody(folder: FolderBench) -> None:
    folder.put(PLAIN)
    (folder.root / "calls" / "round").symlink_to("round")
    (folder.root / "calls" / "up").symlink_to("..")
    assert sorted(type(found).__name__ for found in look(folder)) == ["Problem", "Sighting"]


def test_a_pipe_is_neither_read_nor_waited_for(folder: FolderBench) -> None:
    os.mkfifo(folder.root / "one.mp3")
    os.mkfifo(folder.root / "two.json")
    folder.write("two.mp3", b"audio")
    assert [type(found) for found in look(folder)] == [Problem, Problem]
    with pytest.raises(Absent):
        opened(folder, "one.mp3")


def test_a_socket_is_no_audio(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.root)
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("one.mp3")
    with pytest.raises(Absent):
        opened(folder, "one.mp3")


@pytest.mark.parametrize("name", [b"caf\xe9.mp3", b"two\nlines.mp3", b"bell\x07/one.mp3", b"\xff\xfe/one.mp3"])
def test_a_name_that_cannot_be_kept_is_told_printably(folder: FolderBench, name: bytes) -> None:
    folder.write(os.fsdecode(name), b"audio")
    said = sentence(folder)
    assert said.endswith("rename it with plain letters.")
    assert "\n" not in said
    said.encode()


def test_audio_without_metadata(folder: FolderBench) -> None:
    folder.write("calls/x.mp3", b"audio")
    assert sentence(folder) == "calls/x.mp3 has no metadata file beside it: add calls/x.json."


def test_empty_audio(folder: FolderBench) -> None:
    folder.put(replace(PLAIN, native_id="x.wav"), b"")
    assert sentence(folder) == "x.wav is empty: put the whole audio there."


def test_two_audio_files_never_share_one_metadata_file(folder: FolderBench) -> None:
    """P12: a second copy of one call would outlive the first one's erasure."""
    folder.put(replace(PLAIN, native_id="x.wav"))
    folder.write("x.mp3", b"the same call")
    assert [found.native_id for found in look(folder) if isinstance(found, Problem)] == ["x.mp3", "x.wav"]
    assert "x.mp3 shares x.json with another audio file" in str(look(folder)[0])


def test_a_growing_file_is_told_again_when_it_is_whole(folder: FolderBench) -> None:
    folder.put(PLAIN, b"half")
    register = Register(folder.recorder)
    register.sync()
    with (folder.root / PLAIN.native_id).open("ab") as writer:
        writer.write(b" and half")
    [found] = register.sync()
    assert isinstance(found, Sighting)
    assert found.size == len(b"half and half")


def test_a_set_back_modification_time_hides_nothing(folder: FolderBench) -> None:
    folder.put(PLAIN, b"as it was first")
    path = folder.root / PLAIN.native_id
    before = path.stat()
    register = Register(folder.recorder)
    register.sync()
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        path.write_bytes(b"as it was later")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert [type(found) for found in register.sync()] == [Sighting]


def test_a_flawed_file_is_read_again_only_when_it_has_changed(
    folder: FolderBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put(PLAIN)
    folder.spoil(PLAIN.native_id)
    register = Register(folder.recorder)
    first = register.sync()
    with monkeypatch.context() as patch:
        patch.setattr(sidecar, "sighting", lambda *_: pytest.fail("the file was read again"))
        assert register.sync() == first
    folder.put(PLAIN)
    assert [type(found) for found in register.sync()] == [Sighting]


def test_an_unmounted_disk_is_an_outage(folder: FolderBench) -> None:
    for number in range(10):
        folder.put(replace(PLAIN, native_id=f"{number}.mp3"))
    register = Register(folder.recorder)
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
    register = Register(folder.recorder)
    register.sync()
    closed = (folder.root / "calls").stat().st_ino
    scandir = os.scandir

    def guarded(here: int) -> object:
        if os.fstat(here).st_ino == closed:
            raise PermissionError(13, "Permission denied")
        return scandir(here)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", guarded)
        assert register.sync() == [
            Problem("calls", "calls can't be read (Permission denied): let the bot's account read it.")
        ]
    assert register.sync() == []


def test_what_vanishes_during_the_look_is_gone(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one.mp3", "two.mp3", "old/three.mp3"):
        folder.put(replace(PLAIN, native_id=name))
    register = Register(folder.recorder)
    register.sync()
    scandir = os.scandir

    @contextmanager
    def emptied(here: int) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(here) as entries:
            seen = list(entries)
        folder.take("one.mp3")
        folder.take("old/three.mp3")
        (folder.root / "old").rmdir()
        yield seen

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", emptied)
        assert set(register.sync()) == {Gone("old/three.mp3"), Gone("one.mp3")}
    assert register.sync() == []


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOENT])
def test_a_root_that_cannot_be_listed_is_an_outage(
    folder: FolderBench, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Also when it is taken away between opening and listing: nothing in it is gone for that."""
    folder.put(PLAIN)
    register = Register(folder.recorder)
    register.sync()

    def failing(_here: int) -> object:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", failing)
        with pytest.raises(Unavailable, match=f"can't be read: {os.strerror(code)}"):
            register.sync()
    assert register.sync() == []


def test_what_cannot_be_opened_is_tried_each_time(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.put(PLAIN)
    register = Register(folder.recorder)
    opener = os.open

    def refusing(path: str, flags: int, **more: int) -> int:
        if path.endswith((".json", ".mp3")):
            raise PermissionError(13, "Permission denied")
        return opener(path, flags, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refusing)
        assert register.sync() == [Problem(PLAIN.native_id, "calls/one.json can't be read by the bot's account.")]
        with pytest.raises(Unavailable, match=r"calls/one.mp3 can't be read: Permission denied"):
            opened(folder, PLAIN.native_id)
    assert [type(found) for found in register.sync()] == [Sighting]


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "calls").write_text("no folder")
    with pytest.raises(Unavailable, match="can't be read: Not a directory"):
        asyncio.run(FolderRecorder(tmp_path / "calls").check())


def test_the_check_names_what_is_missing(folder: FolderBench) -> None:
    folder.put(PLAIN)
    folder.write("two.mp3", b"audio")
    (folder.root / "three.mp3").symlink_to("two.mp3")
    assert asyncio.run(folder.recorder.check()) == (
        f"The folder {folder.root} holds 2 audio files, 1 of them with metadata, and 1 that can't be used."
    )
    folder.cut_off()
    with pytest.raises(Unavailable, match=r"is not there: make it, or mend RECORDINGS_URL\.$"):
        asyncio.run(folder.recorder.check())


def test_the_root_itself_may_be_a_link(folder: FolderBench) -> None:
    folder.put(PLAIN)
    link = folder.root.with_name("link")
    link.symlink_to(folder.root)
    assert len(Register(FolderRecorder(link)).sync()) == 1


@pytest.mark.parametrize("address", ["file://{root}", "file:{root}", "FILE://localhost{root}"])
def test_addresses(folder: FolderBench, address: str) -> None:
    folder.put(PLAIN)
    assert len(Register(open_recorder(address.format(root=folder.root))).sync()) == 1


def test_a_relative_address_and_one_with_a_space(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.root.parent)
    folder.root.rename("our calls")
    Path("our calls/x.mp3").write_bytes(b"x")
    assert len(Register(open_recorder("file:our%20calls")).sync()) == 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "no scheme"),
        ("/srv/calls", "no scheme"),
        ("s3://bucket", "begins with 's3'. Known are: file."),
        ("file:", "names no folder"),
        ("file://", "names no folder"),
        ("file://calls/here", "names another machine"),
        ("file:///srv/calls?x", r"Write %3F for \?"),
        ("file:///srv/calls#1", "%23 for #"),
    ],
)
def test_a_wrong_address_is_a_sentence(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        open_recorder(url)


def many(folder: FolderBench, count: int) -> None:
    """Lays `count` recordings, a hundred folders of them."""
    text = json.dumps(as_sidecar(PLAIN))
    for place in range(100):
        (folder.root / f"{place:03}").mkdir()
    for number in range(count):
        stem = folder.root / f"{number % 100:03}" / f"{number:06}"
        Path(f"{stem}.mp3").write_bytes(b"audio")
        Path(f"{stem}.json").write_text(text)


def measured(register: Register) -> tuple[int, float]:
    start = time.perf_counter()
    return len(register.sync()), time.perf_counter() - start


@pytest.mark.soak
def test_fifty_thousand_recordings(folder: FolderBench) -> None:
    """An unchanged folder of 50,000 recordings is looked through in well under 2 s, in little memory."""
    many(folder, 50_000)
    register = Register(folder.recorder)
    first, _ = measured(register)
    again, again_took = measured(register)
    tracemalloc.start()
    register.sync()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (first, again) == (50_000, 0)
    assert again_took < 2
    assert peak < 30e6
