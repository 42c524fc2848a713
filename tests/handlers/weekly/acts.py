"""The first working day of a week has come, and somebody looks at the card."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.acting import CLOCK, Visitor
from handlers.cards import Facts
from handlers.weekly.facts import Facts as Told
from handlers.weekly.facts import read
from handlers.weekly.intents import Make, See, Verified
from storage.records import OPEN
from storage.tables.weeks import WeeklyCard
from tests.handlers.builders import Company
from tests.handlers.reading import lines, seen, whole_of
from tests.handlers.reading import text as worded

MONDAY = datetime(2026, 11, 29, 22, tzinfo=UTC)  # 09:00 in Sydney, Monday 30 November


async def card_of_the_week(company: Company, at: datetime = MONDAY, verified: Verified | None = None) -> WeeklyCard:
    """The card that is made at this moment; the log was verified just before."""
    company.clock.now = at
    entries = await company.database.read(lambda store: store.audit.head()[0])
    await company.door.enter(Make(verified or Verified(entries, 0, at)), CLOCK)
    return await newest(company)


async def newest(company: Company) -> WeeklyCard:
    """The card that was made last."""
    cards = await company.database.read(lambda store: store.session.query(WeeklyCard).all())
    return max(cards, key=lambda one: one.upto)


async def facts(company: Company) -> Told:
    """What the newest card froze."""
    return read((await newest(company)).facts)


async def see(company: Company, who: Visitor, card: WeeklyCard) -> None:
    await company.door.enter(See(card.id), who)


async def unseen(company: Company) -> list[str]:
    """The weeks whose cards nobody has seen."""
    cards = await company.database.read(lambda store: store.session.query(WeeklyCard).all())
    return sorted(one.week for one in cards if one.state in OPEN)


async def numbers(company: Company, who: Visitor, card: WeeklyCard) -> dict[str, str]:
    """The numbers that this person reads."""
    (told,) = [one for one in (await seen(company, card.id, who)).parts if isinstance(one, Facts)]
    return {label: worded(words) for label, words in told.rows}


async def text(company: Company, who: Visitor, card: WeeklyCard) -> str:
    """All that this person can read, Details included."""
    whole = await whole_of(company, card.id, who)
    assert whole is not None
    return "\n".join(lines(whole))
