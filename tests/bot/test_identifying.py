"""B2 of the first trial: a call that was asked for is known by its content, and looked at again when its file changes (P7)."""

from dataclasses import replace

import pytest
import pytest_asyncio

from bot.ports import Absent, Changed, Unavailable
from bot.retention.recording_sync import RecordingSync
from storage.records import Recording
from tests.bot.web.player import sighting
from tests.handlers.builders import Company, approved, ask
from tests.memory_recorder import MemoryAudio, MemoryRecorder
from tests.moments import NOW

ONE, TWO = sighting("one.wav", 20.0), sighting("two.wav", 20.0)
SOUND = bytes(range(256)) * 8


class ReadingRecorder(MemoryRecorder):
    """Knows whose audio was read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.failing: Exception | None = None

    async def audio(self, native_id: str) -> MemoryAudio:
        if self.failing:
            raise self.failing
        return await super().audio(native_id)

    def content(self, native_id: str, stamp: str) -> bytes:
        self.read.append(native_id)
        return super().content(native_id, stamp)


@pytest.fixture
def recorder() -> ReadingRecorder:
    return ReadingRecorder()


@pytest_asyncio.fixture
async def keeper(company: Company, recorder: ReadingRecorder) -> RecordingSync:
    """Two calls are in the register, and no one has asked for either."""
    for one in (ONE, TWO):
        recorder.keep(replace(one, started=NOW), SOUND)
    keeper = RecordingSync(company.door, recorder, "memory")
    await keeper.sync()
    return keeper


async def call_of(company: Company, native_id: str = "one.wav") -> Recording:
    return (await company.database.read(lambda store: store.recordings.known("memory", [native_id])))[native_id]


async def test_b2_only_a_call_that_was_asked_for_is_read(
    company: Company, keeper: RecordingSync, recorder: ReadingRecorder
) -> None:
    """A hundred thousand calls are looked at and not opened."""
    await keeper.identify()
    assert recorder.read == []
    await ask(company, company.anna, calls=[(await call_of(company)).id])
    await keeper.identify()
    await keeper.identify()
    assert recorder.read == ["one.wav"]
    assert (await call_of(company)).audio
    assert (await call_of(company, "two.wav")).audio == ""


async def test_b2_a_copy_of_the_same_call_is_read_and_ends_nothing(
    company: Company, keeper: RecordingSync, recorder: ReadingRecorder
) -> None:
    before = (await call_of(company)).id
    await approved(company, calls=[before])
    await keeper.identify()
    for one in (ONE, TWO):
        recorder.keep(replace(one, started=NOW, crm="CS-7"), SOUND)
    recorder.read.clear()
    assert await keeper.sync() == 2
    assert recorder.read == ["one.wav"]
    assert ((await call_of(company)).id, (await call_of(company)).crm) == (before, "CS-7")


@pytest.mark.parametrize("failing", [Absent("one.wav"), Changed("one.wav"), Unavailable("disk")])
async def test_b2_what_cannot_be_read_now_waits_for_the_next_look(
    company: Company, keeper: RecordingSync, recorder: ReadingRecorder, failing: Exception
) -> None:
    await approved(company, calls=[(await call_of(company)).id])
    recorder.failing = failing
    await keeper.identify()
    assert (await call_of(company)).audio == ""
    recorder.failing = None
    await keeper.identify()
    before = await call_of(company)
    recorder.keep(replace(ONE, started=NOW, crm="CS-7"), SOUND)
    recorder.failing = failing
    assert await keeper.sync() == 0
    assert (await call_of(company)).stamp == before.stamp
    recorder.failing = None
    assert await keeper.sync() == 1
