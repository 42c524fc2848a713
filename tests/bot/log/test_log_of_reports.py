"""C1, P13: the verification of the log also finds what was changed in the log of reports, and says nothing of any report."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.proof.verification import verify
from handlers.acting import CLOCK, NONE
from handlers.breach import intents
from handlers.breach.proof import astray
from handlers.keys import Keys
from storage.breaches import Breaches
from storage.database.store import Database, Store
from storage.tables.breaches import Report, ReportEntry
from tests.each import each
from tests.handlers.breach.reporting import report, tick
from tests.handlers.builders import KEYS, Clock, Company, a_company

CHANGED = "the log of confidential reports was changed after it was written, or something was taken out of it"
ASTRAY = "the log of confidential reports is not what the entry of 2026-11-25 sealed of it"


@pytest.fixture
async def company(database: Database) -> Company:
    """Two reports, and an end of their log that was sealed before the first and after each."""
    made = await a_company(database, Clock())
    for day in (24, 25, 26):
        await made.door.enter(intents.Seal(f"2026-11-{day}"), CLOCK)
        await report(made, made.anna)
        await tick(made)
    return made


async def faults(company: Company, keys: Keys = KEYS, *, state: bool = True) -> list[str]:
    return (await verify(company.database, state=state, keys=keys)).faults


async def test_p13_a_log_of_reports_that_holds_is_nothing_to_tell(company: Company) -> None:
    assert [await faults(company, keys) for keys in (KEYS, NONE)] == [[], []]


async def test_p13_without_reports_it_holds_too(database: Database) -> None:
    company = await a_company(database, Clock())
    await company.door.enter(intents.Seal("2026-11-24"), CLOCK)
    assert await faults(company) == []


def _words(store: Store) -> None:
    store.session.get_one(ReportEntry, 1).sealed = b"other words"


def _taken_out(store: Store) -> None:
    store.session.delete(store.session.get_one(ReportEntry, 2))


@each("change", [_words, _taken_out])
async def test_p13_a_changed_link_is_found_without_any_key(company: Company, change: Callable[[Store], None]) -> None:
    await company.database.write(change)
    assert await faults(company, NONE) == [CHANGED]
    assert await faults(company, state=False) == []


def _rewritten(store: Store) -> None:
    """Somebody writes all of it anew, so that it follows by itself."""
    rows = [(one.report, one.sealed) for one in Breaches(store.session).links()]
    store.session.query(ReportEntry).delete()
    for mark, sealed in rows[1:]:
        Breaches(store.session).log(mark, sealed)


async def test_p13_a_report_that_was_deleted_is_found_with_the_keys(company: Company) -> None:
    """C1: in one sentence, whatever was changed."""
    await company.database.write(lambda store: store.session.query(Report).delete())
    assert await faults(company, NONE) == []
    assert await faults(company) == ["what is stored of confidential reports is not what their log says"]


async def test_p13_a_log_that_was_written_anew_is_not_what_was_sealed_of_it(company: Company) -> None:
    await company.database.write(_rewritten)
    assert await faults(company, NONE) == []
    assert ASTRAY in await faults(company)


async def test_p13_an_end_that_was_cut_off_is_not_what_was_sealed_of_it(company: Company) -> None:
    await company.database.write(lambda store: store.session.query(ReportEntry).delete())
    assert await faults(company) == [ASTRAY, ASTRAY.replace("25", "26")]


@each("detail", ["", "{}", "[]", "7", '{"sealed":7}', '{"sealed":"xyz"}', '{"sealed":"00"}'])
async def test_p13_what_was_sealed_and_can_not_be_opened_tells_nothing(company: Company, detail: str) -> None:
    told = [("2026-11-25", detail)]
    assert await company.database.read(lambda store: astray(store, KEYS, told)) == []
