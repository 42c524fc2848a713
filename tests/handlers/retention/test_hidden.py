"""P12: a call that somebody only hid in the recording system is still there: it keeps its moment, and is erased at it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest_asyncio

from bot.ports import Sought
from handlers import recordings
from handlers.acting import CLOCK
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company, words_for
from tests.moments import NOW
from tests.reconciled import findings

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock()))
    await archive.company.door.enter(recordings.register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    return archive


async def test_p12_it_is_erased_at_its_moment_and_certified_by_what_was_read(archive: Archive) -> None:
    number = await archive.record("one")
    archive.recorder.hide("one")
    archive.until(MOMENT, seconds=-1)
    await archive.tick()
    call = await archive.by_id(number)
    assert (call.state, call.erase_at, await archive.erasure(number)) == ("gone", MOMENT, None)
    archive.until(MOMENT)
    await archive.tick()
    erasure, call = await archive.erasure(number), await archive.by_id(number)
    assert erasure is not None
    assert (erasure.state, erasure.why, bool(erasure.audio_hash), call.state, call.caller) == (
        "erased", "retention", True, "erased", "",
    )  # fmt: skip
    assert await archive.recorder.look([Sought("one", 5, "")]) == {"one": ()}
    assert await findings(archive.company.database) == []


async def test_p12_nobody_finds_it_and_the_head_reads_once_that_it_can_be_recovered(archive: Archive) -> None:
    number = await archive.record("one")
    archive.recorder.hide("one")
    for _ in range(3):
        await archive.tick()
    assert await archive.company.database.read(lambda store: store.recordings.present([number], NOW)) == []
    [told] = [one for one in await words_for(archive.company, archive.company.helena) if "Someone deleted" in one]
    assert told.startswith("Someone deleted 1 call in the recording system before the time to erase it had come: call ")
    assert "it can be recovered. I’ll erase what is left when the time comes." in told
    assert await findings(archive.company.database) == []
