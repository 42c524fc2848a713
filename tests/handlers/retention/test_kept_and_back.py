"""P12: a call that is kept past its moment, goes away and comes back is closed anew, and kept no longer than before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage.database.store import Database
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import CLAIM, Clock, a_company, ask
from tests.handlers.retention.test_retained import MOMENT
from tests.moments import NOW
from tests.reconciled import findings


async def test_p12_what_keeps_it_stays_as_it_was_and_it_goes_with_that(database: Database) -> None:
    archive = Archive(await a_company(database, Clock()))
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT, days=-1)
    await ask(company, company.anna, calls=[number], **CLAIM)
    archive.until(MOMENT, hours=2)
    await archive.tick()
    [kept] = await archive.keeps(number)
    archive.recorder.lose("one")
    await archive.tick()
    archive.recorder.keep(replace(SIGHTED, native_id="one", started=NOW), b"audio")
    archive.until(MOMENT, hours=3)
    await archive.tick()
    [still] = await archive.keeps(number)
    assert ((await archive.by_id(number)).state, still.since, still.ends_at) == ("closed", kept.since, kept.ends_at)
    assert await findings(company.database) == []
    archive.until(kept.ends_at + timedelta(seconds=1))
    await archive.tick()
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
    assert await findings(company.database) == []
