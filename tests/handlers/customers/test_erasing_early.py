"""P8, P12: what a customer asks to have erased early goes the way of every erasure, and nothing that is kept goes with it."""

from __future__ import annotations

import pytest

from handlers.access.intents import Approve
from handlers.access.intents import Withdraw as WithdrawAccess
from handlers.acting import CLOCK
from handlers.cards import Card
from handlers.customers.deciding_forms import EraseForm, RefuseErasureForm
from handlers.customers.intents.deciding import Bounced, EndLink, Release
from handlers.retention.certificate import certificate
from handlers.retention.intents import Close
from handlers.rules.customer_release import KEPT
from handlers.rules.refusal import Refused
from tests.erasing import newest_erasure
from tests.handlers.builders import CLAIM, Company, ask, refusal
from tests.handlers.customers.acts import a_request, stored, withdrawing
from tests.handlers.customers.releasing import (
    accepted,
    as_shown,
    body,
    envelope,
    erase,
    erasing,
    fetched,
    links,
    logged,
    mails,
    not_taken,
    preview,
    refusing,
    release,
    tells,
)
from tests.handlers.holds.acts import asked_to_delete, certified, close, hold, kept, old_call, tick
from tests.handlers.reading import labels, lines, looking, seen
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def _closed(company: Company) -> None:
    """The clock, seconds later."""
    now = company.clock.now
    for one in await company.database.read(lambda store: store.erasures.to_close(now, 10)):
        await company.door.enter(Close(one), CLOCK)


async def _erasure(company: Company, recording: int) -> str:
    found = await company.database.read(lambda store: newest_erasure(store, recording))
    assert found is not None
    assert found.why == "asked_early"
    return found.id


async def _state(company: Company, recording: int) -> str:
    found = await company.database.read(lambda store: store.recordings.get(recording))
    assert found is not None
    return found.state


async def test_p8_the_head_has_it_erased_and_the_customer_reads_so(company: Company) -> None:
    request, recording = await a_request(company, wants="erasure"), company.calls[0]
    assert (await refusal(company, erasing(request), company.tara)).code == "not_approver"
    await erase(company, request)
    found = await company.database.read(lambda store: store.recordings.get(recording))
    assert found is not None
    assert found.closed(company.clock.now)
    [mail], row = await mails(company, request), await stored(company, request)
    assert (mail.kind, row.state, row.outcome, await links(company, request)) == ("erased", "sending", "erased", [])
    assert "is being erased for good" in body(await envelope(company, mail))
    await accepted(company)
    assert (await stored(company, request)).state == "answered"
    assert await tells(company, company.bram) == []


async def test_p12_its_certificate_says_that_the_customer_asked_for_it(company: Company) -> None:
    request, recording = await a_request(company, wants="erasure"), company.calls[0]
    await erase(company, request)
    await _closed(company)
    erasure = await _erasure(company, recording)
    assert await asked_to_delete(company, erasure)
    await certified(company, erasure)
    page = await looking(company, company.helena, lambda act: certificate(act, erasure))
    told = lines(Card(page.parts, ""))
    assert any(one.startswith("The customer asked for it, before its time was over") for one in told)
    assert await _state(company, recording) == "erased"


async def test_p8_what_is_said_first_is_that_it_can_not_be_undone(company: Company) -> None:
    request = await a_request(company, wants="erasure")
    told = await preview(company, EraseForm.name, await as_shown(company, request), company.helena)
    assert "closed to everybody at once and erased for good. This can’t be undone." in told
    assert "To: mara.ellis@customer.example" in told


async def test_p12_a_call_that_is_held_is_not_erased_and_nothing_of_the_case_is_told(company: Company) -> None:
    await hold(company, company.helena)
    request = await a_request(company, wants="erasure", recordings=[str(one) for one in company.calls[:2]])
    form = EraseForm.read({"words": "It may go."})
    refused = await refusal(company, Release.of(await as_shown(company, request), form), company.helena)
    assert (refused.code, refused.clause) == ("kept", "P12")
    assert "hold" not in str(refused).lower()
    assert "Claim" not in str(refused)
    assert "Press Refuse" in str(refused)
    assert {await _state(company, one) for one in company.calls} == {"present"}
    assert await mails(company, request) == []


async def test_p12_the_log_names_the_calls_and_its_own_words_by_a_mark(company: Company) -> None:
    request = await a_request(company, wants="erasure")
    await erase(company, request)
    detail = await logged(company, request, "release")
    assert detail["recordings"] == company.calls[:1]
    assert "Nothing else needs it" not in str(detail)


async def _stopped(company: Company, request: str) -> None:
    """Erase is refused in words that tell nothing of why, and nothing goes."""
    form = EraseForm.read({"words": "Nothing else needs it."})
    refused = await refusal(company, Release.of(await as_shown(company, request), form), company.helena)
    assert (refused.code, refused.clause, str(refused)) == ("kept", "P12", KEPT)
    assert await _state(company, company.calls[0]) == "present"


