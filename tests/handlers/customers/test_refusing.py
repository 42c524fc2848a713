"""A refusal has a reason from the policy's list, goes by letter, and never tells whether a call exists (P5, P8)."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.acting import Actor
from handlers.declined import deciding
from storage.tables.calls import Declined
from tests.each import each
from tests.handlers.builders import UK, Company, call, refusal, register
from tests.handlers.customers.acts import a_request, stored, viewed
from tests.handlers.customers.releasing import (
    accepted,
    as_shown,
    body,
    envelope,
    logged,
    mails,
    nothing_to_collect,
    preview,
    refuse,
    refusing,
    releasing,
    tells,
)
from tests.handlers.declined.acts import afterwards, narrow, states
from tests.handlers.holds.acts import hold, old_call, to_its_moment
from tests.handlers.reading import lines, seen
from tests.moments import NOW

pytestmark = pytest.mark.long

THERE = "We still have that recording, locked, so please don’t tell the customer that we have none."


async def _seen(company: Company, request: str) -> str:
    return (await viewed(company, request)).shown_mark


async def _refused(company: Company, refusal: str = "no_call", **more: Any) -> str:
    """The letter of a request that Tara refuses."""
    request = await a_request(company, **more)
    await refuse(company, request, refusal)
    [mail] = await mails(company, request)
    assert mail.next_at == company.clock.now
    letter = await envelope(company, mail)
    await accepted(company)
    return body(letter)


async def test_p8_the_letter_says_what_why_and_where_to_complain(company: Company) -> None:
    told = await _refused(company, "not_identified")
    assert told == (
        "To: mara.ellis@customer.example\nSubject: Your request for a recorded call\n\nDear Mara Ellis,\n\n"
        "On Tue 24 Nov 2026 you asked us for a recorded call. We can’t provide it, for this reason:\n\n"
        "We could not make sure who is asking.\n\n"
        "If you do not agree, you may complain, depending on which number you phoned:\n\n"
        "Australia and New Zealand: The Office of the Australian Information Commissioner, oaic.gov.au\n"
        "UK, Europe and North America: The Information Commissioner’s Office, ico.org.uk\n\n"
        "How we handle personal data: https://fernhill.example/privacy"
    )


async def test_p8_not_yours_and_none_there_are_one_letter_whatever_was_found(company: Company) -> None:
    """Byte for byte: of somebody else's call, of several, of one on the other line, and of none; at once in each case."""
    [abroad] = await register(company.door, call(5, line=UK, caller="+442079460000"))
    somebodys = await _refused(company)
    several = await _refused(company, recordings=[str(one) for one in company.calls])
    elsewhere = await _refused(company, recordings=[str(abroad)])
    none = await _refused(company, recordings=[])
    assert somebodys == several == elsewhere == none


async def test_p8_of_calls_past_twelve_months_it_speaks_of_a_day_and_of_no_call(company: Company) -> None:
    there = await old_call(company)
    request = await a_request(company, recordings=[str(there)], received_on="2026-11-24")
    await to_its_moment(company, there)
    await refuse(company, request, "erased")
    [mail] = await mails(company, request)
    there_was = body(await envelope(company, mail))
    await accepted(company)
    none = await _refused(company, "erased", recordings=[], received_on="2026-11-24")
    assert there_was == none
    # It was still Monday in London.
    assert (
        "We erase a recording after 12 months, or sooner if the caller asked not to be recorded."
        " Calls before Sun 23 Nov 2025 are erased." in none
    )


async def test_p5_the_letter_of_a_call_erased_after_a_decline_speaks_of_no_twelve_months(company: Company) -> None:
    """And it is the same letter for a call that is older, since none may tell which it was."""
    request = await a_request(company)
    matter = await afterwards(company)
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    await refuse(company, request, "erased")
    [mail] = await mails(company, request)
    told = body(await envelope(company, mail))
    assert "Any recording that fits what you told us is erased already." in told
    assert "after 12 months, or sooner if the caller asked not to be recorded." in told
    await accepted(company)
    assert told == await _refused(company, "erased", recordings=[])


