"""P12: a call that somebody only hid in the recording system is still there: it keeps its moment, and is erased at it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest_asyncio

from bot.ports import Sought, Unavailable
from handlers import recordings
from handlers.acting import CLOCK
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company, audit, words_for
from tests.handlers.holds.acts import hold, release
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


async def test_p12_one_that_is_shown_again_is_as_it_was(archive: Archive) -> None:
    number = await archive.record("one")
    archive.recorder.hide("one")
    await archive.tick()
    await archive.record("one")
    call = await archive.by_id(number)
    assert (call.state, call.erase_at) == ("present", MOMENT)


async def test_p12_a_hold_keeps_it_and_its_end_lets_it_go(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT, days=-1)
    begun = await hold(company, company.helena, [number], until="2028-01-10")
    archive.recorder.hide("one")
    archive.until(MOMENT, days=3)
    await archive.tick()
    assert await archive.erasure(number) is None
    await release(company, begun.hold, company.helena)
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
    assert await findings(company.database) == []


async def test_p12_one_that_is_hidden_once_it_is_closed_is_erased_without_another_word(archive: Archive) -> None:
    number = await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.outage = Unavailable("away")
    await archive.erasing.tick()
    archive.recorder.outage = None
    archive.recorder.hide("one")
    archive.until(MOMENT, minutes=1)
    await archive.sync.sync()
    assert (await archive.by_id(number)).state == "closed"
    await archive.erasing.tick()
    assert (await archive.by_id(number)).state == "erased"
    done = [action for _, action, *_ in await audit(archive.company)]
    assert "retention.vanish" not in done
    assert not [one for one in await words_for(archive.company, archive.company.helena) if "Someone deleted" in one]


async def test_p12_while_the_recording_system_is_away_it_is_neither_forgotten_nor_erased(archive: Archive) -> None:
    number = await archive.record("one", caller="+61499999123")
    archive.recorder.hide("one")
    await archive.tick()
    archive.until(MOMENT)
    archive.recorder.outage = Unavailable("away")
    await archive.erasing.tick()
    call = await archive.by_id(number)
    assert (call.state, call.caller) == ("gone", "+61499999123")
    archive.recorder.outage = None
    archive.until(MOMENT, hours=1)
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
