"""What tests of deleting ask a recorder, in one place."""

import asyncio
from hashlib import sha256

from bot.ports import Absent, Recorder, Sought

from .benches import PLAIN, Bench

SOUND = bytes(range(256)) * 40


def sought(native_id: str = PLAIN.native_id, audio: bytes = SOUND) -> Sought:
    return Sought(native_id, len(audio), sha256(audio).hexdigest() if audio else "")


def delete(bench: Bench, native_id: str = PLAIN.native_id, stamp: str | None = None) -> None:
    """Delete what is there now, or what had that stamp."""
    asyncio.run(bench.recorder.delete(native_id, stamp_of(bench.recorder, native_id) if stamp is None else stamp))


def stamp_of(recorder: Recorder, native_id: str = PLAIN.native_id) -> str:
    """Return the stamp of what is there now; empty if nothing is."""
    try:
        return asyncio.run(recorder.audio(native_id)).stamp
    except Absent:
        return ""


def hold(bench: Bench, case: str, native_id: str = PLAIN.native_id) -> None:
    asyncio.run(bench.recorder.hold(native_id, case))


def release(bench: Bench, case: str, native_id: str = PLAIN.native_id) -> None:
    asyncio.run(bench.recorder.release(native_id, case))


def left(recorder: Recorder, one: Sought | None = None) -> tuple[str, ...]:
    """Return what a look finds of one recording."""
    one = one or sought()
    found = asyncio.run(recorder.look([one]))
    assert found.keys() == {one.native_id}
    return found[one.native_id]
