"""Whoever released a customer's request leaves or goes away, in a line each (P8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import MATTERS
from handlers.acting import CLOCK
from tests.handlers.builders import NAMES, POLICY, Company, account, meet
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import (
    not_known,
    release,
)
from tests.handlers.passing_time import delivered
from tests.handlers.reading import card_of, labels

ALONE = POLICY.model_copy(update={"customers": POLICY.customers.model_copy(update={"handlers": ()})})
"""The team leader alone releases, and whoever deputises."""
SYDNEY = ZoneInfo("Australia/Sydney")
NOT_KNOWN = ["Send again", "It arrived", "It bounced", "Details"]


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SYDNEY).astimezone(UTC)


async def looked(company: Company) -> None:
    """A minute later the clock looks at whatever waits for somebody, as it does with each day and each change of who is there."""
    company.clock.now += timedelta(minutes=1)
    for kind in MATTERS:
        for one in await company.database.read(kind.waiting):
            await company.door.enter(kind.recheck(one), CLOCK)


async def leaves(company: Company, *names: str) -> None:
    """Their accounts are deactivated, as the platform tells."""
    for name in names:
        await meet(company.door, account(f"U{name.upper()}", NAMES[name], "deactivated"))
    await looked(company)


async def in_doubt(company: Company) -> str:
    request = await a_request(company)
    await release(company, request)
    await not_known(company)
    await delivered(company)
    return request


async def buttons_of(company: Company, request: str, who: str) -> list[str]:
    card = await card_of(company, request, company.people[who])
    return labels(card) if card is not None else []
