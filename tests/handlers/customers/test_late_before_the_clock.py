"""P8: a day that was missed is on record whoever comes upon it first: the clock, or whoever answers or withdraws it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.customers.intents import Arrived
from tests.handlers.builders import Company, audit
from tests.handlers.customers.acts import a_request, stored, withdrawing
from tests.handlers.customers.releasing import accepted, logged, not_known, refusing, release
from tests.handlers.passing_time import fall

pytestmark = pytest.mark.long

SYDNEY = ZoneInfo("Australia/Sydney")
DUE = datetime(2026, 12, 3, 17, tzinfo=SYDNEY)


async def _missed(company: Company, request: str) -> None:
    """It is so now, and after the clock; in one entry alone."""
    await fall(company)
    assert (await stored(company, request)).missed_at == DUE
    entries = [one[1] for one in await audit(company, request) if "missed" in one[4]]
    assert len(entries) == 1


async def test_p8_a_mail_that_is_accepted_late_was_late(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    company.clock.now = DUE + timedelta(minutes=1)
    await accepted(company)
    assert (await logged(company, request, "accepted"))["missed"]
    await _missed(company, request)


async def test_p8_at_the_due_moment_itself_it_is_in_time(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    company.clock.now = DUE
    await accepted(company)
    company.clock.pass_(days=1)
    await fall(company)
    assert (await stored(company, request)).missed_at is None


async def test_p8_a_refusal_told_on_paper_after_the_day_was_late(company: Company) -> None:
    request = await a_request(company, address="")
    company.clock.now = DUE + timedelta(minutes=1)
    await company.door.enter(refusing(request, told="By post."), company.tara)
    await _missed(company, request)


async def test_p8_what_arrived_by_somebodys_word_after_the_day_was_late(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await not_known(company)
    company.clock.now = DUE + timedelta(minutes=1)
    await company.door.enter(Arrived(request), company.tara)
    await _missed(company, request)


async def test_p8_withdrawn_after_its_day_it_was_late_all_the_same(company: Company) -> None:
    request = await a_request(company)
    company.clock.now = DUE + timedelta(minutes=1)
    await company.door.enter(withdrawing(request, "2026-12-03"), company.anna)
    await _missed(company, request)


async def test_p8_answered_in_time_and_withdrawn_later_it_is_not_late(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await accepted(company)
    company.clock.now = DUE + timedelta(minutes=1)
    await company.door.enter(withdrawing(request, "2026-12-03"), company.anna)
    await fall(company)
    assert (await stored(company, request)).missed_at is None
