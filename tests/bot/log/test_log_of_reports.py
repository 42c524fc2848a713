"""C1, P13: the verification of the log also finds a report that was taken away, and says nothing of any report."""

from collections.abc import Callable

import pytest

from bot.proof.journalling import Outside
from bot.proof.verification import verify_log
from handlers.acting import CLOCK, NONE
from handlers.breach import clock
from handlers.breach.clock import MISSING
from handlers.breach.vault import Vault
from handlers.sealing import Keys
from storage.breaches import KEY_DESTROYED
from storage.database.store import Database, Store
from storage.tables.breaches import Report
from tests.handlers.breach.reporting import report
from tests.handlers.builders import KEYS, Clock, Company, a_company


@pytest.fixture
async def company(database: Database) -> Company:
    made = await a_company(database, Clock())
    for _ in range(2):
        await report(made, made.anna)
    return made


async def noted(company: Company) -> Outside:
    """What the journal says of the reports that there are."""
    found = await company.database.read(clock.untold_traces)
    await company.door.enter(clock.note_journalled(found), CLOCK)
    ended = {one.mark for one in found if one.kind == KEY_DESTROYED}
    return Outside(reports={one.mark: one.counter for one in found if one.counter}, ended=ended)


async def faults(company: Company, notes: Outside, keys: Keys = KEYS) -> list[str]:
    return (await verify_log(company.database, notes, keys=keys)).faults


async def test_p13_reports_that_stand_as_the_journal_says_are_nothing_to_tell(company: Company) -> None:
    notes = await noted(company)
    assert [await faults(company, notes, keys) for keys in (KEYS, NONE)] == [[], []]


def _delete(store: Store) -> None:
    store.session.delete(store.session.query(Report).first())


def _spoil(store: Store) -> None:
    one = store.session.query(Report).first()
    assert one is not None
    one.sealed = b"other words"


@pytest.mark.parametrize("change", [_delete, _spoil])
async def test_p13_a_report_that_was_deleted_or_changed_is_found_with_the_keys(
    company: Company, change: Callable[[Store], None]
) -> None:
    notes = await noted(company)
    await company.database.write(change)
    assert await faults(company, notes, NONE) == []
    assert await faults(company, notes) == [MISSING]


async def test_p13_one_that_was_destroyed_at_its_end_is_not_missed(company: Company) -> None:
    before = await noted(company)

    def destroy(store: Store) -> None:
        vault = Vault(company.door.context(store, CLOCK))
        vault.destroy(vault.all()[0])

    await company.database.write(destroy)
    after = await noted(company)
    assert await faults(company, Outside(reports=before.reports | after.reports, ended=after.ended)) == []
