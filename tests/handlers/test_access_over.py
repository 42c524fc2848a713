"""P7: who presses Listen too late reads how access ended, when, and what to do."""

from __future__ import annotations

import pytest

from handlers.access.intents import Expire, Withdraw
from handlers.acting import CLOCK
from handlers.listening import Listen
from tests.handlers.builders import Company, approved, refusal

AGAIN = "If you still need the calls, please ask again."


@pytest.mark.parametrize("closed", [False, True])
async def test_p7_access_that_ended_by_itself_was_not_withdrawn(company: Company, *, closed: bool) -> None:
    request = await approved(company)
    company.clock.pass_(days=8)
    if closed:
        await company.door.enter(Expire(request), CLOCK)
    refused = await refusal(company, Listen(request), company.anna)
    told = f"Your access ended by itself on Tue 1 Dec, 14:00 Sydney. {AGAIN}"
    assert (refused.code, str(refused)) == ("ended", told)


async def test_p7_access_that_somebody_ended_before_its_time_was_withdrawn(company: Company) -> None:
    request = await approved(company)
    company.clock.pass_(hours=1)
    await company.door.enter(Withdraw(request), company.tara)
    company.clock.pass_(days=365)
    refused = await refusal(company, Listen(request), company.anna)
    told = f"Your access was withdrawn on Tue 24 Nov 2026, 15:00 Sydney. {AGAIN}"
    assert (refused.code, str(refused)) == ("withdrawn", told)
