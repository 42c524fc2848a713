"""C1, P7: an approval that is forged below the first entry of the log, beside a chain that holds, is found, and so is its access."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update

from bot.proof.journal_lines import Outside, Position
from bot.proof.verification import Pace, verify
from handlers.access import deciding
from handlers.acting import NONE
from handlers.sealing import Keys
from storage.database.store import Database, Store
from storage.tables.log import AuditEntry, AuditHead
from tests.handlers.builders import KEYS, Clock, Company, a_company, ask

pytestmark = pytest.mark.soak


@pytest.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


async def _forged(company: Company) -> tuple[str, int, Outside]:
    """A request with an approval that the chain does not hold: its number, that of the last entry, and what the journal notes."""
    request = await ask(company, company.bram)
    entries, last = await company.database.read(lambda store: store.audit.head())
    await company.door.enter(deciding.approve_request(request), company.tara)

    def move(store: Store) -> None:
        """As if by hand: the state as it would be, the entry below the first, no key and no hash known."""
        [made] = store.session.query(AuditEntry).where(AuditEntry.seq > entries)
        told = {one: made.detail[one] for one in ("grant", "until")}
        below = {"seq": -1, "hash": "x", "previous": "x", "detail": told}
        store.session.execute(update(AuditEntry).where(AuditEntry.seq > entries).values(below))
        store.session.execute(update(AuditHead).values(seq=entries, hash=last))

    await company.database.sessions.write(lambda session: move(Store(session)), {})
    return request, entries, Outside(Position(entries, last))


@pytest.mark.parametrize("keys", [KEYS, NONE])
@pytest.mark.parametrize("pace", [Pace(), Pace(entries=1, rows=1)])
async def test_c1_a_forged_approval_below_the_log_is_a_fault_and_approves_nothing(
    company: Company, keys: Keys, pace: Pace
) -> None:
    request, entries, notes = await _forged(company)
    outcome = await verify(company.database, notes, pace, keys=keys)
    assert "entry -1 comes before the first, where the program writes none: it was put in by hand" in outcome.faults
    assert [one for one in outcome.faults if request in one]
    assert (outcome.verdict.entries, outcome.verdict.fault) == (entries, "")


async def test_c1_without_the_state_it_is_found_as_well(company: Company) -> None:
    _, _, notes = await _forged(company)
    assert (await verify(company.database, notes, state=False)).number == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_c1_a_log_that_is_gone_is_told_once(company: Company) -> None:
    await company.database.write(lambda store: store.session.execute(text("DROP TABLE audit")) and None)
    faults = (await verify(company.database, state=False)).faults
    assert len(faults) == 1
