"""An object store that answers OK and keeps something: the look finds it, whatever the deletion was told (P12)."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.ports import Gone, Held, Unavailable

from .benches import PLAIN, Register, VersionedBench, as_sidecar
from .bucket import Gate
from .erasing import SOUND, delete, hold, left, release, stamp_of
from .versioned import NaiveRecorder

pytestmark = pytest.mark.soak

BESIDE = json.dumps(as_sidecar(PLAIN)).encode()


@pytest.fixture
def bench() -> VersionedBench:
    made = VersionedBench()
    made.put(PLAIN, SOUND)
    return made


def test_a_plain_delete_leaves_a_version_that_only_the_look_sees(bench: VersionedBench) -> None:
    register = Register(bench.recorder)
    register.sync()
    bench.recorder = register.recorder = NaiveRecorder(bench.bucket)
    delete(bench)
    assert register.sync() == [Gone(PLAIN.native_id, hidden=True)]
    assert {name.partition(" (")[2] for name in left(bench.recorder)} == {
        "version v0)", "version v1)", "delete marker v2)", "delete marker v3)",
    }  # fmt: skip


def test_every_version_and_every_marker_goes(bench: VersionedBench) -> None:
    bench.put(PLAIN, SOUND[::-1])
    bench.take(PLAIN.native_id)
    bench.put(PLAIN, SOUND[:9])
    bench.take(PLAIN.native_id)
    delete(bench)
    assert bench.names() == set()


def test_an_older_version_is_found_though_the_latest_is_another(bench: VersionedBench) -> None:
    bench.write("calls/other.mp3", SOUND)
    bench.write("calls/other.mp3", b"written over")
    delete(bench)
    assert left(bench.recorder) == ("calls/other.mp3 (version v2)",)


@pytest.mark.parametrize("name", ["calls/one.mp3", "calls/one.json"])
def test_no_version_goes_while_one_is_held(bench: VersionedBench, name: str) -> None:
    bench.put(PLAIN, SOUND[::-1])
    hold(bench, "case 1")
    release(bench, "case 1")
    versions = asyncio.run(bench.bucket.versions(name))
    versions[0].held = True
    with pytest.raises(Held, match=name):
        delete(bench)
    assert len(left(bench.recorder)) == 4


def test_a_hold_that_comes_in_the_middle_is_told(bench: VersionedBench) -> None:
    """The store itself refuses, whatever was looked at before."""
    stamp, gate = stamp_of(bench.recorder), Gate()
    bench.bucket.manners.late = gate

    async def story() -> None:
        asked = asyncio.create_task(bench.recorder.delete(PLAIN.native_id, stamp))
        await gate.reached.wait()
        [beside] = await bench.bucket.versions("calls/one.json")
        beside.held = True
        gate.opened.set()
        with pytest.raises(Held):
            await asked

    asyncio.run(story())
    assert left(bench.recorder) == ("calls/one.json (version v1)",)


def test_an_ok_that_is_a_lie_is_found_out(bench: VersionedBench) -> None:
    bench.bucket.manners.lies = True
    delete(bench)
    assert len(left(bench.recorder)) == 2


def test_one_version_that_went_of_several_is_found_out(bench: VersionedBench) -> None:
    bench.put(PLAIN, SOUND[::-1])
    bench.bucket.manners.forgets = True
    delete(bench)
    assert left(bench.recorder) == tuple(
        f"calls/one.{name}" for name in ("mp3 (version v2)", "json (version v1)", "json (version v3)")
    )


def test_who_gave_up_waiting_finds_what_was_done_and_completes_it(bench: VersionedBench) -> None:
    """The answer came late: the deletion was cut short after the first of its steps."""
    stamp, gate = stamp_of(bench.recorder), Gate()
    bench.bucket.manners.late = gate

    async def give_up() -> None:
        asked = asyncio.create_task(bench.recorder.delete(PLAIN.native_id, stamp))
        await gate.reached.wait()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        gate.opened.set()

    asyncio.run(give_up())
    assert left(bench.recorder) == ("calls/one.json (version v1)",)
    delete(bench, stamp=stamp)
    assert left(bench.recorder) == ()


def test_a_slow_store_has_deleted_nothing_before_it_is_asked_in_vain(bench: VersionedBench) -> None:
    stamp = stamp_of(bench.recorder)

    async def goes_down_meanwhile() -> None:
        gate = bench.bucket.manners.slow = Gate()
        asked = asyncio.create_task(bench.recorder.delete(PLAIN.native_id, stamp))
        await gate.reached.wait()
        bench.cut_off()
        gate.opened.set()
        with pytest.raises(Unavailable):
            await asked

    asyncio.run(goes_down_meanwhile())
    bench.reconnect()
    assert len(left(bench.recorder)) == 2
