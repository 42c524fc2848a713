"""What every call recording system promises of looks, of deleting, holding, and looking for what is left (P12)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports import Absent, Changed, Gone, HeldBySystem, Problem, Sighting, Sought, Unavailable
from tests.each import each

from .benches import OTHER_NAMES, PLAIN, Bench, Register, Shelf, sidecar
from .erasing import SOUND, delete, hold, left, release, sought, stamp_of

TWO = replace(PLAIN, native_id="calls/two.mp3")


def test_p4_what_cannot_be_registered_is_told_with_all_that_it_takes_to_delete_it_and_no_other(
    bench: Bench, register: Register
) -> None:
    """The stamp is that of its audio when it is opened, so the caller can compare before it goes."""
    bench.put(PLAIN, SOUND)
    bench.put(TWO)
    bench.spoil(PLAIN.native_id)
    [found] = [one for one in register.sync() if isinstance(one, Problem)]
    audio = asyncio.run(bench.recorder.audio(PLAIN.native_id))
    assert (found.stamp, found.size) == (audio.stamp, len(SOUND))
    assert found.why == "metadata"
    assert [one for one in register.sync() if isinstance(one, Problem)] == [found]
    bench.put(PLAIN, SOUND[::-1])
    bench.spoil(PLAIN.native_id)
    [later] = [one for one in register.sync() if isinstance(one, Problem)]
    assert later.stamp != found.stamp
    delete(bench)
    assert left(bench.recorder) == ()
    assert register.sync() == []
    assert list(register.known) == [TWO.native_id]


def test_p12_another_recording_that_has_its_name_by_now_is_left_as_it_is(bench: Bench, register: Register) -> None:
    """As long as the one before, with the same words or the same sound: it is another call all the same."""
    for later, audio in ((PLAIN, SOUND[::-1]), (replace(PLAIN, crm="CS-99"), SOUND), (TWO, b"longer" + SOUND)):
        bench.put(PLAIN, SOUND)
        register.sync()
        was = register.known[PLAIN.native_id]
        bench.put(replace(later, native_id=PLAIN.native_id), audio)
        for stamp in (was, ""):
            with pytest.raises(Changed):
                delete(bench, stamp=stamp)
        assert asyncio.run(read(bench, PLAIN.native_id)) == audio
        assert [type(one) for one in register.sync()] == [Sighting]
        delete(bench, stamp=register.known[PLAIN.native_id])
        assert left(bench.recorder) == ()


def test_p12_what_was_only_hidden_by_another_program_is_still_there(bench: Bench, register: Register) -> None:
    bench.put(PLAIN, SOUND)
    register.sync()
    stamp = register.known[PLAIN.native_id]
    bench.take(PLAIN.native_id)
    assert register.sync() == [Gone(PLAIN.native_id, hidden=bench.hides)]
    if bench.hides:
        audio = asyncio.run(bench.recorder.audio(PLAIN.native_id))
        assert (audio.stamp, asyncio.run(read(bench, PLAIN.native_id))) == (stamp, SOUND)
        hold(bench, "case 1")
        with pytest.raises(HeldBySystem):
            delete(bench, stamp=stamp)
        release(bench, "case 1")
        assert left(bench.recorder)
    delete(bench, stamp=stamp)
    assert left(bench.recorder) == ()
    assert stamp_of(bench.recorder) == ""


def test_what_is_deleted_twice_or_was_never_there_is_fine(bench: Bench, register: Register) -> None:
    bench.put(PLAIN, SOUND)
    bench.put(TWO)
    register.sync()
    for native_id in (PLAIN.native_id, PLAIN.native_id, "calls/none.mp3", "nowhere/none.mp3", f"{'x' * 300}.mp3"):
        delete(bench, native_id)
    assert left(bench.recorder) == ()
    assert register.sync() == [Gone(PLAIN.native_id)]


@each("native_id", OTHER_NAMES)
def test_no_other_name_deletes_anything(bench: Bench, register: Register, native_id: str) -> None:
    bench.put(PLAIN, SOUND)
    register.sync()
    try:
        delete(bench, native_id)
    except Changed as told:
        assert native_id == "calls/one.wav", told  # whose metadata would be those of one.mp3
    assert register.sync() == []
    assert left(bench.recorder)


async def read(bench: Bench, native_id: str) -> bytes:
    audio = await bench.recorder.audio(native_id)
    return await audio.read(0, audio.size)


def test_one_look_tells_of_each_that_is_sought(bench: Bench) -> None:
    ids = [f"calls/{number}.mp3" for number in range(4)]
    for number, native_id in enumerate(ids):
        bench.put(replace(PLAIN, native_id=native_id), SOUND[number:])
    for native_id in ids[1:3]:
        delete(bench, native_id)
    found = asyncio.run(bench.recorder.look([sought(one, SOUND[number:]) for number, one in enumerate(ids)]))
    assert {one: bool(names) for one, names in found.items()} == dict(zip(ids, (True, False, False, True), strict=True))
    assert asyncio.run(bench.recorder.look([])) == {}


def test_a_copy_under_another_name_is_found_by_what_is_in_it(bench: Bench) -> None:
    bench.put(PLAIN, SOUND)
    bench.put(replace(PLAIN, native_id="archive/2025/other.wav"), SOUND)
    delete(bench)
    [name] = left(bench.recorder)
    assert name.startswith("archive/2025/other.wav")


def test_what_was_never_read_is_known_by_its_name_alone(bench: Bench) -> None:
    bench.put(PLAIN, SOUND)
    bench.put(TWO, SOUND)
    never = Sought(PLAIN.native_id, 0, "")
    assert all("two" not in name for name in left(bench.recorder, never))
    assert left(bench.recorder, never)
    delete(bench)
    assert left(bench.recorder, never) == ()


def test_a_hold_is_counted_per_case(bench: Bench, register: Register) -> None:
    """P12: a hold in the system itself refuses every deletion; elsewhere only our register prevents it."""
    bench.put(PLAIN, SOUND)
    register.sync()
    for case in ("case 1", "case 2", "case 2"):
        hold(bench, case)
    for case in ("case 1", "case 1", "case 3"):
        release(bench, case)
    if bench.recorder.capabilities().hold == "native":
        with pytest.raises(HeldBySystem) as told:
            delete(bench)
        assert told.value.words
        assert (register.sync(), bool(left(bench.recorder))) == ([], True)
    release(bench, "case 2")  # once, though it was held for it twice
    delete(bench)
    assert left(bench.recorder) == ()


@each("native_id", ["calls/none.mp3", "", "calls", "../calls/one.mp3"])
def test_what_is_not_there_is_not_held_and_may_be_released(bench: Bench, native_id: str) -> None:
    bench.put(PLAIN)
    with pytest.raises(Absent):
        hold(bench, "case 1", native_id)
    release(bench, "case 1", native_id)
    bench.put(replace(PLAIN, native_id="calls/none.mp3"))
    delete(bench, "calls/none.mp3")
    assert left(bench.recorder, Sought("calls/none.mp3", 0, "")) == ()


def test_an_outage_is_neither_an_ok_nor_nothing_found(bench: Bench, register: Register) -> None:
    bench.put(PLAIN, SOUND)
    register.sync()
    bench.cut_off()
    attempts: list[Callable[[], object]] = [
        lambda: delete(bench), lambda: left(bench.recorder), lambda: hold(bench, "case 1"),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(Unavailable) as failure:
            attempt()
        assert str(failure.value)
    bench.reconnect()
    assert register.sync() == []
    assert left(bench.recorder)


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
    assert {name for name, sound in there.items() if sound} <= register.known.keys() <= there.keys()
    for native_id in there:
        bench.take(native_id)


def agree(register: Register, there: dict[str, bool]) -> None:
    problems = {found.native_id for found in register.sync() if isinstance(found, Problem)}
    assert problems == {native_id for native_id, sound in there.items() if not sound}
    assert register.known.keys() - problems == there.keys() - problems


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
    """Whose they are can't be known: the audio that is due goes, the neighbour stays as it is, and a person is asked."""
    shelf.put(PLAIN, SOUND)
    shelf.write("calls/one.wav", b"another call, or the same in another format")
    stamp = stamp_of(shelf.recorder)
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"calls/one\.json also belongs to (calls/)?one\.wav"):
            delete(shelf, stamp=stamp)
    assert shelf.names() == {"calls/one.wav", "calls/one.json"}
    assert starting(left(shelf.recorder), "calls/one.json")
    shelf.remove("calls/one.wav")
    delete(shelf, stamp=stamp)
    assert left(shelf.recorder) == ()
