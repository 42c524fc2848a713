"""C1, P12: nobody who can write the database keeps a call for ever, or lets one go that is kept for a request or a customer's copy."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from storage.database.store import Database, Store
from storage.erasures import by_hold
from tests.erasing import Archive
from tests.handlers.builders import Clock, Company, a_company, approved, ask
from tests.handlers.holds.acts import close, kept, old_call
from tests.handlers.retention.pausing import paused
from tests.handlers.retention.test_retained import MOMENT
from tests.reconciled import findings

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]
FOR_EVER = "'2026-11-24 03:00:00.000000', '2099-01-01 00:00:00.000000'"


async def _done(company: Company, statement: str, **bound: object) -> str:
    await company.database.write(lambda store: store.session.execute(text(statement), bound) and None)
    return " | ".join(await findings(company.database))


async def test_p12_a_row_that_calls_itself_a_hold_is_put_to_the_head(database: Database) -> None:
    archive = Archive(await a_company(database, Clock()))
    company, number = archive.company, await archive.record("one")
    request = await approved(company, calls=[number])
    found = await _done(
        company,
        "INSERT INTO keeps (recording_id, matter_id, why, since, ends_at, mark_salt)"
        f" VALUES ({number}, '{request}', 'hold', {FOR_EVER}, :salt)",
        salt=bytes(16),
    )
    assert found == f"row keeps/{number}/{request} is stored, but no entry of the log tells of it"
    archive.until(MOMENT, hours=2)
    await archive.tick()
    assert (await paused(archive)).causes == ["altered"]


async def test_p12_nor_is_it_listed_told_or_asked_for_as_one(company: Company) -> None:
    recording = await old_call(company)
    request = await ask(company, company.anna, calls=[recording])
    await close(company, recording)
    await _done(company, f"UPDATE keeps SET why = 'hold' WHERE matter_id = '{request}'")

    def asked(store: Store) -> object:
        now = company.clock.now
        return (
            store.erasures.kept([recording], now, by_hold()), store.erasures.held_for(recording),
            store.mirrors.to_hold("file", now, (0, ""), 9), store.whose_data.held([recording]),
        )  # fmt: skip

    assert await company.database.read(asked) == (set(), [], [], [])
    assert await kept(company, recording)  # as the request that waits
