"""What `recording-steward check` finds of people whom the policy names and who can't be reached, as the weekly digest tells it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from bot.commands.entered_absences import as_stored
from bot.commands.findings import Finding
from handlers.acting import counting
from handlers.policy import Policy
from handlers.reach import unreached
from handlers.rules.access import company_day
from storage.database.store import Store


async def of_reach(url: str, policy: Policy | None, now: datetime) -> AsyncIterator[Finding]:
    """A note for each, by what is stored at `now` (aware); nothing where no database can be asked, which is told elsewhere."""
    found = await as_stored(url, lambda store: _told(store, policy, now)) if policy is not None else ""
    if isinstance(found, str):
        return
    for words in found:
        yield Finding("reach", True, words, note=True)
    if not found:
        yield Finding("reach", True, "nobody whom the policy names is known to be out of reach")


def _told(store: Store, policy: Policy, now: datetime) -> list[str]:
    day = company_day(policy, now)
    return unreached(store, counting(store, policy, day), day)
