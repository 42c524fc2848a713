"""C1, “Away”: an absence that nobody said, or that somebody changed by hand to steer a card, does not fit the log."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Executable, delete, insert, text, update

from handlers.away.steps import Back, Say
from handlers.reconciling import absent
from storage.database.store import Store
from storage.evidence.requests import Logged
from storage.tables.absences import Absence
from tests.handlers.builders import Company
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]
TODAY = date(2026, 11, 24)


async def said(company: Company) -> str:
    """Tara is away for three days; the id."""
    await company.door.enter(Say(TODAY, TODAY + timedelta(days=2), "V1"), company.tara)
    return await company.database.read(lambda store: store.session.query(Absence.id).scalar() or "")


async def told(company: Company, statement: Executable) -> list[str]:
    """What is found after somebody changed the database by hand."""
    await company.database.write(lambda store: store.session.execute(statement))
    return await findings(company.database)


async def test_all_that_people_do_fits(company: Company) -> None:
    await said(company)
    await company.door.enter(Say(TODAY, TODAY + timedelta(days=5), "V2"), company.tara)
    await company.door.enter(Say(TODAY + timedelta(days=9), TODAY + timedelta(days=9), "V3"), company.tara)
    [first, _] = await company.database.read(lambda store: store.absences.of(company.tara.person_id or 0, TODAY))
    await company.door.enter(Back(first.id), company.tara)
    assert await findings(company.database) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"person_id": 2}, "whose"),
        ({"first": TODAY - timedelta(days=1)}, "first day"),
        ({"last": TODAY + timedelta(days=90)}, "last day"),
        ({"entered_at": NOW - timedelta(days=1)}, "said"),
        ({"ended_at": NOW}, "ended"),
    ],
)
async def test_whatever_is_changed_by_hand_is_named(company: Company, values: dict[str, object], field: str) -> None:
    absence = await said(company)
    [found] = await told(company, update(Absence).values(**values))
    assert found.startswith(f"absence {absence}: “{field}” is stored as ")


async def test_one_that_is_open_again_is_named(company: Company) -> None:
    absence = await said(company)
    await company.door.enter(Back(absence), company.tara)
    [found] = await told(company, update(Absence).values(ended_at=None))
    assert "“ended” is stored as nothing" in found


async def test_one_that_nobody_said_and_one_that_is_gone_are_named(company: Company) -> None:
    absence = await said(company)
    assert await told(company, delete(Absence)) == [f"absence {absence} stands in the log, but is no longer stored"]
    made = insert(Absence).values(id="W-MADE", person_id=1, first=TODAY, last=TODAY, entered_at=NOW)
    assert "absence W-MADE is stored, but the log knows nothing of it" in await told(company, made)


async def test_one_that_another_took_the_place_of_is_missed_too(company: Company) -> None:
    absence = await said(company)
    await company.door.enter(Say(TODAY, TODAY + timedelta(days=5), "V2"), company.tara)
    lost = await told(company, delete(Absence).where(Absence.id == absence))
    assert lost == [f"absence {absence} stands in the log, but is no longer stored"]


async def test_a_table_that_is_gone_or_entries_that_can_not_be_read_are_named(company: Company) -> None:
    absence = await said(company)
    rows = await company.database.read(lambda store: store.absences.of(company.tara.person_id or 0, TODAY))
    odd = Logged(1, NOW, company.tara.actor, "away.say", absence, {})
    assert [str(one) for one in absent((rows, [odd]))] == [
        'Finding(sentence="what is stored of absences, or what the log says of them, can\'t be read")'
    ]

    def looked(store: Store) -> tuple[object, set[str]]:
        store.session.execute(text("ALTER TABLE absences RENAME TO gone"))
        found = store.evidence.absences(["away.say"]), store.evidence.missing_absences([absence])
        store.session.execute(text("ALTER TABLE gone RENAME TO absences"))
        return found

    assert await company.database.write(looked) == (None, set())
    assert [str(one) for one in absent(None)] == ['Finding(sentence="absences can\'t be read")']