async def test_p8_a_refusal_is_answered_once_the_server_has_it(company: Company) -> None:
    request = await a_request(company)
    await refuse(company, request)
    row = await stored(company, request)
    assert (row.state, row.outcome, row.refusal, row.answered_at) == ("sending", "refused", "no_call", None)
    company.clock.pass_(minutes=1)
    await accepted(company)
    row = await stored(company, request)
    assert (row.state, row.answered_at) == ("answered", NOW + timedelta(minutes=1))
    assert [one.link for one in await mails(company, request)] == [""]
    assert await tells(company, company.bram) == []
    [(words, button)] = await tells(company, company.anna)
    assert (words, button) == ("The answer is on its way to the customer. Press Details to follow it.", "details")


async def test_p8_only_reasons_of_the_policy_count(company: Company) -> None:
    request = await a_request(company)
    refused = await refusal(company, refusing(request, "because", await _seen(company, request)), company.tara)
    assert set(refused.fields) == {"refusal"}


@each("address", ["", "mara.ellis@customer.example"])
async def test_p8_where_no_mail_can_go_somebody_says_how_they_were_told(company: Company, address: str) -> None:
    company.door.copies_at = "" if address else company.door.copies_at
    request = await a_request(company, address=address)
    refused = await refusal(company, refusing(request, seen=await _seen(company, request)), company.tara)
    assert set(refused.fields) == {"told"}
    assert ("mail is not set up" if address else "no e-mail address") in refused.fields["told"]
    await refuse(company, request, told="By post on 24 November.")
    row, view = await stored(company, request), await viewed(company, request)
    assert (row.state, row.outcome, row.answered_at) == ("answered", "refused", NOW)
    assert view.known is not None
    assert [(one.kind, one.words) for one in view.known.remarks] == [("told_otherwise", "By post on 24 November.")]
    assert await nothing_to_collect(company)
    detail = await logged(company, request, "refuse")
    assert (detail["refusal"], detail["told"]) == ("no_call", "otherwise")
    assert "post" not in str(detail)
    assert any("told them without mail" in words for words, _ in await tells(company, company.anna))


async def _warned(company: Company, request: str, who: Actor) -> bool:
    return any(THERE in one for one in lines(await seen(company, request, who)))


async def _revision(company: Company, matter: str) -> int:
    row = await company.database.read(lambda store: store.matters.of_kind(Declined, matter))
    assert row is not None
    return row.revision


async def test_p8_a_call_kept_after_a_decline_joins_the_request_for_its_number(company: Company) -> None:
    """The card said that it can be released once it is kept, and then that it names no call."""
    matter = await afterwards(company)
    before = await _revision(company, matter)
    request = await a_request(company, recordings=["number:+61412345671"])
    assert await _revision(company, matter) > before, "the Head's card says from now on that something keeps it"
    assert await _warned(company, request, company.tara)
    keep = deciding.KeepForm.read({"reason": "agreed"})
    await company.door.enter(deciding.decide_to_keep(matter, keep), company.helena)
    assert not await _warned(company, request, company.tara)
    await company.door.enter(releasing(request, await _seen(company, request)), company.tara)
    assert [one.id for one in (await viewed(company, request)).recordings] == company.calls[:1]


@pytest.mark.parametrize("erased", [True, False])
async def test_p8_the_releaser_reads_of_a_call_that_nobody_could_name(company: Company, erased: bool) -> None:
    """It was to be erased and a hold keeps it, or it is of a department that the person who filed may not search."""
    await hold(company, company.helena)
    matter = await afterwards(company)
    if erased:
        await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    else:
        narrow(company)
    request = await a_request(company, recordings=["number:+61412345671"])
    assert (await viewed(company, request)).recordings == []
    told = "It is locked and can’t be released" if erased else THERE
    assert len([one for one in lines(await seen(company, request, company.tara)) if told in one]) == 1


async def test_p8_the_releaser_reads_that_a_named_call_is_still_there(company: Company) -> None:
    request = await a_request(company)
    assert not await _warned(company, request, company.tara)
    await afterwards(company)
    assert await states(company, company.calls[0]) == ["declined"]
    assert await _warned(company, request, company.tara)
    assert not await _warned(company, request, company.anna)
    refused = await refusal(company, releasing(request), company.tara)
    assert (refused.code, "It is still there" in str(refused)) == ("locked", True)
    assert THERE in await preview(company, "customer_refuse", await as_shown(company, request), company.tara)
