"""P8, P11: who is told that a copy went out, and what the customer and the company read of a day that is missed."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.customers import intents
from handlers.customers.forms import LateForm
from tests.handlers.builders import Company, refusal
from tests.handlers.customers.acts import a_request, stored, viewed
from tests.handlers.customers.releasing import (
    accepted,
    body,
    envelope,
    late,
    logged,
    mails,
    not_known,
    preview,
    release,
)
from tests.handlers.passing_time import pass_until

pytestmark = pytest.mark.long


async def _sent(company: Company, **more: Any) -> str:
    request = await a_request(company, **more)
    await release(company, request)
    await accepted(company)
    return request


async def test_p8_of_a_word_that_it_is_late_the_same_is_asked(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(late(request), company.tara)
    await not_known(company)
    await company.door.enter(intents.SendAgain(request), company.tara)
    assert (await stored(company, request)).state == "waiting"
    await not_known(company)
    await company.door.enter(intents.Arrived(request), company.tara)
    [mail] = await mails(company, request)
    assert (mail.state, (await stored(company, request)).state) == ("accepted", "waiting")


async def test_p8_after_the_old_day_a_bounce_is_late_at_once(company: Company) -> None:
    request = await _sent(company)
    company.clock.pass_(days=20)
    await company.door.enter(intents.Bounced(request), company.tara)
    await pass_until(company, company.clock.now)
    row = await stored(company, request)
    assert row.missed_at == row.due_at


async def test_p8_the_customer_reads_why_it_is_late_and_the_clock_stays(company: Company) -> None:
    request = await a_request(company)
    due = (await stored(company, request)).due_at
    await company.door.enter(late(request), company.tara)
    [mail], view = await mails(company, request), await viewed(company, request)
    told = body(await envelope(company, mail))
    assert "Our answer takes longer than it should" in told
    assert "The reason: The recorder was away." in told
    assert "You hear from us by Tue 8 Dec 2026." in told
    assert (mail.kind, view.request.due_at, view.request.state) == ("late", due, "waiting")
    assert view.known is not None
    assert view.known.remarks[-1].words == "The recorder was away.\nAn answer by Tue 8 Dec 2026."
    assert "recorder" not in str(await logged(company, request, "tell_late"))


async def test_p8_a_day_that_is_past_is_no_day_to_promise(company: Company) -> None:
    request = await a_request(company)
    assert set((await refusal(company, late(request, "2026-11-23"), company.tara)).fields) == {"day"}


async def test_p8_without_an_address_nobody_can_be_told(company: Company) -> None:
    request = await a_request(company, address="")
    company.door.copies_at = ""
    refused = await refusal(company, late(request), company.tara)
    assert "no e-mail address" in str(refused)
    assert "Mail is not set up" in str(refused)


async def test_p8_the_letter_stands_above_the_form(company: Company) -> None:
    request = await a_request(company)
    told = await preview(company, LateForm.name, request)
    assert "The reason: [your words]" in told
    assert "You hear from us by [the day]." in told
