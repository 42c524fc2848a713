"""Reports as people make and handle them, through the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from handlers import away, read_report
from handlers.acting import CLOCK, DELIVERY, WEB, Visitor
from handlers.breach import clock, readers, reporting
from handlers.breach import messages as breach_messages
from handlers.breach.known import Filed, HandlerView, Known, ReporterView
from handlers.breach.messages import Message
from handlers.breach.reporting import ReportForm, from_form
from handlers.handling import Handler
from handlers.role_people import value_of
from handlers.rules.access import company_day
from handlers.rules.breach import moments, received
from storage.breaches import Breaches
from storage.database.store import Store
from tests.handlers.builders import NAMES, POLICY, Company, email
from tests.moments import NOW

R = TypeVar("R")
WORDS = "A colleague played a call of ours to friends."
_keys = count(1)


def chosen(company: Company, *names: str) -> list[str]:
    """People as the form's look-up names them: whoever is in a role by address, others by number."""
    return [
        value_of(email(NAMES[one]))
        if email(NAMES[one]) in POLICY.roles.everybody()
        else str(company.people[one].person_id)
        for one in names
    ]


def anonymous(who: Visitor) -> Visitor:
    """Somebody at a private form: an account, and no person."""
    return Visitor(who.account)


def told(company: Company, **more: Any) -> ReportForm:
    """The form, filled in; `accused` and `conflicts` by short names."""
    for field in ("accused", "conflicts"):
        more[field] = chosen(company, *more.get(field, ()))
    return ReportForm.read({"what": WORDS, "named": "withheld", **more})


def a_known(now: datetime = NOW, **told: Any) -> Known:
    """What is known of a report that came at a moment."""
    came = received(POLICY, now)
    given = {"source": "page", "what": "Something.", "day": came.day, "late": came.late}
    return Known.model_validate({**given, "promised": moments(POLICY, came), **told})


async def report(company: Company, who: Visitor, **more: Any) -> Filed:
    """Somebody sends the form in chat."""
    return await company.door.enter(from_form(told(company, **more), f"slack:V{next(_keys)}"), anonymous(who))


async def messages(company: Company) -> list[Message]:
    """What is to be sent about reports now, and count it as sent."""
    found = await company.door.enter(breach_messages.collect(), DELIVERY)
    for one in found:
        await company.door.enter(
            breach_messages.delivered(one.name, "slack", f"D{one.person or one.account}", one.name), DELIVERY
        )
    return found


async def heard(company: Company) -> dict[str, list[str]]:
    """What was said to whom, by short name, or by account."""
    short = {who.person_id: name for name, who in company.people.items()}
    found: dict[str, list[str]] = {}
    for one in await messages(company):
        found.setdefault(short.get(one.person, one.account), []).append(one.card.summary)
    return found


async def tick(company: Company) -> int:
    """What the clock does for reports; how many were made or changed."""
    return await company.door.enter(clock.notice(), CLOCK) + await company.door.enter(clock.look(), CLOCK)


@dataclass(frozen=True)
class Page:
    """Somebody's page of a report."""

    company: Company
    report: str
    session: str

    async def read(self) -> HandlerView:
        return await self.company.door.enter(read_report(self.report, self.session), WEB)

    async def own(self) -> ReporterView:
        return await self.company.door.enter(reporting.read_own(self.report, self.session), WEB)

    async def do(self, kind: Handler[..., R], *told: Any, **more: Any) -> R:
        return await self.company.door.enter(kind(self.report, self.session, *told, **more), WEB)


async def page(company: Company, who: Visitor, name: str) -> Page:
    """Somebody presses Details (or Reply), and opens the page."""
    code = await company.door.enter(readers.link(name), who)
    found, session = await company.door.enter(readers.exchange(code), WEB)
    assert found == name
    return Page(company, name, session)


async def the_report(company: Company) -> str:
    """The id of the only report that there is."""
    return await company.database.read(_only)


def _only(store: Store) -> str:
    [one] = Breaches(store.session).all()
    return one.id


async def be_away(company: Company, who: Visitor, first: int = 0, last: int = 0) -> None:
    """Away from so many days from now, until so many days from now, as one says it at home."""
    today = company_day(POLICY, company.clock.now)
    days = today + timedelta(days=first), today + timedelta(days=last)
    await company.door.enter(away.say(*days, f"V{next(_keys)}"), who)
