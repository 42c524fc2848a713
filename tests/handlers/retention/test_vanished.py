"""P12: of a call that vanished before its moment nothing is left at that moment that tells who called, and nothing is certified."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import pytest_asyncio

from handlers import recordings
from handlers.acting import CLOCK
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company, ask, audit
from tests.reconciled import findings

pytestmark = pytest.mark.long

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock()))
    await archive.company.door.enter(recordings.register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
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
