"""What is to be sent of reports, and how it stands."""

from __future__ import annotations

from typing import Any

from handlers.acting import DELIVERY
from handlers.breach import messages
from handlers.breach.messages import Message
from handlers.cards import Actions, Card
from storage.breaches import Breaches
from storage.database.store import Store
from storage.tables.breaches import ReportPart
from tests.handlers.builders import Company

ALERT = "A confidential report has come in."
OVER = "This is no longer for you to look after. There is nothing to do."


async def collected(company: Company) -> list[Message]:
    return await company.door.enter(messages.collect(), DELIVERY)


async def undelivered(company: Company, name: str, **more: Any) -> None:
    await company.door.enter(messages.undelivered(name, **{"gone": False, **more}), DELIVERY)


async def notices(company: Company) -> list[ReportPart]:
    def look(store: Store) -> list[ReportPart]:
        found = Breaches(store.session).messages()
        store.session.expunge_all()
        return found

    return await company.database.read(look)


async def states(company: Company) -> list[str]:
    return sorted(one.kind for one in await notices(company))


def buttons(card: Card) -> list[str]:
    return [one.label for part in card.parts if isinstance(part, Actions) for one in part.buttons]


def to(company: Company, found: list[Message], who: str) -> Message:
    [one] = [one for one in found if one.person == company.people[who].person_id]
    return one
