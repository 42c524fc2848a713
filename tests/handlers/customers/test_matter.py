"""A customer's request is a matter like any other: who can't be reached is passed over, and roles are looked at anew (P8)."""

from __future__ import annotations

from dataclasses import replace

from tests.handlers.builders import POLICY, Company, email
from tests.handlers.customers.acts import a_request, viewed
from tests.handlers.reading import lines, seen


async def test_p8_who_was_asked_and_decides_no_more_reads_no_reason(company: Company) -> None:
    """Until the clock has looked, a card may stand with somebody whose role is another's by now."""
    request = await a_request(company)
    leader = POLICY.role("team_leader").model_copy(update={"holder": email("Miles Fairweather"), "deputies": ()})
    company.door.policy = POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"team_leader": leader})})
    told = lines(await seen(company, request, company.tara))
    assert told[0] == "⏳ Customer’s request · waiting for Cora Bellamy"
    assert "If it runs late, that stays on record." in told
    assert replace(await viewed(company, request)).clause == "P8"
