"""The folder recorder where it differs from others: odd names, addresses, thousands of files."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Absent, Problem, Sighting, Unavailable
from bot.recorders import open_recorder, sidecar, tree
from tests.each import each

from .benches import PLAIN, FolderBench, Register, look, opened, sentence


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


def test_two_audio_files_never_share_one_metadata_file(folder: FolderBench) -> None:
    """P12: a second copy of one call would outlive the first one's erasure."""
    folder.put(replace(PLAIN, native_id="x.wav"))
    folder.write("x.mp3", b"the same call")
    assert [found.native_id for found in look(folder) if isinstance(found, Problem)] == ["x.mp3", "x.wav"]
    assert "x.mp3 shares x.json with another audio file" in str(look(folder)[0])


def test_p12_a_call_is_told_with_the_date_of_its_audio_not_of_its_metadata(folder: FolderBench) -> None:
    folder.put(PLAIN, b"some audio")
    os.utime(folder.root / PLAIN.native_id, (0, PLAIN.started.timestamp()))
    [found] = Register(folder.recorder, folder.seconds).sync()
    assert isinstance(found, Sighting)
    assert found.modified == PLAIN.started


def test_a_flawed_file_is_read_again_only_when_it_has_changed(
    folder: FolderBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put(PLAIN)
    folder.spoil(PLAIN.native_id)
    register = Register(folder.recorder, folder.seconds)
    first = register.sync()
    with monkeypatch.context() as patch:
        patch.setattr(sidecar, "sighting", lambda *_: pytest.fail("the file was read again"))
        assert register.sync() == first
    folder.put(PLAIN)
    assert [type(found) for found in register.sync()] == [Sighting]


def test_the_check_names_what_is_missing(folder: FolderBench) -> None:
    folder.put(PLAIN)
    folder.write("two.mp3", b"audio")
    (folder.root / "three.mp3").symlink_to("two.mp3")
    assert asyncio.run(folder.recorder.check()) == (
        f"The folder {folder.root} holds 2 audio files, 1 of them with metadata, and 1 that can't be used."
        " It has no folder .live, so a recording can't be switched off from here while a call goes on."
    )
    folder.cut_off()
    with pytest.raises(Unavailable, match=r"is not there: make it, or mend RECORDINGS_URL\.$"):
        asyncio.run(folder.recorder.check())


def test_p12_check_names_where_nothing_could_be_erased(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the Head of Customer Success would hear of it an hour after the first call's time."""
    for name in ("2026/07/call.wav", "2026/08/call.wav"):
        (folder.root / name).parent.mkdir(parents=True)
        folder.write(name, b"audio")
    shut = str(folder.root / "2026")
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).startswith(shut) and allowed(path, mode))
    with pytest.raises(Unavailable, match=f"nothing can be erased in {shut}/07 and 1 more. Let this program's user"):
        asyncio.run(folder.recorder.check())


@each("address", ["file://{root}", "file:{root}", "FILE://localhost{root}"])
def test_addresses(folder: FolderBench, address: str) -> None:
    folder.put(PLAIN)
    assert len(Register(open_recorder(address.format(root=folder.root))).sync()) == 1


@each(
    ("url", "says"),
    [
        ("", "no scheme"),
        ("/srv/calls", "no scheme"),
        ("ftp://calls", "begins with 'ftp'. Known are: asterisk, file, s3."),
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
