"""P12: the first card of erasures ahead comes once it has something to tell; from then on it stands."""

from __future__ import annotations

import pytest

from bot.ports import Unavailable
from handlers.acting import CLOCK
from handlers.erasures_ahead.intents import Draw
from storage.tables.erasures import AheadCard
from tests.erasing import Archive
from tests.handlers.builders import Company, audit, ledger
from tests.handlers.erasures_ahead.test_card import DAY, MOMENT, MORNING, drawn
from tests.handlers.passing_time import fall
from tests.handlers.reading import home_of, lines, seen
from tests.moments import NOW

pytestmark = pytest.mark.soak


async def cards(company: Company) -> list[str]:
    """All that there are, the oldest first."""
    rows = await company.database.read(lambda store: store.session.query(AheadCard).order_by(AheadCard.week).all())
    return [one.id for one in rows]


async def nothing(archive: Archive) -> None:
    """It would be drawn, and nobody hears of it."""
    company = archive.company
    before = len(await audit(company)), len(await ledger(company))
    await company.door.enter(Draw(), CLOCK)
    assert await cards(company) == []
    assert (len(await audit(company)), len(await ledger(company))) == before
    assert not any("Erasures ahead" in one for one in lines(await home_of(company, company.helena)))


async def test_p12_while_nothing_goes_soon_and_nothing_waits_there_is_no_first_card(archive: Archive) -> None:
    await archive.record("far", audio=b"1")
    archive.until(NOW, days=1, hours=20)
    await nothing(archive)


async def test_p12_it_comes_with_the_first_call_that_goes_within_the_days_of_the_policy(archive: Archive) -> None:
    """The clock asks for it each working day all the same."""
    await archive.record("old", audio=b"1")
    archive.until(MORNING - 30 * DAY)
    await nothing(archive)
    archive.until(MORNING, days=-21, hours=1)
    await fall(archive.company)
    [card] = await cards(archive.company)
    assert "Within 30 days: Australia and New Zealand: 1" in lines(
        await seen(archive.company, card, archive.company.tara)
    )


async def test_p12_once_it_stands_it_is_drawn_also_where_nothing_is_ahead(archive: Archive) -> None:
    first = await drawn(archive, MORNING)
    later = await drawn(archive, MORNING + 63 * DAY)
    assert await cards(archive.company) == [first, later]
    assert "Within 30 days: none" in lines(await seen(archive.company, later, archive.company.tara))


async def test_p12_what_should_be_erased_by_now_is_worth_a_card(archive: Archive) -> None:
    await archive.record("old", audio=b"1")
    archive.until(MOMENT)
    archive.recorder.outage = Unavailable("away")
    await archive.erasing.tick()
    await archive.company.door.enter(Draw(), CLOCK)
    assert await cards(archive.company) == []
    archive.until(MOMENT, days=1)
    await archive.company.door.enter(Draw(), CLOCK)
    assert len(await cards(archive.company)) == 1


async def test_p4_calls_that_somebody_has_to_decide_are_worth_a_card(archive: Archive) -> None:
    await archive.record("out", line="+15550100", audio=b"out")
    archive.until(NOW, days=1, hours=20)
    await archive.company.door.enter(Draw(), CLOCK)
    assert len(await cards(archive.company)) == 1
