"""The weekly card says it where the log was verified without the journal (C2)."""

from __future__ import annotations

from datetime import timedelta

from handlers.weekly.intents import Verified
from tests.handlers.builders import Company
from tests.handlers.weekly.acts import MONDAY, card_of_the_week, text


async def test_c2_a_log_that_was_not_compared_with_its_checkpoints_is_told_as_such(company: Company) -> None:
    alone = await card_of_the_week(company, verified=Verified(3, 0, MONDAY, compared=False))
    told = await text(company, company.helena, alone)
    assert "The log: verified to entry 3, not compared with its checkpoints" in told
    assert (
        "the journal outside the database can't be read, or lacks them. Please have whoever runs me look for it."
        in told
    )
    broken = await card_of_the_week(company, MONDAY + timedelta(days=7), Verified(3, 1, MONDAY, compared=False))
    told = await text(company, company.helena, broken)
    assert "verified to entry 3, 1 thing did not fit, not compared with its checkpoints" in told
    assert "1 thing of what is stored does not fit the log" in told
    assert "What is stored fits the log" not in told
