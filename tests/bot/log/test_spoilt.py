"""C1: what can't be read is a break that is named, and hides nothing of the rest: neither from an operator nor from both witnesses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from bot.journal import Journal
from bot.measures import LOG_BREAKS
from bot.proof.daily_proof import Proof
from bot.proof.journalling import Noting, Patiently
from bot.proof.verification import Outcome, verify
from storage.database.store import Database
from storage.records import Grant
from storage.tables.log import AuditEntry, AuditHead
from tests.bot.log.shell import SEAL, Shell, rechained
from tests.clocks import Seconds
from tests.handlers.builders import Clock, Company, a_company, approved, ask, words_for

pytestmark = pytest.mark.soak


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
    return one, grants[one].id, f"row grants/{grants[other].id} was changed after entry"


async def _spoil(database: Database, change: str, **values: object) -> None:
    await database.write(lambda store: store.session.execute(text(change), values) and None)


def _tells(outcome: Outcome, *sentences: str) -> bool:
    assert outcome.number == len(set(outcome.faults)) == len(outcome.faults)
    return all(any(one.startswith(sentence) for one in outcome.faults) for sentence in sentences)


async def test_c1_a_moment_beyond_all_calendars_is_named_too(company: Company) -> None:
    one, grant, moved = await _moved(company)
    when = "'20000-01-01 00:00:00+00'" if not company.database.is_sqlite else "'20000-01-01 00:00:00'"
    await _spoil(company.database, f"UPDATE grants SET ends_at = {when} WHERE matter_id = :one", one=one)
    assert _tells(await verify(company.database), moved, f"row grants/{grant} was changed after entry")


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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_c1_what_is_not_compared_need_not_be_read(company: Company) -> None:
    await ask(company, company.anna)
    await _spoil(company.database, "UPDATE recordings SET peaks = '{'")
    assert (await verify(company.database)).faults == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_c1_both_witnesses_are_told_and_the_metric_says_how_many(company: Company, tmp_path: Path) -> None:
    one, _, _ = await _moved(company)
    await _spoil(company.database, "UPDATE grants SET starts_at = 'zzz' WHERE matter_id = :one", one=one)
    patiently = Patiently(Journal(tmp_path, SEAL))
    proof = Proof(company.door, patiently, Noting(company.door, patiently), Seconds())
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
