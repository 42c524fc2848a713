"""What `recording-steward check` finds of who is away: which absences count, and which roles nobody fills meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from bot.commands.entered_absences import entered
from bot.commands.findings import Finding
from handlers.policy import Policy
from handlers.rules.absences import unfilled
from handlers.rules.access import company_day
from handlers.words import day_words

REMEDY = "Name a deputy in the policy file, or ask one of those who are away."


async def of_absences(url: str, policy: Policy | None, now: datetime) -> AsyncIterator[Finding]:
    """Those of the policy file, where that can be read, and those entered at home, by the company's day at `now` (aware)."""
    if policy is None:
        return
    today = company_day(policy, now)
    found = await entered(url, policy, today)
    if found.without:
        yield Finding("absences", True, found.without, note=True)
    else:
        yield Finding("absences", True, f"{found.number} entered at home count beside those of the policy file")
    for gap in unfilled(found.policy, today):
        since = "today" if gap.since == today else f"on {day_words(gap.since, today)}"
        yield Finding(f"role {gap.role}", True, f"nobody fills it {since}. {REMEDY}", note=True)
