"""What tests of deleting ask a recorder for, said once."""

from __future__ import annotations

import asyncio
from hashlib import sha256

from bot.ports import Recorder, Sought

from .benches import PLAIN, Bench

SOUND = bytes(range(256)) * 40


def sought(native_id: str = PLAIN.native_id, audio: bytes = SOUND) -> Sought:
    return Sought(native_id, len(audio), sha256(audio).hexdigest() if audio else "")


def delete(bench: Bench, native_id: str = PLAIN.native_id) -> None:
    asyncio.run(bench.recorder.delete(native_id))


def hold(bench: Bench, case: str, native_id: str = PLAIN.native_id) -> None:
    asyncio.run(bench.recorder.hold(native_id, case))


def release(bench: Bench, case: str, native_id: str = PLAIN.native_id) -> None:
    asyncio.run(bench.recorder.release(native_id, case))


def left(recorder: Recorder, one: Sought | None = None) -> tuple[str, ...]:
    """What a look finds of one recording."""
    one = one or sought()
    found = asyncio.run(recorder.look([one]))
    assert found.keys() == {one.native_id}
    return found[one.native_id]
