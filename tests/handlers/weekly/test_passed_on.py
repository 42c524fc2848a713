"""A weekly card that nobody has seen in time comes to whoever is next in that person's working hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.acting import CLOCK, Visitor
from handlers.weekly.intents import PassOn
from tests.handlers.builders import CLAIM, Company, ask, audit, ledger
from tests.handlers.passing_time import delivered, digests, lives_in, pass_until
from tests.handlers.weekly.acts import MONDAY, card_of_the_week, see

WEEK, LONDON = timedelta(weeks=1), ZoneInfo("Europe/London")
FELL = MONDAY + WEEK + timedelta(hours=8)


async def _cards(company: Company, who: Visitor, card: str) -> list[datetime]:
    rows = [one for one in await ledger(company, who) if one.kind == "show" and one.payload["matter"] == card]
    return [one.queued_at for one in rows]


async def test_it_comes_when_their_working_hours_begin(company: Company) -> None:
    """It falls at 17:00 in Sydney, which is six in the morning in London."""
    await lives_in(company, company.ruth, "Europe/London")
    card = await card_of_the_week(company)
    await delivered(company)
    await pass_until(company, FELL + timedelta(hours=1))
    assert await _cards(company, company.ruth, card.id) == []
    await pass_until(company, FELL + timedelta(hours=4))
    assert await _cards(company, company.ruth, card.id) == [datetime(2026, 12, 7, 9, tzinfo=LONDON)]


async def test_it_comes_in_one_message_with_what_else_falls_that_morning(company: Company) -> None:
    card = await card_of_the_week(company)
    company.clock.now = MONDAY + timedelta(days=2)
    request = await ask(company, company.anna, **CLAIM)
    await delivered(company)
    await pass_until(company, FELL + timedelta(hours=17))
    [told] = [one for one in await digests(company, company.ruth) if card.id in "".join(one)]
    assert told[0] == "# 2 things need your attention"
    assert request in "".join(told)
    [row] = [one for one in told if card.id in one]
    assert row.startswith(f"The weekly card {card.id} came to you, since nobody has seen it yet.")


async def test_seen_before_that_morning_it_does_not_come_at_all(company: Company) -> None:
    card = await card_of_the_week(company)
    await delivered(company)
    await pass_until(company, FELL + timedelta(hours=1))
    await see(company, company.helena, card)
    await pass_until(company, FELL + timedelta(days=1))
    assert await _cards(company, company.ruth, card.id) == []
    assert await digests(company, company.ruth) == []


async def test_it_is_passed_on_once_whoever_asks_for_it_again(company: Company) -> None:
    card = await card_of_the_week(company)
    await delivered(company)
    await pass_until(company, FELL)
    before = len(await audit(company))
    company.clock.pass_(minutes=1)
    await company.door.enter(PassOn(card.id), CLOCK)
    assert len(await audit(company)) == before
    kept = await company.database.read(lambda store: store.weeks.get(card.id))
    assert kept is not None
    assert kept.passed_at == FELL
