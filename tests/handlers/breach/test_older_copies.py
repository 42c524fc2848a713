"""P13: an older copy of a report's rows, put back by somebody who has the database and no key, opens it to nobody."""

from __future__ import annotations

import pytest

from handlers.acting import CLOCK
from handlers.breach import clock, intents
from handlers.breach.vault import Vault
from handlers.rules.refusal import Refused
from storage.tables.breaches import Report, ReportSight
from tests.handlers.breach.reporting import Page, chosen, page, report, the_report, tick
from tests.handlers.breach.test_restored import Copy, _put_back, copied
from tests.handlers.builders import Company, refusal

pytestmark = pytest.mark.by_hand


async def journalled(company: Company) -> None:
    """What is to be told stands in the journal, and the bot knows that it does."""
    found = await company.database.read(clock.traces)
    company.door.outside.update({one.trace: one.counter for one in found})
    await company.door.enter(intents.Journalled(found), CLOCK)


async def put_back(company: Company, copy: Copy, *tables: type) -> None:
    """These tables, or all of them, are as they were."""
    await company.database.write(_put_back({kind: copy[kind] for kind in tables or copy}))


async def accused(company: Company) -> tuple[Page, Page, Copy]:
    """Ruth's page and Helena's, who is accused by Ruth, and the rows from before; then Ruth wrote more."""
    await report(company, company.anna)
    name = await the_report(company)
    ruth, helena = [await page(company, one, name) for one in (company.ruth, company.helena)]
    await helena.read()
    copy = await copied(company)
    await ruth.do(intents.Accuse, chosen(company, "helena")[0], "She was there.")
    await ruth.do(intents.Note, "Only we know this.")
    await journalled(company)
    return ruth, helena, copy


@pytest.mark.parametrize("tables", [(), (Report,), (ReportSight,), (Report, ReportSight)])
async def test_p13_whoever_was_accused_since_opens_no_older_copy(company: Company, tables: tuple[type, ...]) -> None:
    _, helena, copy = await accused(company)
    await put_back(company, copy, *tables)
    with pytest.raises(Refused):
        await helena.read()
    await tick(company)
    with pytest.raises(Refused):
        await (await page(company, company.helena, helena.report)).read()
    with pytest.raises(Refused):
        await company.door.enter(intents.AcknowledgePressed(helena.report), company.helena)


async def test_p13_an_older_copy_is_opened_to_no_other_reader_either(company: Company) -> None:
    ruth, _, copy = await accused(company)
    assert (await ruth.read()).report == ruth.report
    await put_back(company, copy)
    with pytest.raises(Refused):
        await ruth.read()


async def test_p13_whoever_is_accused_without_reading_it_is_not_seated_by_an_older_copy(company: Company) -> None:
    """Deven reads nothing yet, and would once he is made a reader."""
    ruth, _, _ = await accused(company)
    copy = await copied(company)
    await ruth.do(intents.Accuse, chosen(company, "deven")[0], "He was there.")
    assert clock.urgent(await company.database.read(clock.traces))
    await journalled(company)
    await put_back(company, copy)
    with pytest.raises(Refused):
        await ruth.read()


async def test_p13_what_a_reporter_does_waits_for_what_others_do(company: Company) -> None:
    """Or the journal would say at what minute somebody wrote."""
    filed = await report(company, company.anna)
    await company.door.enter(intents.Add(filed.receipt, "There is more."), CLOCK)
    found = await company.database.read(clock.traces)
    assert found
    assert not clock.urgent(found)


async def test_p13_what_was_destroyed_comes_back_in_no_older_copy(company: Company) -> None:
    ruth, _, _ = await accused(company)
    await ruth.do(intents.Outcome, "HR-12", "Settled.")
    await ruth.do(intents.Close, "Thank you.")
    copy = await copied(company)
    company.clock.pass_(days=735)
    await tick(company)
    await journalled(company)
    await put_back(company, copy)
    assert await company.database.read(lambda store: len(Vault(company.door.act(store, CLOCK)).all())) == 0


async def test_p13_after_a_restore_the_copy_counts_and_whose_sight_ended_stays_out(company: Company) -> None:
    _, helena, copy = await accused(company)
    ended = frozenset(one for one, counter in company.door.outside.items() if not counter)
    await put_back(company, copy)
    await company.door.enter(intents.EndReportsAgain(ended, older=True), CLOCK)
    ruth = await page(company, company.ruth, helena.report)
    assert (await ruth.read()).report == helena.report
    assert (await refusal(company, intents.Link(helena.report), company.helena)).code == "no_report"
    await journalled(company)
    assert (await ruth.read()).report == helena.report
