"""P12: of a call that vanished before its moment nothing is left at that moment that tells who called, and nothing is certified."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest_asyncio

from bot.ports import Sought, Unavailable
from handlers import recordings
from handlers.acting import CLOCK
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company, ask, audit, words_for
from tests.moments import NOW
from tests.reconciled import findings

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock()))
    await archive.company.door.enter(
        recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK
    )
    return archive


async def _forgotten(archive: Archive, call: int) -> int:
    """How often a call was forgotten, as the log has it."""
    return sum(action == "retention.forget" for _, action, *_ in await audit(archive.company, f"recording:{call}"))


async def test_p12_a_call_that_vanished_is_forgotten_at_its_moment_and_no_second_earlier(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one", caller="+61499999123", crm="CS-778899")
    await ask(company, company.anna, calls=[number], crm="CS-778899")
    archive.recorder.lose("one")
    archive.until(MOMENT, seconds=-1)
    await archive.tick()
    kept = await archive.by_id(number)
    assert (kept.state, kept.caller, kept.crm) == ("gone", "+61499999123", "CS-778899")
    archive.until(MOMENT)
    await archive.tick()
    await archive.tick()
    call = await archive.by_id(number)
    assert (call.state, call.caller, call.crm, call.found_by, call.line) == ("gone", "", "", "", kept.line)
    assert await _forgotten(archive, number) == 1
    assert await archive.erasure(number) is None
    assert await findings(company.database) == []


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


async def _told(archive: Archive) -> list[str]:
    """What the Head is told of calls that are late."""
    words = await words_for(archive.company, archive.company.helena)
    return [one for one in words if "should be erased by now" in one]


async def test_p12_the_head_hears_of_what_is_an_hour_late_then_daily(archive: Archive) -> None:
    await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.outage = Unavailable("away")
    await archive.erasing.tick()
    archive.until(MOMENT, minutes=60)
    await archive.erasing.tick()
    assert await _told(archive) == []
    archive.until(MOMENT, minutes=60, seconds=1)
    await archive.erasing.tick()
    await archive.erasing.tick()
    [told] = await _told(archive)
    assert told.startswith("1 call should be erased by now")
