"""Digests of calls' files: once for each file, in a row, and no page waits long for them (P8)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from hashlib import sha256

import pytest

from bot.ports import Unavailable
from bot.web import digests as module
from bot.web.digests import PIECE, Digests
from storage.records import Recording
from tests.bot.web.player import sighting
from tests.handlers.builders import call
from tests.memory_recorder import MemoryAudio, MemoryRecorder
from tests.stories.waiting import until


class Counting(MemoryRecorder):
    """Counts what is opened, and opens nothing before it may."""

    opened = 0
    gate = asyncio.Event()

    async def audio(self, native_id: str) -> MemoryAudio:
        self.opened += 1
        await self.gate.wait()
        return await super().audio(native_id)


@pytest.fixture
def recorder() -> Iterator[Counting]:
    Counting.gate = asyncio.Event()
    Counting.gate.set()
    made = Counting()
    for number in (1, 2):
        made.keep(sighting(f"call-{number}", 1.0), bytes([number]) * (2 * PIECE + 5))
    return iter([made])


def row(recorder: MemoryRecorder, number: int, stamp: str = "") -> Recording:
    told = call(number, stamp=stamp or recorder._sightings[f"call-{number}"].stamp, local_day="2026-11-24")
    found = Recording(system="memory", **told)
    found.id = number
    return found


async def test_p8_each_is_worked_out_once(recorder: Iterator[Counting]) -> None:
    [made] = recorder
    digests = Digests(made)
    rows = [row(made, 1), row(made, 2)]
    wanted = {number: sha256(bytes([number]) * (2 * PIECE + 5)).hexdigest() for number in (1, 2)}
    for told in await asyncio.gather(digests.of(rows, 30), digests.of(rows, 30)):
        assert told == wanted
    assert await digests.of(rows, 30) == wanted
    assert (made.opened, digests._tasks) == (2, {})


async def test_p8_what_takes_longer_is_there_the_next_time(recorder: Iterator[Counting]) -> None:
    [made] = recorder
    made.gate.clear()
    digests = Digests(made)
    assert await digests.of([row(made, 1)], 0.0) == {}
    made.gate.set()
    await until(lambda: not digests._tasks, "it is worked out")
    assert list(await digests.of([row(made, 1)], 0.0)) == [1]
    assert await digests.of([], 0.0) == {}


async def test_p8_of_a_file_that_is_another_or_away_there_is_none(recorder: Iterator[Counting]) -> None:
    [made] = recorder
    digests = Digests(made)
    assert await digests.of([row(made, 1, "another")], 30) == {}
    found = row(made, 2)
    made.outage = Unavailable("away")
    assert await digests.of([found], 30) == {}
    made.outage = None
    made.lose("call-2")
    assert await digests.of([found], 30) == {}
    assert digests._known == {}


async def test_p8_memory_is_bounded(recorder: Iterator[Counting], monkeypatch: pytest.MonkeyPatch) -> None:
    [made] = recorder
    monkeypatch.setattr(module, "REMEMBERED", 1)
    digests = Digests(made)
    await digests.of([row(made, 1), row(made, 2)], 30)
    assert len(digests._known) == 1


async def test_p8_the_end_of_the_program_waits_for_none(recorder: Iterator[Counting]) -> None:
    [made] = recorder
    made.gate.clear()
    digests = Digests(made)
    await digests.of([row(made, 1)], 0.0)
    [task] = digests._tasks.values()
    digests.end()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert digests._tasks == {}
