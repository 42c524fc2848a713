"""What a look finds where a recording is two files among others, whoever left them there (P12)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ports import Unavailable
from tests.each import each

from .benches import PLAIN, Shelf, sidecar
from .erasing import SOUND, delete, left, sought, stamp_of


def starting(names: tuple[str, ...], start: str) -> bool:
    return bool(names) and all(name.startswith(start) for name in names)


@each("name", [PLAIN.native_id, sidecar(PLAIN.native_id)])
def test_one_file_of_two_is_left_and_found(shelf: Shelf, name: str) -> None:
    shelf.write("calls/other.mp3", b"other audio")
    shelf.put(PLAIN, SOUND)
    stamp = stamp_of(shelf.recorder)
    [other] = {PLAIN.native_id, sidecar(PLAIN.native_id)} - {name}
    shelf.remove(other)
    assert starting(left(shelf.recorder), name)
    delete(shelf, stamp=stamp)
    assert left(shelf.recorder) == ()


@each(
    "name",
    [
        "copy.mp3", "calls/copy of one.mp3", "deep/er/still/x.wav", "calls/one", "x", "calls/.hidden", ".away/one.mp3",
        ".Trash-1000/files/a", "calls/one.mp3.mp3", "calls/x.txt", "calls/two.json", "ünï/cödé.flac", "calls/one.wav",
    ],
)  # fmt: skip
def test_a_copy_is_found_whatever_its_name(shelf: Shelf, name: str) -> None:
    shelf.put(PLAIN, SOUND)
    shelf.write(name, SOUND)
    shelf.write("calls/longer.mp3", SOUND + b".")
    shelf.write("calls/as long.mp3", SOUND[::-1])
    try:
        delete(shelf)
    except Unavailable as told:
        assert name == "calls/one.wav", told  # which has the same metadata beside it
    assert name in "".join(left(shelf.recorder))
    assert not any("long" in one for one in left(shelf.recorder))


def test_metadata_that_another_audio_has_too_are_left_and_told(shelf: Shelf) -> None:
    """Whose they are nobody can know: the audio that is due goes, the neighbour stays as it is, and a person is asked."""
    shelf.put(PLAIN, SOUND)
    shelf.write("calls/one.wav", b"another call, or the same in another format")
    stamp = stamp_of(shelf.recorder)
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"calls/one\.json is also that of (calls/)?one\.wav"):
            delete(shelf, stamp=stamp)
    assert shelf.names() == {"calls/one.wav", "calls/one.json"}
    assert starting(left(shelf.recorder), "calls/one.json")
    shelf.remove("calls/one.wav")
    delete(shelf, stamp=stamp)
    assert left(shelf.recorder) == ()


def test_a_new_call_under_the_old_name_is_not_mistaken_for_nothing(shelf: Shelf) -> None:
    shelf.put(PLAIN, SOUND)
    delete(shelf)
    shelf.put(replace(PLAIN, crm="CS-99"), b"another call")
    assert left(shelf.recorder, sought())
