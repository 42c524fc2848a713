"""C1: what can't be read is a break that is named, and hides nothing of the rest: neither from an operator nor from both witnesses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from bot.journal import Journal
from bot.measures import LOG_BREAKS
from bot.proof.daily_proof import Proof
from bot.proof.verification import Outcome, Pace, verify
from storage.database.store import Database
from storage.records import Grant
from storage.tables.log import AuditEntry, AuditHead
from tests.bot.log.shell import SEAL, Shell, rechained
from tests.clocks import Seconds
from tests.handlers.builders import Clock, Company, a_company, approved, ask, words_for

pytestmark = pytest.mark.soak

PACES = [Pace(), Pace(entries=3, requests=1)]
OF_A_FILE = {
    "UPDATE grants SET ends_at = 'zzz' WHERE matter_id = :one": "row {grant} of grants can't be read",
    "UPDATE grants SET ends_at = 7 WHERE matter_id = :one": "row {grant} of grants can't be read",
    "UPDATE matters SET asked_at = 'zzz' WHERE id = :one": "row {one} of matters can't be read",
    "UPDATE requests SET crm = CAST(x'ff' AS TEXT) WHERE id = :one": "row {one} of requests can't be read",
    "UPDATE requested_recordings SET changed_at = '{' WHERE request_id = :one": "row {one}, {call} of requested_recordings can't be read",
    "UPDATE parties SET role = CAST(x'ff' AS TEXT) WHERE matter_id = :one": "row {one}, {tara} of parties can't be read",
    "UPDATE recordings SET started = '' WHERE id IN (SELECT recording_id FROM requested_recordings WHERE request_id = :one)": "row {call} of recordings can't be read",
    "UPDATE audit SET detail = x'ff' WHERE action = 'access.approve' AND subject = :one": "entry {approval} can't be read. The {before} entries before that hold",
    "UPDATE audit SET detail = '{' WHERE action = 'access.approve' AND subject = :one": "entry {approval} was changed after it was written. The {before} entries before that hold",
    "UPDATE audit SET hash = CAST(x'ff' AS TEXT) WHERE action = 'access.approve' AND subject = :one": "entry {approval} can't be read. The {before} entries before that hold",
}  # fmt: skip


@pytest.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


async def _moved(company: Company) -> tuple[str, str, str]:
    """A request that is spoilt later, with its access, and what is said of another, whose access was prolonged by hand."""
    one, other = await approved(company), await approved(company, company.bram, crm="CS-2", calls=company.calls[1:2])
    grants = await company.database.read(lambda store: {row.matter_id: row for row in store.session.query(Grant)})
    late = grants[other].ends_at + timedelta(days=90)
    await company.database.write(
        lambda store: store.session.execute(update(Grant).where(Grant.matter_id == other).values(ends_at=late)) and None
    )
    return one, grants[one].id, f"access {grants[other].id} to request {other}: “ends” is stored as {late:%Y-%m-%d}"


async def _spoil(database: Database, change: str, **values: object) -> None:
    await database.write(lambda store: store.session.execute(text(change), values) and None)


def _tells(outcome: Outcome, *sentences: str) -> bool:
    assert outcome.number == len(set(outcome.faults)) == len(outcome.faults)
    return all(any(one.startswith(sentence) for one in outcome.faults) for sentence in sentences)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("change", OF_A_FILE)
async def test_c1_a_value_that_can_not_be_read_is_named_and_the_rest_is_compared(
    company: Company, change: str, pace: Pace
) -> None:
    one, grant, moved = await _moved(company)
    rows = await company.database.read(lambda store: store.audit.about(one))
    approval = next(row.seq for row in rows if row.action == "access.approve")
    known = {"one": one, "grant": grant, "call": company.calls[0], "tara": company.tara.person_id}
    await _spoil(company.database, change, one=one)
    outcome = await verify(company.database, pace=pace)
    assert _tells(outcome, moved, OF_A_FILE[change].format(**known, approval=approval, before=approval - 1))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("pace", PACES)
async def test_c1_a_row_whose_very_key_can_not_be_read_is_told_by_its_bytes(company: Company, pace: Pace) -> None:
    one, request = await approved(company), await ask(company, company.bram)
    facts = "person_id, starts_at, ends_at, ended_at, ended_by, ended_why FROM grants WHERE matter_id = :one"
    await _spoil(
        company.database, f"INSERT INTO grants SELECT CAST(x'ff' AS TEXT), :other, {facts}", one=one, other=request
    )
    assert _tells(await verify(company.database, pace=pace), "row \\xff of grants can't be read")


async def test_c1_a_moment_beyond_all_calendars_is_named_too(company: Company) -> None:
    one, grant, moved = await _moved(company)
    when = "'20000-01-01 00:00:00+00'" if not company.database.is_sqlite else "'20000-01-01 00:00:00'"
    await _spoil(company.database, f"UPDATE grants SET ends_at = {when} WHERE matter_id = :one", one=one)
    assert _tells(await verify(company.database), moved, f"row {grant} of grants can't be read")


@pytest.mark.parametrize(
    ("table", "told"), [
        ("passes", "passes can't be read"), ("listenings", "listenings can't be read"), ("remarks", "remarks can't be read"),
        ("grants", "grants can't be read"), ("requests", "requests can't be read"), ("audit", "the log ends at entry 0, but "),
        ("audit_head", "audit_head, the end of the log, can't be read"),
    ],
)  # fmt: skip
async def test_c1_a_table_that_is_gone_is_named(company: Company, table: str, told: str) -> None:
    one, _, moved = await _moved(company)
    await _spoil(company.database, f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        outcome = await verify(company.database)
    finally:
        # On a server the database is used again.
        await _in_its_place(company.database, table)
    assert _tells(outcome, told, *([moved] if table in ("passes", "remarks", "listenings", "audit_head") else []))
    assert any(one in fault for fault in outcome.faults) or table in (
        "passes",
        "listenings",
        "remarks",
        "audit_head",
        "requests",
    )


async def _in_its_place(database: Database, table: str) -> None:
    async with database.writers.begin() as connection:
        await connection.execute(text(f"ALTER TABLE elsewhere RENAME TO {table}"))


async def test_c1_a_log_whose_end_was_taken_away_is_a_break(company: Company) -> None:
    _, _, moved = await _moved(company)
    async with company.database.writers.begin() as connection:
        await connection.execute(delete(AuditHead))
    assert _tells(await verify(company.database), moved, "audit_head, the end of the log, can't be read")


async def test_c1_an_entry_whose_moment_is_none_is_a_break_though_all_hashes_are_right(company: Company) -> None:
    _, _, moved = await _moved(company)

    def change(entry: AuditEntry) -> None:
        entry.at = "zzz" if entry.seq == 2 else entry.at

    await company.database.write(lambda store: rechained(store, change))
    assert _tells(await verify(company.database), moved, "entry 3 does not come after entry 2")


@pytest.mark.parametrize("detail", ["[" * 100_000, '{"a":' + "9" * 5000 + "}"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_c1_nor_does_a_detail_that_no_reader_gets_through(company: Company, detail: str) -> None:
    one, _, moved = await _moved(company)
    await _spoil(company.database, "UPDATE audit SET detail = :detail WHERE subject = :one", one=one, detail=detail)
    assert _tells(await verify(company.database), moved, f"request {one} is stored, but the log knows nothing of it")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_c1_a_number_that_is_none_is_a_finding(company: Company) -> None:
    one, grant, moved = await _moved(company)
    change = "INSERT INTO listenings VALUES ('L-1', :grant, 1, 1, 9e999, 'abc', '2026-11-24 03:00:00')"
    await _spoil(company.database, change, grant=grant)
    assert _tells(
        await verify(company.database),
        moved,
        f"request {one}: what is stored, or what the log says of it, can't be read",
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_c1_what_is_not_compared_need_not_be_read(company: Company) -> None:
    await ask(company, company.anna)
    await _spoil(company.database, "UPDATE recordings SET peaks = '{'")
    assert (await verify(company.database)).faults == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_c1_both_witnesses_are_told_and_the_metric_says_how_many(company: Company, tmp_path: Path) -> None:
    one, _, _ = await _moved(company)
    await _spoil(company.database, "UPDATE grants SET starts_at = 'zzz' WHERE matter_id = :one", one=one)
    proof = Proof(company.door, Journal(tmp_path, SEAL), Seconds())
    await proof.tick()
    await proof.finish()
    assert LOG_BREAKS._value.get() >= 2
    for who in (company.helena, company.ruth):
        assert sum("not fit" in told for told in await words_for(company, who)) == 1


@pytest.mark.parametrize("change", [
    "UPDATE grants SET ends_at = 'zzz'", "UPDATE matters SET asked_at = 'zzz'", "UPDATE audit SET detail = x'ff'",
    "DELETE FROM audit_head", "DROP TABLE passes",
])  # fmt: skip
def test_c1_an_operator_reads_sentences(shell: Shell, change: str) -> None:
    shell.change(text(change))
    code, lines = shell.verify()
    assert code == 1
    assert all(one.startswith("BROKEN: ") and one.endswith(".") for one in lines)
