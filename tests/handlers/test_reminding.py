"""What reminds people, at its edges: short access, long outages, things to come, and matters that nobody knows (P7, P9)."""

from datetime import datetime, timedelta

from handlers import DUE
from handlers.acting import CLOCK
from handlers.matters.reminding import DUE as REMINDED
from handlers.matters.reminding import still_asked
from storage.database.store import Store
from tests.handlers.builders import CLAIM, POLICY, Company, approved, ask, with_role
from tests.handlers.passing_time import delivered, digests, fall, pass_until
from tests.handlers.test_waiting import sydney, told_at
from tests.moments import NOW


async def coming(company: Company, kind: str, subject: str) -> datetime | None:
    return await company.database.read(lambda store: store.deadlines.moment(kind, subject))


async def test_p9_after_an_outage_of_weeks_the_reminder_comes_once_and_then_each_week_again(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    company.clock.now = sydney("2027-01-20", 3)
    await fall(company)
    await pass_until(company, sydney("2027-01-20"))
    [_] = await digests(company, company.helena)
    assert await coming(company, "access.undecided", request) == sydney("2027-01-26", 17)


async def test_p7_access_that_ends_at_a_weekend_is_told_to_end_while_somebody_works(company: Company) -> None:
    """From Saturday 19:00 for seven days: a working day before that would be Friday 19:00, and Monday is too late."""
    company.clock.now = sydney("2026-11-28", 19)
    await approved(company)
    await delivered(company)
    await pass_until(company, sydney("2026-12-07", 12))
    assert await told_at(company, company.anna) == [sydney("2026-12-04", 17)]


async def test_what_is_to_be_told_later_waits_for_its_own_morning(company: Company) -> None:
    first, second = await ask(company, company.anna), await ask(company, company.anna, crm="CS-2")
    await delivered(company)
    later = NOW + timedelta(days=1)
    tara = company.tara.person_id or 0

    def add(store: Store) -> None:
        store.reminders.add(first, tara, "access.remind", NOW, NOW)
        store.reminders.add(second, tara, "access.remind", NOW, later)

    await company.database.write(add)
    await company.door.enter(DUE[REMINDED](str(tara)), CLOCK)
    assert await told_at(company, company.tara) == [NOW]
    assert await coming(company, "working_hours.begin", str(tara)) == later


async def test_p9_whoever_lost_the_role_is_not_sent_the_card_that_reminds(company: Company) -> None:
    """Asked by silence the deputy would get the card itself in the morning."""
    request = await ask(company, company.anna, **CLAIM)
    await delivered(company)
    await pass_until(company, sydney("2026-11-27", 9))

    def asked(store: Store) -> bool:
        ctx = company.door.context(store, company.henrik)
        return still_asked(ctx, request, company.henrik.person_id or 0)

    assert await company.database.read(asked)
    company.door.policy = with_role(POLICY, "head_of_customer_success", holder="new.one@fernhill.example", deputies=())
    assert not await company.database.read(asked)
