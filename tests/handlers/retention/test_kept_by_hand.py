"""C1, P12: nobody who can write the database keeps a call for ever, or lets one go that is kept for a request or a customer's copy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers.reconciling import Gap
from handlers.reconciling.keeps import UNTIL
from storage.database.store import Database, Store
from storage.tables.log import AuditEntry
from tests.erasing import Archive
from tests.handlers.builders import CLAIM, Clock, Company, a_company, approved, ask
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import accepted, refusing, release
from tests.handlers.holds.acts import close, hold, kept, old_call, tick
from tests.handlers.retention.test_retained import MOMENT
from tests.reconciled import findings, results

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]
FOR_EVER = "'2026-11-24 03:00:00.000000', '2099-01-01 00:00:00.000000'"


async def _done(company: Company, statement: str) -> str:
    await company.database.write(lambda store: store.session.execute(text(statement)) and None)
    return " | ".join(await findings(company.database))


async def test_p12_a_row_that_calls_itself_a_hold_keeps_nothing(database: Database) -> None:
    archive = Archive(await a_company(database, Clock()))
    company, number = archive.company, await archive.record("one")
    request = await approved(company, calls=[number])
    found = await _done(
        company,
        f"INSERT INTO keeps (recording_id, matter_id, why, since, ends_at) VALUES ({number}, '{request}', 'hold', {FOR_EVER})",
    )
    thing = f"recording {number}, kept for {request},"
    assert f"{thing} is stored as by a hold, and {request} is none" in found
    assert f"{thing} is stored, but the log knows nothing of it" in found
    archive.until(MOMENT, hours=2)
    await archive.tick()
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"


async def test_p12_nor_is_it_listed_told_or_asked_for_as_one(company: Company) -> None:
    recording = await old_call(company)
    request = await ask(company, company.anna, calls=[recording])
    await close(company, recording)
    await _done(company, f"UPDATE keeps SET why = 'hold' WHERE matter_id = '{request}'")

    def asked(store: Store) -> object:
        now = company.clock.now
        return (
            store.holds.held([recording], now), store.erasures.held_for(recording),
            store.mirrors.to_hold("file", now, (0, ""), 9), store.whose_data.held([recording]),
        )  # fmt: skip

    assert await company.database.read(asked) == (set(), [], [], [])
    assert await kept(company, recording)  # as the request that waits


async def _for_a_request(company: Company) -> tuple[int, str]:
    recording = await old_call(company)
    request = await ask(company, company.anna, calls=[recording], **CLAIM)
    await close(company, recording)
    return recording, request


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM keeps", "recording {call} is kept for {matter}, as the log says, but that is no longer stored"),
        ("UPDATE keeps SET ends_at = '2099-01-01 00:00:00.000000'", "“until” is stored as 2099-01-01"),
        ("UPDATE keeps SET ended_at = '2026-11-30 00:00:00.000000'", "“ended” is stored as 2026-11-30"),
        ("UPDATE keeps SET since = '2026-11-01 00:00:00.000000'", "“since” is stored as 2026-11-01"),
        ("UPDATE keeps SET why = 'copy'", "“why” is stored as copy"),
        ("UPDATE keeps SET why = 'hold'", "is stored as by a hold, and {matter} is none"),
        ("UPDATE keeps SET recording_id = 1", "recording 1, kept for {matter}, is stored, but the log knows nothing"),
        ("UPDATE keeps SET mirrored_at = '2026-11-30 00:00:00.000000'", "“with the recording system” is stored as"),
    ],
)
async def test_c1_what_keeps_a_call_for_a_request_is_not_changed_unseen(
    company: Company, statement: str, told: str
) -> None:
    recording, request = await _for_a_request(company)
    assert await findings(company.database) == []
    assert told.format(call=recording, matter=request) in await _done(company, statement)


async def test_c1_nor_is_what_keeps_it_for_a_copy(company: Company) -> None:
    """P8: each entry that has it kept for another reason, or for another time, says so."""
    recording = await old_call(company)
    request = await a_request(company, recordings=[str(recording)])
    await close(company, recording)
    assert await findings(company.database) == []
    await release(company, request)
    await accepted(company)
    assert await findings(company.database) == []
    found = await _done(company, "UPDATE keeps SET ends_at = '2099-01-01 00:00:00.000000'")
    assert f"recording {recording}, kept for {request},: “until” is stored as 2099-01-01" in found


async def test_c1_what_ended_stays_ended(company: Company) -> None:
    recording = await old_call(company)
    request = await a_request(company, recordings=[str(recording)])
    await close(company, recording)
    await company.door.enter(refusing(request), company.tara)
    await tick(company)
    assert await findings(company.database) == []
    assert "“ended” is stored as nothing" in await _done(company, "UPDATE keeps SET ended_at = NULL")


async def test_c1_what_an_earlier_version_kept_raises_no_alarm(company: Company) -> None:
    await _for_a_request(company)

    def earlier(store: Store) -> None:
        for entry in store.session.query(AuditEntry):
            entry.detail = {name: told for name, told in entry.detail.items() if name not in ("keeps", "states")}

    await company.database.write(earlier)
    assert UNTIL in [one for one in await company.database.read(results) if isinstance(one, Gap)]
    assert await findings(company.database) == []
    assert "“since” is stored as" in await _done(company, "UPDATE keeps SET since = '2026-11-01 00:00:00.000000'")


async def test_c1_what_can_not_be_read_of_it_is_named(company_in_a_file: Company) -> None:
    company = company_in_a_file
    recording, request = await _for_a_request(company)

    def spoilt(store: Store) -> None:
        for entry in store.session.query(AuditEntry).where(AuditEntry.action == "retention.close"):
            entry.detail = {**entry.detail, "keeps": {request: "for ever"}}

    await company.database.write(spoilt)
    assert f"recording {recording}, kept for {request},: what is stored, or what the log says of it, can't be read" in (
        await findings(company.database)
    )
    assert "keeps can't be read" in await _done(company, "ALTER TABLE keeps RENAME TO gone")


async def test_c1_they_are_read_a_page_at_a_time_and_without_holds(company: Company) -> None:
    recording = await old_call(company)
    matters = sorted([await ask(company, who, calls=[recording]) for who in (company.anna, company.deven)])
    await hold(company, company.helena, [recording])
    await close(company, recording)
    first = await company.database.read(lambda store: store.keep_evidence.kept("", 1, ()))
    assert ([one.matter_id for one in first.rows], first.last) == (matters[:1], matters[0])
    rest = await company.database.read(lambda store: store.keep_evidence.kept(matters[0], 2, ()))
    assert ([one.matter_id for one in rest.rows], rest.last) == (matters[1:], None)
    company.clock.pass_(days=1)
    assert timedelta() < company.clock.now - first.rows[0].since
