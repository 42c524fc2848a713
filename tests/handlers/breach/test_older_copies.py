"""P12, P13: an older copy of the database opens no report to somebody who lost sight of it since, and brings none back."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select

from handlers.acting import CLOCK
from handlers.breach import clock, filing, readers, steps
from handlers.breach.steps import gather_calls
from handlers.rules.refusal import Refused
from handlers.sealing import new_secret
from storage.breaches import KEY_DESTROYED, SIGHT_ENDED
from storage.database.store import Store
from storage.records import Record
from storage.tables.breaches import Report, ReportMark, ReportPart, ReportSight
from tests.handlers.breach.reporting import (
    Page,
    be_away,
    chosen,
    heard,
    page,
    reads,
    report,
    stored_parts,
    the_report,
    tick,
)
from tests.handlers.builders import Company, refusal

pytestmark = pytest.mark.long

TABLES: tuple[type[Record], ...] = (Report, ReportSight, ReportPart, ReportMark)
Copy = dict[type[Record], list[dict[str, Any]]]


def _copied(store: Store) -> Copy:
    return {
        kind: [
            {one.key: getattr(row, one.key) for one in inspect(kind).column_attrs}
            for row in store.session.scalars(select(kind))
        ]
        for kind in TABLES
    }


def _put_back(copy: Copy) -> Callable[[Store], None]:
    def work(store: Store) -> None:
        for kind, rows in copy.items():
            store.session.query(kind).delete()
            if rows:
                store.session.execute(insert(kind), deepcopy(rows))

    return work


async def restored(company: Company, copy: Copy) -> int:
    """The journal kept the traces; yesterday's tables of reports take the place of today's, and a start ends what ended."""
    told = await company.database.read(clock.untold_traces)
    traces = frozenset(one.mark for one in told if one.kind in (SIGHT_ENDED, KEY_DESTROYED))
    await company.database.write(_put_back(copy))
    return await company.door.enter(clock.end_again(traces, older=True), CLOCK)


async def copied(company: Company) -> Copy:
    return await company.database.read(_copied)


async def begun(company: Company, **more: object) -> Page:
    await report(company, company.anna, **more)
    await heard(company)
    return await page(company, company.ruth, await the_report(company))


async def test_p13_a_sight_put_back_under_another_trace_opens_nothing(company: Company) -> None:
    """Whoever writes to the database can't hide from the journal that a sight ended."""
    ruth = await begun(company)
    await (await page(company, company.helena, ruth.report)).read()
    copy = await copied(company)
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    for row in copy[ReportSight]:
        row["trace"] = new_secret()
    await restored(company, copy)
    with pytest.raises(Refused, match="no longer open"):
        await reads(company, "helena", ruth.report)


async def destroyed(company: Company, ruth: Page) -> Copy:
    await ruth.do(gather_calls, "CS-10443")
    audio = await ruth.do(steps.begin_copy, company.calls[0])
    await ruth.do(steps.add_piece, audio, 0, b"audio")
    await ruth.do(steps.write_outcome, "HR-12", "Settled.")
    await ruth.do(steps.close_report, "Thank you.")
    copy = await copied(company)
    company.clock.pass_(days=740)
    await tick(company)
    return copy


async def count(company: Company, *kinds: type[Record]) -> list[int]:
    return await company.database.read(lambda store: [store.session.query(kind).count() for kind in kinds])


async def test_p13_what_was_destroyed_is_so_again_in_a_copy(company: Company) -> None:
    ruth = await begun(company)
    copy = await destroyed(company, ruth)
    assert await restored(company, copy) == 1
    assert await count(company, Report, ReportSight) == [0, 0]
    assert await stored_parts(company) == []
    assert await tick(company) == 0


async def test_p13_the_journal_gets_random_ids_that_say_whose_and_what_to_nobody(company: Company) -> None:
    """One for each sight that ended and for each key; what it has is forgotten."""
    ruth = await begun(company)
    await be_away(company, company.helena)
    await tick(company)
    await destroyed(company, ruth)
    rows = await company.database.read(clock.untold_traces)
    assert sorted(one.kind for one in rows) == ["key_destroyed", "sight_ended", "sight_ended"]
    assert not [one for one in rows if ruth.report in one.mark or "helena" in one.mark or len(one.mark) < 40]

    await company.door.enter(clock.note_journalled(rows[:1]), CLOCK)
    assert await count(company, ReportMark) == [2]


async def journalled(company: Company) -> None:
    """What is to be told stands in the journal, and the bot knows that it does."""
    found = await company.database.read(clock.untold_traces)
    company.door.outside.update({one.mark: one.counter for one in found})
    await company.door.enter(clock.note_journalled(found), CLOCK)


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
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    await ruth.do(steps.write_note, "Only we know this.")
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
        await company.door.enter(steps.acknowledge_pressed(helena.report), company.helena)


async def test_p13_whoever_is_accused_without_reading_it_is_not_seated_by_an_older_copy(company: Company) -> None:
    """Deven reads nothing yet, and would once he is made a reader."""
    ruth, _, _ = await accused(company)
    copy = await copied(company)
    await ruth.do(steps.accuse_person, chosen(company, "deven")[0], "He was there.")
    assert clock.is_urgent(await company.database.read(clock.untold_traces))
    await journalled(company)
    await put_back(company, copy)
    with pytest.raises(Refused):
        await ruth.read()


async def test_p13_what_a_reporter_does_waits_for_what_others_do(company: Company) -> None:
    """Or the journal would say at what minute somebody wrote."""
    filed = await report(company, company.anna)
    await company.door.enter(filing.add_words(filed.receipt, "There is more."), CLOCK)
    found = await company.database.read(clock.untold_traces)
    assert found
    assert not clock.is_urgent(found)


async def test_p13_after_a_restore_the_copy_counts_and_whose_sight_ended_stays_out(company: Company) -> None:
    _, helena, copy = await accused(company)
    ended = frozenset(one for one, counter in company.door.outside.items() if not counter)
    await put_back(company, copy)
    await company.door.enter(clock.end_again(ended, older=True), CLOCK)
    ruth = await page(company, company.ruth, helena.report)
    assert (await ruth.read()).report == helena.report
    assert (await refusal(company, readers.make_code(helena.report), company.helena)).code == "no_report"
    await journalled(company)
    assert (await ruth.read()).report == helena.report
