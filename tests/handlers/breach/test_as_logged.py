"""C1, P13: what is stored of reports is what their own log says, and a report that somebody takes out is missed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Executable, delete, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError

from handlers.acting import NONE
from handlers.breach import filing, handling, intents
from handlers.breach.account import Account
from handlers.breach.proof import broken, unfit
from handlers.keys import Keys, sealed
from storage.breaches import Breaches
from storage.database.store import Store
from storage.records import Record
from storage.tables.breaches import (
    Report,
    ReportAudio,
    ReportDue,
    ReportNotice,
    ReportPass,
    ReportSight,
)
from tests.altering import others
from tests.handlers.breach.keeping import kept, the_page
from tests.handlers.breach.reporting import chosen, report, tick
from tests.handlers.breach.standing_still import closed, count, made
from tests.handlers.builders import KEYS, Company

pytestmark = pytest.mark.soak

UNFIT = ["what is stored of confidential reports is not what their log says"]
KINDS: tuple[type[Record], ...] = (Report, ReportSight, ReportDue, ReportAudio)
LEFT: dict[type[Record], set[str]] = {
    Report: {"revision"},
    ReportSight: {"trace"},
    ReportDue: set(),
    ReportAudio: {"sealed"},
}
"""By which two pages tell a change, by which the journal says that sight ended, and what is opened only to be heard."""


async def handled(company: Company, *, over: bool) -> None:
    """A report by somebody who gave a name, with all that a report can have."""
    ruth = await the_page(company, named="named")
    await ruth.do(intents.Acknowledge)
    await ruth.do(intents.Ask, "When was that?")
    await kept(company, ruth)
    await ruth.do(intents.Accuse, chosen(company, "bram")[0], "He was there.")
    await ruth.do(intents.Outcome, "HR-12", "Settled.")
    if over:
        await ruth.do(intents.Close, "Thank you.")
    await tick(company)
    assert await after(company) == []


async def after(company: Company, *changes: Executable, keys: Keys = KEYS) -> list[str]:
    """What is found once these were made by hand, in a read, which keeps nothing."""

    def look(store: Store) -> list[str]:
        try:
            for one in changes:
                store.session.execute(one)
        except IntegrityError as refused:
            return [str(refused)]
        store.session.expunge_all()
        return unfit(store, keys)

    return await company.database.read(look)


def _changes(rows: Iterable[Record]) -> Iterator[Executable]:
    for row in rows:
        kind = type(row)
        same = [one == getattr(row, str(one.key)) for one in inspect(kind).primary_key]
        for field in {one.key for one in inspect(kind).column_attrs} - LEFT[kind]:
            for value in _others(getattr(row, field), field):
                yield update(kind).where(*same).values({field: value})
        yield delete(kind).where(*same)


def _others(value: object, field: str) -> Iterator[object]:
    if isinstance(value, date) and not isinstance(value, datetime):
        yield value + timedelta(days=1)
    elif field == "closed_on":
        yield date(2026, 11, 24)
    else:
        yield from others(value, moment=False)


@pytest.mark.parametrize("over", [False, True])
async def test_c1_whatever_is_changed_or_deleted_by_hand_is_found(company: Company, over: bool) -> None:
    """One and the same sentence, from which nobody learns of what."""
    await handled(company, over=over)
    rows = await company.database.read(
        lambda store: [row for kind in KINDS for row in store.session.scalars(select(kind))]
    )
    changes = list(_changes(rows))
    found = [await after(company, one) for one in changes]
    assert len(found) > 50
    assert [str(one) for one, told in zip(changes, found, strict=True) if not told] == []


async def test_c1_a_report_that_was_deleted_unseen_is_missed(company: Company) -> None:
    """Without the keys nobody can say so; a chain that holds alone says nothing."""
    await report(company, company.anna)
    gone = [delete(kind) for kind in (Report, ReportSight, ReportDue, ReportNotice, ReportPass)]
    assert await after(company, *gone) == UNFIT
    assert await after(company, *gone, keys=NONE) == []
    assert await company.database.read(broken) == []


async def test_c1_a_report_that_ended_at_its_moment_is_not(company: Company) -> None:
    await closed(company, await made(company))
    await report(company, company.tara)
    company.clock.now += timedelta(days=740)
    await tick(company)
    assert await count(company, Report) == 1
    assert await after(company) == []
    assert await after(company, delete(Report)) == UNFIT


async def test_c1_an_end_that_nobody_sealed_is_none(company: Company) -> None:
    """Whoever deletes it and adds a link that says so, without the key."""
    await report(company, company.anna)

    def end(store: Store) -> None:
        rows, [row] = Breaches(store.session), store.session.scalars(select(Report)).all()
        mark = next(iter(rows.log_marks() - {KEYS.mark("breach log", "")}))
        rows.log(mark, sealed(bytes(32), b"", mark))
        rows.destroy(row)

    def look(store: Store) -> list[str]:
        end(store)
        return unfit(store, KEYS)

    assert await company.database.read(look) == UNFIT


@pytest.fixture
def earlier(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A version whose log said of no report that it ended, nor what was promised."""
    monkeypatch.setattr(filing, "filed", lambda *_: "")
    monkeypatch.setattr(handling, "closed", lambda *_: "")
    monkeypatch.setattr(Account, "begin", lambda *_: None)
    monkeypatch.setattr(Account, "end", lambda *_: None)
    return monkeypatch


async def test_p12_what_an_earlier_version_let_go_without_a_word_is_not_looked_for(
    company: Company, earlier: pytest.MonkeyPatch
) -> None:
    await closed(company, await made(company))
    company.clock.now += timedelta(days=740)
    await tick(company)
    await made(company, by="tara")
    earlier.undo()
    assert await after(company) == await after(company, delete(Report)) == []
    await tick(company)
    assert await after(company) == []
    assert await after(company, delete(Report)) == UNFIT


async def test_p12_what_an_earlier_version_closed_ends_at_its_moment(
    company: Company, earlier: pytest.MonkeyPatch
) -> None:
    await closed(company, await made(company))
    earlier.undo()
    await tick(company)
    assert await after(company) == []
    company.clock.now += timedelta(days=740)
    await tick(company)
    assert await count(company, Report) == 0


@pytest.mark.by_hand
async def test_p13_an_end_that_was_written_by_hand_ends_nothing(company: Company) -> None:
    """Whoever can write to the database has no report destroyed by the bot itself."""
    name = await made(company)
    end = insert(ReportDue).values(report_id=name, kind="destroy", due_at=company.clock.now, done=False)
    await company.database.write(lambda store: store.session.execute(end))
    await tick(company)
    assert (await count(company, Report), await after(company)) == (1, UNFIT)


@pytest.mark.by_hand
async def test_p12_a_closed_report_is_not_destroyed_before_its_moment(company: Company) -> None:
    await closed(company, await made(company))
    now = update(ReportDue).where(ReportDue.kind == "destroy").values(due_at=company.clock.now)
    await company.database.write(lambda store: store.session.execute(now))
    await tick(company)
    assert (await count(company, Report), await after(company)) == (1, UNFIT)
