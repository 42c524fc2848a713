"""P13: on PostgreSQL nothing beside a report's row says at what minute it came (its `xmin` names the transaction)."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from handlers.acting import CLOCK
from handlers.breach.filing import from_form
from handlers.breach.intents import RewriteReports
from storage.database.store import Database, Store
from tests.handlers.breach.reporting import anonymous, told
from tests.handlers.builders import Clock, a_company, ask

TABLES = ("breach_reports", "breach_sights", "breach_log", "breach_due", "breach_notices")


def transactions(store: Store, *tables: str) -> set[str]:
    return {xmin for one in tables for [xmin] in store.session.execute(text(f"SELECT xmin::text FROM {one}"))}


async def test_p13_a_report_shares_its_transaction_with_no_entry_of_the_log(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite keeps no number of a row's transaction")
    company = await a_company(database, Clock())
    report = company.door.enter(from_form(told(company), "V1"), anonymous(company.anna))
    await asyncio.gather(ask(company, company.anna), report, ask(company, company.tara))
    theirs = await database.read(lambda store: transactions(store, *TABLES))
    entries = await database.read(lambda store: transactions(store, "audit"))
    assert not theirs & entries

    await company.door.enter(RewriteReports(), CLOCK)
    after = await database.read(lambda store: transactions(store, *TABLES))
    assert len(after) == 1
    assert not after & (theirs | entries)


async def test_what_is_written_alone_shares_its_transaction_with_nobody(database: Database) -> None:
    def work(store: Store) -> object:
        return store.session

    write = database.write
    first, alone, *shared = await asyncio.gather(write(work), write(work, alone=True), write(work), write(work))
    assert alone not in (first, *shared)
    assert shared[0] is shared[1]
