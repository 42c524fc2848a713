"""The folder recorder: odd names and addresses, links, pipes and failing disks, and looks that find what changed."""

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Absent, Gone, Problem, Sighting, Unavailable
from bot.recorders import open_recorder, tree
from tests.each import each

from .benches import (
    AN_HOUR,
    PLAIN,
    FolderBench,
    Register,
    as_sidecar,
    look,
    opened,
    put,
    sentence,
    settled,
    write_in_place,
)


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


def test_the_check_names_what_is_missing(folder: FolderBench) -> None:
    folder.put(PLAIN)
    folder.write("two.mp3", b"audio")
    (folder.root / "three.mp3").symlink_to("two.mp3")
    assert asyncio.run(folder.recorder.check()) == (
        f"The folder {folder.root} holds 2 audio files, 1 of them with metadata, and 1 that can't be used."
        " It has no folder .live, so I can't switch off a recording during a call."
    )
    folder.cut_off()
    with pytest.raises(Unavailable, match="doesn't exist: "):
        asyncio.run(folder.recorder.check())


def test_p12_check_names_where_nothing_could_be_erased(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the Head of Customer Success would hear of it an hour after the first call's time."""
    for name in ("2026/07/call.wav", "2026/08/call.wav"):
        (folder.root / name).parent.mkdir(parents=True)
        folder.write(name, b"audio")
    shut = str(folder.root / "2026")
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).startswith(shut) and allowed(path, mode))
    with pytest.raises(Unavailable, match=f"can't erase anything in {shut}/07 and 1 more. "):
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
        ("ftp://calls", "begins with 'ftp'. It can begin with: asterisk, file, s3."),
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


def outside(folder: FolderBench) -> Path:
    """A sound recording beside the folder, which no one may reach through it."""
    place = folder.root.parent / "private"
    place.mkdir()
    (place / "secret.mp3").write_bytes(b"secret audio")
    (place / "secret.json").write_text(json.dumps(as_sidecar(PLAIN)))
    return place


def test_a_link_to_audio_is_refused(folder: FolderBench) -> None:
    (folder.root / "one.mp3").symlink_to(outside(folder) / "secret.mp3")
    assert sentence(folder) == "one.mp3 isn't an ordinary file: put the audio itself there, not a link."
    with pytest.raises(Absent):
        opened(folder, "one.mp3")


def test_a_hard_link_to_audio_is_refused(folder: FolderBench) -> None:
    """B2: a file with a second name elsewhere can be written there, and lead out of the folder as a link does."""
    folder.put(PLAIN)
    register = Register(folder.recorder, folder.seconds)
    register.sync()
    (folder.root.parent / "elsewhere.mp3").hardlink_to(folder.root / PLAIN.native_id)
    assert sentence(folder) == "calls/one.mp3 has another hard link: put a separate copy there."
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


def test_an_unlisted_folder_makes_nothing_gone(folder: FolderBench, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_watched_files_are_found_at_once_and_others_within_an_hour(folder: FolderBench, register: Register) -> None:
    names = [f"{number % 20}/{number}.mp3" for number in range(100)]
    put(folder, *names)
    settled(register)
    register.watched.add(names[-1])
    for name in (names[-1], names[-3]):
        write_in_place(folder.root / name)
    assert [one.native_id for one in register.sync()] == [names[-1]]
    register.seconds.now += AN_HOUR
    assert [one.native_id for one in register.sync()] == [names[-3]]


def test_another_file_in_an_old_folder_is_found_by_its_time(folder: FolderBench, register: Register) -> None:
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
