"""P8, P11: who is told that a copy went out, and what the customer and the company read of a day that is missed."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.customers.deciding_forms import LateForm
from handlers.customers.intents import deciding as intents
from tests.each import each
from tests.handlers.builders import Company, call, email, ledger, refusal, register
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
    tells,
)
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import lines, seen

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


async def test_p11_each_operator_hears_that_a_copy_went_out_and_has_no_veto(company: Company) -> None:
    [other] = await register(company.door, call(6, operator_name="Deven Okafor", operator_key=email("Deven Okafor")))
    request = await a_request(company, recordings=[str(one) for one in (*company.calls[:2], other)])
    await release(company, request)
    assert await tells(company, company.bram) == []
    await accepted(company)
    nothing = "Customers may have their own calls (P8), so there is nothing for you to do."
    assert await tells(company, company.bram) == [
        (f"A copy of 2 calls that you were on went out to the customer. {nothing}", "")
    ]
    [(words, _)] = await tells(company, company.deven)
    assert words.startswith("A copy of a call that you were on (Wed 18 Nov, 14:00 Sydney) went out to the customer.")


async def test_p11_of_a_link_that_only_lets_hear_it_says_so(company: Company) -> None:
    request = await a_request(company, wants="listen")
    await release(company, request)
    await accepted(company)
    [(words, _)] = await tells(company, company.bram)
    assert words.startswith(
        "The customer may now hear a call that you were on (Mon 23 Nov, 14:00 Sydney). Customers may"
    )


async def test_p11_it_is_told_once_however_often_it_goes(company: Company) -> None:
    request = await _sent(company)
    await company.door.enter(intents.Bounced(request), company.tara)
    await release(company, request)
    await accepted(company)
    assert len(await tells(company, company.bram)) == 1


async def test_p11_an_operator_who_left_is_passed_over_quietly(company: Company) -> None:
    def leave(store: object) -> None:
        store.people.get(company.bram.person_id).standing = "deactivated"  # type: ignore[attr-defined]

    await company.database.write(leave)
    await _sent(company)
    assert await tells(company, company.bram) == []


@each(("asker", "address"), [("operator", email("Bram Tolliver")), ("former", "bram@elsewhere.example")])
async def test_p11_where_an_operator_asked_nobody_is_told(company: Company, asker: str, address: str) -> None:
    await _sent(company, asker=asker, person="Bram Tolliver", address=address)
    assert await tells(company, company.bram) == []


@pytest.mark.parametrize("asker", ["operator", "former"])
async def test_p11_whose_call_was_among_them_hears_of_it_all_the_same(company: Company, asker: str) -> None:
    [other] = await register(company.door, call(6, operator_name="Deven Okafor", operator_key=email("Deven Okafor")))
    calls = [str(one) for one in (company.calls[0], other)]
    request = await a_request(
        company, asker=asker, person="Bram Tolliver", address="bram@elsewhere.example", recordings=calls
    )
    whoever = company.helena if asker == "operator" else company.tara
    caution = "1 of these calls was not with Bram Tolliver."
    assert any(caution in line for line in lines(await seen(company, request, whoever)))
    await release(company, request, whoever)
    await accepted(company)
    assert await tells(company, company.bram) == []
    [(words, _)] = await tells(company, company.deven)
    assert words.startswith("A copy of a call that you were on")


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


async def test_p11_an_operator_whom_the_bot_never_met_is_told_by_address(company: Company) -> None:
    never = email("Nora Never")
    [one] = await register(company.door, call(7, operator_name="Nora Never", operator_key=never))
    await _sent(company, recordings=[str(one)])
    ids = await company.database.read(lambda store: store.people.with_keys([never]))
    told = [row for row in await ledger(company) if row.kind == "tell" and row.person_id == ids[never].id]
    [only] = told
    assert only.payload["words"].startswith("A copy of a call that you were on")
