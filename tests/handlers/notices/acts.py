"""What people and the clock do about notices and outages, for their tests."""

from datetime import datetime
from itertools import count

from handlers.acting import CLOCK, Actor, Intent
from handlers.notices import room as notices_outages
from handlers.notices import steps
from handlers.notices.room import EnteredOutage
from handlers.notices.state import NoticeForm, OutageForm, WithdrawForm
from handlers.rules.notices import notice_digest
from storage.tables.reviews import NoticeCheck, Outage
from tests.handlers.builders import Company
from tests.handlers.passing_time import fall, pass_until

_keys = count(1)


async def planned(company: Company) -> dict[str, datetime]:
    """Have the clock plan when each notice is to be confirmed; return what wasn't planned yet."""
    found = await company.database.read(lambda store: steps.wanted_deadlines(company.door.context(store, CLOCK)))
    if found:
        await company.door.enter(steps.plan_notices(), CLOCK)
    return dict(found)


async def begun(company: Company) -> dict[str, str]:
    """Start the program on the first working morning, when each notice is asked for; return ids by notice."""
    await planned(company)
    coming = await company.database.read(lambda store: store.deadlines.coming(steps.ASK, "phone"))
    assert coming is not None
    await pass_until(company, coming)
    await fall(company)
    return {one.notice: one.id for one in await checks(company)}


async def checks(company: Company) -> list[NoticeCheck]:
    """Return all of them, the oldest first."""
    query = NoticeCheck.asked_at, NoticeCheck.id
    return await company.database.read(lambda store: store.session.query(NoticeCheck).order_by(*query).all())


async def one(company: Company, matter: str) -> NoticeCheck:
    return next(found for found in await checks(company) if found.id == matter)


async def open_now(company: Company, notice: str) -> NoticeCheck | None:
    """Return the one of a notice that is waiting."""
    found = [one for one in await checks(company) if one.notice == notice and one.is_open]
    return found[0] if found else None


async def answering(company: Company, matter: str, **more: str) -> Intent[None]:
    """Return a yes, or what `more` says, to what the notice is about now."""
    found = await one(company, matter)
    about = notice_digest(company.door.policy, found.notice)[:8]
    return steps.answer_notice(
        matter, about, NoticeForm.read({"answer": "yes", "words": "Rang from my mobile.", **more})
    )


async def answer(company: Company, matter: str, who: Actor, **more: str) -> None:
    """Answer yes, or what `more` says, as this person."""
    await company.door.enter(await answering(company, matter, **more), who)


async def looked(company: Company, answer: str, *reasons: str) -> None:
    """Record that the worker has looked at the pages."""
    await company.door.enter(
        steps.note_pages_seen(answer, reasons, notice_digest(company.door.policy, "website")), CLOCK
    )


async def enter(
    company: Company, who: Actor, first: str, last: str, line: str = "all", why: str = "It was silent."
) -> EnteredOutage:
    """Enter an outage as this person."""
    form = OutageForm.read({"line": line, "first": first, "last": last, "why": why})
    return await company.door.enter(notices_outages.enter_outage(form, f"slack:V{next(_keys)}"), who)


async def withdraw(company: Company, who: Actor, outage: str, why: str = "It was another company’s line.") -> None:
    await company.door.enter(notices_outages.withdraw_outage(outage, WithdrawForm.read({"why": why})), who)


async def outages(company: Company) -> list[Outage]:
    return await company.database.read(lambda store: store.rows(Outage, by=(Outage.last.desc(), Outage.id)))