async def test_p12_another_customers_open_request_for_it_comes_first(company: Company) -> None:
    other = await a_request(company, by=company.miles, person="Mara Ellis")
    request = await a_request(company, wants="erasure", person="Ivo Brandt", address="ivo@elsewhere.example")
    await _stopped(company, request)
    await company.door.enter(withdrawing(other), company.miles)
    await erase(company, request)
    assert (await stored(company, request)).state == "sending"


async def test_p12_a_link_by_which_it_was_not_fetched_comes_first(company: Company) -> None:
    other = await a_request(company, by=company.miles)
    await release(company, other)
    request = await a_request(company, wants="erasure", person="Ivo Brandt", address="ivo@elsewhere.example")
    await _stopped(company, request)
    await accepted(company)
    await _stopped(company, request)
    await company.door.enter(EndLink(other), company.tara)
    await _stopped(company, request)  # it waits again
    await company.door.enter(withdrawing(other), company.miles)
    await erase(company, request)


async def test_p12_what_was_fetched_needs_it_no_more(company: Company) -> None:
    other = await a_request(company, by=company.miles)
    await release(company, other)
    await fetched(company, other, await accepted(company))
    await erase(company, await a_request(company, wants="erasure"))


async def test_p12_a_request_of_staff_comes_first_while_it_waits_and_while_it_gives_access(company: Company) -> None:
    waiting = await ask(company, company.ruth, calls=company.calls[:1], reason="training")
    request = await a_request(company, by=company.miles, wants="erasure")
    await _stopped(company, request)
    await company.door.enter(Approve(waiting), company.tara)
    await _stopped(company, request)
    await company.door.enter(WithdrawAccess(waiting), company.ruth)
    await erase(company, request)
    await _closed(company)
    assert await _erasure(company, company.calls[0])


async def test_p12_an_investigation_comes_first(company: Company) -> None:
    await ask(company, company.ruth, **CLAIM)
    await _stopped(company, await a_request(company, by=company.miles, wants="erasure"))


async def test_p12_who_wants_it_erased_as_well_stops_nothing(company: Company) -> None:
    """Each would wait for the other for ever."""
    other = await a_request(company, by=company.miles, wants="erasure", address="ivo@elsewhere.example", person="Ivo")
    first = await a_request(company, wants="erasure", recordings=[str(one) for one in company.calls[:2]])
    assert first != other
    await erase(company, first)
    await erase(company, other)


async def test_p12_a_call_past_its_moment_goes_once_this_request_keeps_it_no_more(company: Company) -> None:
    recording = await old_call(company)
    request = await a_request(company, wants="erasure", recordings=[str(recording)])
    erasure = await close(company, recording)
    assert await kept(company, recording)
    await erase(company, request)
    assert not await kept(company, recording)
    await tick(company)
    assert await asked_to_delete(company, erasure)


async def test_p8_a_letter_that_was_not_taken_goes_again_though_the_calls_are_gone(company: Company) -> None:
    request = await a_request(company, wants="erasure")
    await erase(company, request)
    await not_taken(company)
    assert (await stored(company, request)).state == "waiting"
    await _closed(company)
    before = await _erasure(company, company.calls[0])
    await erase(company, request)
    await _closed(company)
    assert await _erasure(company, company.calls[0]) == before
    await accepted(company)
    assert (await stored(company, request)).state == "answered"


async def _came_back(company: Company) -> str:
    """Erased early, and its letter came back."""
    request = await a_request(company, wants="erasure")
    await erase(company, request)
    await _closed(company)
    await accepted(company)
    await company.door.enter(Bounced(request), company.helena)
    return request


async def test_p8_what_is_erased_can_not_be_refused_and_its_letter_goes_again(company: Company) -> None:
    request = await _came_back(company)
    offered = labels(await seen(company, request, company.helena))
    assert (offered[0], "Refuse" in offered) == ("Erase", False)
    told = await refusal(company, refusing(request, "keep"), company.helena)
    assert (told.code, str(told)) == (
        "erased", "These calls are erased already, as the customer asked, so this can’t be refused any more. Press Erase: the letter goes again.",
    )  # fmt: skip
    with pytest.raises(Refused, match="erased already"):
        await preview(company, RefuseErasureForm.name, await as_shown(company, request), company.helena)
    company.clock.pass_(seconds=1)
    await erase(company, request)
    assert "is being erased for good" in body(await accepted(company))
    row = await stored(company, request)
    assert (row.state, row.outcome, row.refusal) == ("answered", "erased", "")
    assert await findings(company.database) == []


async def test_p12_where_a_hold_keeps_it_since_then_a_refusal_is_true_again(company: Company) -> None:
    """Its audio is there, and Erase is refused: something has to be left that ends the request."""
    request = await _came_back(company)
    await hold(company, company.helena)
    assert "Refuse" in labels(await seen(company, request, company.helena))
    assert (
        await refusal(
            company,
            Release.of(await as_shown(company, request), EraseForm.read({"words": "It may go."})),
            company.helena,
        )
    ).code == "kept"
    await company.door.enter(refusing(request, "keep"), company.helena)
    await accepted(company)
    row = await stored(company, request)
    assert (row.state, row.outcome, row.refusal) == ("answered", "refused", "keep")
    assert await findings(company.database) == []
