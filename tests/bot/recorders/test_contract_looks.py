"""The contract of looks: what is told, once, and what is left."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports import Problem, Sighting, Unavailable
from tests.each import each

from .benches import PLAIN, Bench, Register, Shelf, sidecar
from .erasing import SOUND, delete, left, stamp_of


def test_what_is_watched_is_told_as_long_as_the_register_has_another_stamp(bench: Bench, register: Register) -> None:
    bench.put(PLAIN)
    register.sync()
    register.known[PLAIN.native_id] = "a stamp of someone else's"
    register.watched.add(PLAIN.native_id)
    assert [type(found) for found in register.sync(stored=0)] == [Sighting]
    assert [type(found) for found in register.sync()] == [Sighting]
    assert register.sync() == []


steps = st.tuples(st.sampled_from(["put", "spoil", "take", "sync"]), st.integers(0, 3), st.integers(0, 9))


@given(story=st.lists(steps, max_size=14))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_happens_the_register_follows(bench: Bench, story: list[tuple[str, int, int]]) -> None:
    """After each look the register holds exactly the sound recordings, besides those that are spoilt now."""
    register = Register(bench.recorder)
    there: dict[str, bool] = {}
    for what, which, crm in story:
        native_id = f"calls/{which}.mp3"
        if what == "put":
            bench.put(replace(PLAIN, native_id=native_id, crm=f"CS-{crm}"))
            there[native_id] = True
        elif native_id in there and what == "spoil":
            bench.spoil(native_id)
            there[native_id] = False
        elif native_id in there and what == "take":
            bench.take(native_id)
            del there[native_id]
        elif what == "sync":
            agree(register, there)
    agree(register, there)
    for native_id in there:
        bench.take(native_id)


def agree(register: Register, there: dict[str, bool]) -> None:
    problems = {found.native_id for found in register.sync() if isinstance(found, Problem)}
    assert problems == {native_id for native_id, sound in there.items() if not sound}
    assert register.known.keys() - problems == there.keys() - problems
    assert register.known.keys() <= there.keys()


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
