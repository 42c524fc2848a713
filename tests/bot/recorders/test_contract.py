"""What every call recording system promises through the Recorder port."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports import Absent, Audio, Changed, Gone, Sighting, Unavailable
from tests.each import each

from .benches import OTHER_NAMES, PLAIN, Bench, Register

SOUND = bytes(range(256)) * 40


def opened(bench: Bench, native_id: str = PLAIN.native_id) -> Audio:
    return asyncio.run(bench.recorder.audio(native_id))


def heard(audio: Audio, start: int, end: int) -> bytes:
    return asyncio.run(audio.read(start, end))


def test_a_new_recording_is_told_with_all_its_fields(bench: Bench, register: Register) -> None:
    bench.put(PLAIN, SOUND)
    [found] = register.sync()
    assert isinstance(found, Sighting)
    assert found.stamp
    assert replace(found, stamp="", modified=None) == replace(PLAIN, size=len(SOUND))
    assert found.started.utcoffset() is not None


def test_what_has_vanished_is_gone_once(bench: Bench, register: Register) -> None:
    bench.put(PLAIN)
    bench.put(replace(PLAIN, native_id="calls/two.mp3"))
    register.sync()
    bench.take(PLAIN.native_id)
    assert register.sync() == [Gone(PLAIN.native_id, hidden=bench.hides)]
    assert register.sync() == []


def test_many_are_told_once_each(bench: Bench, register: Register) -> None:
    ids = {f"{number % 7}/{number}.ogg" for number in range(bench.many)}
    for native_id in ids:
        bench.put(replace(PLAIN, native_id=native_id, media_type="audio/ogg"))
    found = register.sync()
    assert len(found) == len(ids)
    assert register.known.keys() == ids


@given(start=st.integers(0, len(SOUND) + 9), length=st.integers(0, len(SOUND) + 9))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_audio_is_read_by_half_open_ranges(bench: Bench, start: int, length: int) -> None:
    bench.put(PLAIN, SOUND)
    audio = opened(bench)
    assert (audio.media_type, audio.size) == ("audio/mpeg", len(SOUND))
    assert heard(audio, start, start + length) == SOUND[start : start + length]


@each("native_id", OTHER_NAMES)
def test_no_other_name_opens_anything(bench: Bench, native_id: str) -> None:
    bench.put(PLAIN)
    with pytest.raises(Absent):
        opened(bench, native_id)


def test_erased_audio_can_be_read_no_longer_though_it_was_open(bench: Bench) -> None:
    """P12: no one can hear an erased recording, not even a person who is listening at that moment."""
    bench.put(PLAIN, SOUND)
    audio = opened(bench)
    assert heard(audio, 0, 4) == SOUND[:4]
    bench.take(PLAIN.native_id)
    with pytest.raises(Absent):
        heard(audio, 4, 8)


@each("later", [SOUND[:100], SOUND[::-1], SOUND])
def test_what_was_opened_is_never_handed_out_of_another_file(bench: Bench, later: bytes) -> None:
    """P7: a call that is written under the name of one that is just being heard is another call."""
    bench.put(PLAIN, SOUND)
    audio = opened(bench)
    assert heard(audio, 0, 100) == SOUND[:100]
    bench.put(PLAIN, later)
    with pytest.raises(Changed):
        heard(audio, 0, 100)


def test_opened_audio_has_the_stamp_of_its_recording(bench: Bench, register: Register) -> None:
    bench.put(PLAIN, SOUND)
    register.sync()
    assert opened(bench).stamp == register.known[PLAIN.native_id]
    bench.put(replace(PLAIN, crm="CS-10443"), SOUND)
    assert opened(bench).stamp != register.known[PLAIN.native_id]
    register.sync()
    assert opened(bench).stamp == register.known[PLAIN.native_id]


def test_an_outage_is_unavailable_and_never_absent_or_gone(bench: Bench, register: Register) -> None:
    bench.put(PLAIN, SOUND)
    register.sync()
    audio = opened(bench)
    bench.cut_off()
    for attempt in (
        register.sync,
        lambda: opened(bench),
        lambda: heard(audio, 0, 1),
        lambda: asyncio.run(bench.recorder.check()),
    ):
        with pytest.raises(Unavailable) as failure:
            attempt()
        assert str(failure.value)
    bench.reconnect()
    assert register.sync() == []


def test_changed_metadata_and_changed_audio_of_the_same_length_are_told_with_another_stamp(
    bench: Bench, register: Register
) -> None:
    bench.put(PLAIN, b"as it was first")
    register.sync()
    for later, audio in ((PLAIN, b"as it was later"), (replace(PLAIN, crm="CS-10443"), b"as it was later")):
        before = register.known[PLAIN.native_id]
        bench.put(later, audio)
        [found] = register.sync()
        assert isinstance(found, Sighting)
        assert (found.crm, found.stamp != before) == (later.crm, True)
