"""P13: a message whose row somebody spoilt, or what it takes to draw it, keeps no other back; nobody goes without word for good."""

from __future__ import annotations

import pytest
import pytest_asyncio

from handlers.breach.looks import messages_wait
from storage.breaches import TOLD
from tests.each import each
from tests.handlers.breach.reporting import heard, report, tick
from tests.handlers.breach.sending import ALERT, collected, states
from tests.handlers.builders import Company
from tests.spoiling import NO_UTF8, said, spoil

FIRST = "WHERE id = (SELECT min(id) FROM breach_notices)"


@pytest_asyncio.fixture
async def company(company_in_a_file: Company) -> Company:
    return company_in_a_file


async def _heard(company: Company) -> dict[str, list[str]]:
    """What is heard until nothing waits any more."""
    found: dict[str, list[str]] = {}
    while await company.database.read(lambda store: messages_wait(store, company.clock.now)):
        for who, words in (await heard(company)).items():
            found.setdefault(who, []).extend(words)
    return found


@pytest.mark.parametrize(
    "change", ["due_at = ''", "due_at = 5", "sealed = 'abc'", f"report_id = {NO_UTF8}", f"id = {NO_UTF8}"]
)
async def test_p13_whoever_it_was_for_is_told_and_so_is_everybody_else(company: Company, change: str) -> None:
    await report(company, company.anna)
    await spoil(company.database, f"UPDATE breach_notices SET {change} {FIRST}")
    assert await _heard(company) == {"ruth": [ALERT], "helena": [ALERT]}
    await tick(company)


async def test_p13_one_that_can_not_be_drawn_waits_until_it_can(company: Company) -> None:
    await report(company, company.anna)
    ruth = company.ruth.person_id
    [[before]] = (await company.database.read(said(f"SELECT checked_at FROM people WHERE id = {ruth}"))).all()
    await spoil(company.database, f"UPDATE people SET checked_at = 'x' WHERE id = {ruth}")
    assert await _heard(company) == {"helena": [ALERT]}
    await spoil(company.database, f"UPDATE people SET checked_at = '{before}' WHERE id = {ruth}")
    assert await collected(company) == []
    company.clock.pass_(minutes=5)
    assert await heard(company) == {"ruth": [ALERT]}
    assert await states(company) == [TOLD, TOLD]


@pytest.mark.soak
@each("change", ["breach_reports SET day = 'x' WHERE id", "breach_due SET due_at = '' WHERE report_id"])
async def test_p13_a_report_that_can_not_be_read_keeps_the_clock_from_no_other(company: Company, change: str) -> None:
    await report(company, company.anna)
    await report(company, company.tara)
    await _heard(company)
    await spoil(company.database, f"UPDATE {change} = (SELECT min(id) FROM breach_reports)")
    company.clock.pass_(days=7)
    await tick(company)
    assert set(await _heard(company)) >= {"ruth"}
