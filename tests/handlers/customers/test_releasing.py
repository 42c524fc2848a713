"""What is confirmed before a call goes out and the mail that brings its link; a refusal by letter that never tells whether a call exists (P5, P8)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers import recordings
from handlers.acting import CLOCK, WEB, Actor
from handlers.customers import links as customers_links
from handlers.customers import steps
from handlers.customers.forms import RefuseForm, ReleaseForm, WeighedForm, release_form
from handlers.declined import deciding
from handlers.room import Given
from handlers.rules import Refused
from storage.tables.calls import Declined
from tests.each import each
from tests.handlers.builders import POLICY, UK, Company, call, quiet, refusal, register
from tests.handlers.customers.acts import a_request, addressing, known_of, stored, viewed, withdrawing
from tests.handlers.customers.releasing import (
    accepted,
    as_shown,
    body,
    envelope,
    let_in,
    logged,
    mails,
    nothing_to_collect,
    passcode,
    preview,
    refuse,
    refusing,
    release,
    releasing,
    tells,
)
from tests.handlers.declined.acts import afterwards, narrow, states
from tests.handlers.forgetting.words import destroy_key
from tests.handlers.holds.acts import hold, old_call, to_its_moment
from tests.handlers.reading import labels, lines, seen
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def test_p8_link_mail_and_decision_are_one_commit(company: Company) -> None:
    await hold(company, company.helena)  # which stops no copy
    request = await a_request(company)
    await release(company, request)
    row, [letter] = await stored(company, request), await mails(company, request)
    assert (row.state, row.outcome, row.decided_by, row.decided_at) == (
        "sending", "released", company.tara.person_id, NOW,
    )  # fmt: skip
    assert row.decided_as == "Customer Success Specialist Team Leader"
    assert (row.answered_at, row.closed_at) == (None, None)
    assert (letter.link, letter.gives, letter.ends_at) == ("live", "copy", NOW + timedelta(days=14))
    assert (letter.state, letter.next_at) == ("waiting", NOW)
    due = await company.database.read(lambda store: store.deadlines.coming(steps.end_expired_links.action, request))
    assert due == letter.ends_at


async def test_p8_the_mail_has_the_link_and_no_content_and_the_preview_is_the_mail(company: Company) -> None:
    request = await a_request(company)
    told = await preview(company, ReleaseForm.name, await as_shown(company, request))
    await release(company, request)
    [mail] = await mails(company, request)
    letter = await envelope(company, mail)
    assert letter.to == "mara.ellis@customer.example"
    assert letter.written.link.startswith("https://steward.example/copy#")
    for hidden in ("412345671", "Bram", "CS-1044", "incoming", "Australia"):
        assert hidden not in body(letter)
    assert mail.message_id.endswith("@fernhill.example>")
    assert told.startswith(
        "To: mara.ellis@customer.example\nSubject: Your call with Fernhill Telecare\n\nDear Mara Ellis,"
    )
    assert told.startswith(body(letter).replace("\n\nIf you did", "\n\n[Open the page]\n\nIf you did"))


@each(
    ("told", "code", "says"),
    [
        ({"check": "none"}, "not_identified", "how the requester’s identity was checked"),
        ({"address": "", "person": "Ned Ellis"}, "no_address", "no e-mail address yet. Press Add the address"), ({"recordings": []}, "no_call", "names no call"),
    ],
)  # fmt: skip
async def test_p8_what_is_missing_is_said(company: Company, told: dict[str, Any], code: str, says: str) -> None:
    request = await a_request(company, **told)
    refused = await refusal(company, releasing(request), company.tara)
    assert (refused.code, says in str(refused)) == (code, True)
    assert ((await stored(company, request)).state, await mails(company, request)) == ("waiting", [])


async def test_p8_without_mail_filing_works_and_release_says_what_is_missing(company: Company) -> None:
    company.door.copies_at = ""
    refused = await refusal(company, releasing(await a_request(company)), company.tara)
    assert (refused.code, "E-mail isn’t set up here" in str(refused)) == ("no_mail", True)


@pytest.mark.by_hand
async def test_p8_what_is_gone_is_not_released_nor_what_no_one_knows_any_more(company: Company) -> None:
    request, other = await a_request(company), await a_request(company, recordings=[f"{company.calls[1]}"])
    await register(company.door, call(1, stamp="gone"))
    await company.door.enter(recordings.register_calls("file", (), ["call-1"]), CLOCK)
    refused = await refusal(company, releasing(request), company.tara)
    assert (refused.code, "Press Refuse" in str(refused)) == ("erased", True)
    await destroy_key(company, other)
    assert (await refusal(company, releasing(other), company.tara)).code == "forgotten"


async def test_p8_pressed_twice_it_is_released_once(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await quiet(company, releasing(request), company.tara)
    refused = await refusal(company, releasing(request), company.cora)
    assert "already released by Tara Lindqvist, and its e-mail is on its way" in str(refused)
    assert len(await mails(company, request)) == 1


async def test_p8_another_voice_is_weighed_in_words_that_stay(company: Company) -> None:
    for answers, kind in (({}, ReleaseForm), ({"voices": "may_hear"}, WeighedForm)):
        assert release_form(Given(POLICY, NOW, "", answers)) is kind
    with pytest.raises(Refused) as refused:
        WeighedForm.read({"voices": "may_hear"})
    assert set(refused.value.fields) == {"weighed"}
    request = await a_request(company)
    await release(company, request, voices="may_hear", weighed="Her son only says hello.")
    remarks = (await known_of(company, request)).remarks
    assert [(one.kind, one.words) for one in remarks] == [("another_voice", "Her son only says hello.")]


async def test_p8_listening_instead_of_a_copy_is_a_link_that_gives_none(company: Company) -> None:
    """What is above the form is drawn once, and the choice comes after it, so the preview has its words as well."""
    request = await a_request(company)
    told = await preview(company, ReleaseForm.name, await as_shown(company, request))
    await release(company, request, voices="listen_only")
    [letter] = await mails(company, request)
    written = (await envelope(company, letter)).written
    assert (letter.gives, "because someone else is heard" in " ".join(written.paragraphs)) == ("listen", True)
    assert all(one in told for one in written.paragraphs)


async def _while_the_form_is_open(company: Company, form: str, change: Callable[[str], Awaitable[object]]) -> str:
    """The releaser has looked, and something else is written down before the button is pressed."""
    request = await a_request(company)
    about = await as_shown(company, request)
    seen = about.partition(":")[2]
    await preview(company, form, about)
    await change(request)
    wanted = releasing(request, seen) if form == ReleaseForm.name else refusing(request, seen=seen)
    refused = await refusal(company, wanted, company.tara)
    assert (refused.code, await mails(company, request)) == ("not_as_shown", [])
    with pytest.raises(Refused, match="look again"):
        await preview(company, form, about)
    return request


async def test_p8_an_address_that_was_swapped_after_the_preview_gets_no_mail(company: Company) -> None:
    async def swap(request: str) -> None:
        await company.door.enter(addressing(request, "anna.private@elsewhere.example"), company.anna)

    for form in (ReleaseForm, RefuseForm):
        request = await _while_the_form_is_open(company, form.name, swap)
        await company.door.enter(withdrawing(request), company.anna)
        assert await mails(company, request) == []


async def _over(company: Company) -> str:
    """A request whose link has ended unopened."""
    request = await a_request(company)
    await release(company, request)
    await accepted(company)
    company.clock.pass_(days=14, minutes=1)
    await company.door.enter(steps.end_expired_links(request), CLOCK)
    return request


async def new_link(company: Company, request: str) -> None:
    seen = (await as_shown(company, request)).partition(":")[2]
    await company.door.enter(steps.send_new_link(request, seen), company.tara)


async def test_p8_a_link_that_is_over_offers_a_new_one(company: Company) -> None:
    request = await _over(company)
    card = await seen(company, request, company.tara)
    assert any("The link expired and was never opened." in one for one in lines(card))
    assert labels(card)[0] == "Send a new link"
    seen_mark = (await as_shown(company, request)).partition(":")[2]
    for mark, who, code in (("another", company.tara, "not_as_shown"), (seen_mark, company.anna, "filer")):
        assert (await refusal(company, steps.send_new_link(request, mark), who)).code == code
    answered = (await stored(company, request)).answered_at
    await new_link(company, request)
    letter = await accepted(company)
    sent = next(one for one in lines(await seen(company, request, company.tara)) if one.startswith("Sent "))
    assert sent.startswith(f"Sent <{company.clock.now:%d %b %H:%M}")  # the mail with the link that works
    [new, old] = await mails(company, request)
    assert (new.link, new.gives, old.link) == ("live", "copy", "ended")
    assert new.ends_at == company.clock.now + timedelta(days=14)
    row = await stored(company, request)
    assert (row.state, row.answered_at, row.missed_at) == ("answered", answered, None)
    link, secret = await let_in(company, request, letter)
    assert (link, bool(secret)) == (new.id, True)
    assert any(" → opened " in line for line in lines(await seen(company, request, company.anna)))
    assert await findings(company.database) == []


async def test_p8_a_link_that_works_offers_its_passcode_and_no_new_one(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    letter = await accepted(company)
    assert "Send a new link" not in labels(await seen(company, request, company.tara))
    wanted = steps.send_new_link(request, (await as_shown(company, request)).partition(":")[2])
    assert (await refusal(company, wanted, company.tara)).code == "link_lives"
    for _ in range(3):
        await passcode(company, request)
    assert labels(await seen(company, request, company.tara))[0] == "Send a new link"
    await new_link(company, request)
    await accepted(company)
    told = await company.door.enter(customers_links.open_link(letter.written.link.partition("#")[2], "000000"), WEB)
    assert told.secret == ""


async def test_p8_a_customer_refused_after_a_wrong_address_is_offered_no_new_link(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await accepted(company)
    await company.door.enter(steps.note_wrong_address(request), company.tara)
    await company.door.enter(addressing(request, "mary@example.com"), company.anna)
    await refuse(company, request)
    await accepted(company)
    assert "Send a new link" not in labels(await seen(company, request, company.tara))
    wanted = steps.send_new_link(request, (await as_shown(company, request)).partition(":")[2])
    assert (await refusal(company, wanted, company.tara)).code == "link_lives"


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
        "We couldn’t confirm who is asking.\n\n"
        "If you don’t agree, you can complain to one of these, depending on the number you phoned:\n\n"
        "Australia and New Zealand: The Office of the Australian Information Commissioner, oaic.gov.au\n"
        "UK, Europe and North America: The Information Commissioner’s Office, ico.org.uk\n\n"
        "How we handle personal data: https://fernhill.example/privacy"
    )


async def test_p8_not_yours_and_none_there_are_one_letter_whatever_was_found(company: Company) -> None:
    """Byte for byte the same: for another person's call, for several, for one on the other line, and for none; at once
    in each case.
    """
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
        " Calls before Sun 23 Nov 2025 have been erased." in none
    )


async def test_p5_the_letter_of_a_call_erased_after_a_decline_speaks_of_no_twelve_months(company: Company) -> None:
    """And it is the same letter for a call that is older, since none may tell which it was."""
    request = await a_request(company)
    matter = await afterwards(company)
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    await refuse(company, request, "erased")
    [mail] = await mails(company, request)
    told = body(await envelope(company, mail))
    assert "Any recording that matches what you told us has been erased." in told
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
    assert await tells(company, company.anna) == []


async def test_p8_only_reasons_of_the_policy_count(company: Company) -> None:
    request = await a_request(company)
    refused = await refusal(company, refusing(request, "because", await _seen(company, request)), company.tara)
    assert set(refused.fields) == {"refusal"}


@each("address", ["", "mara.ellis@customer.example"])
async def test_p8_where_no_mail_can_go_someone_says_how_they_were_told(company: Company, address: str) -> None:
    company.door.copies_at = "" if address else company.door.copies_at
    request = await a_request(company, address=address)
    refused = await refusal(company, refusing(request, seen=await _seen(company, request)), company.tara)
    assert set(refused.fields) == {"told"}
    assert ("mail isn’t set up" if address else "no e-mail address") in refused.fields["told"]
    await refuse(company, request, told="By post on 24 November.")
    row, view = await stored(company, request), await viewed(company, request)
    assert (row.state, row.outcome, row.answered_at) == ("answered", "refused", NOW)
    assert view.known is not None
    assert [(one.kind, one.words) for one in view.known.remarks] == [("told_otherwise", "By post on 24 November.")]
    assert await nothing_to_collect(company)
    detail = await logged(company, request, "refuse")
    assert (detail["refusal"], detail["told"]) == ("no_call", "otherwise")
    assert "post" not in str(detail)
    assert any("told them without an e-mail" in words for words, _ in await tells(company, company.anna))


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
async def test_p8_the_releaser_reads_of_a_call_that_no_one_could_name(company: Company, erased: bool) -> None:
    """It was to be erased and a hold keeps it, or it is of a department that the person who filed may not search."""
    await hold(company, company.helena)
    matter = await afterwards(company)
    if erased:
        await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    else:
        narrow(company)
    request = await a_request(company, recordings=["number:+61412345671"])
    assert (await viewed(company, request)).recordings == []
    told = "It is locked" if erased else THERE
    assert len([one for one in lines(await seen(company, request, company.tara)) if told in one]) == 1


async def test_p5_the_releaser_reads_before_sending_which_calls_are_not_sent(company: Company) -> None:
    await register(
        company.door, call(0, native_id="m-0", caller="+61412345671"), call(0, native_id="m-1", caller="+61412345671")
    )
    await afterwards(company)
    request = await a_request(company, recordings=["number:+61412345671"])
    told = await preview(company, ReleaseForm.name, await as_shown(company, request))
    unsent = "1 of the 3 calls is locked and won’t be sent."
    assert (told.startswith(unsent), "Your calls with" in told, "2 calls are ready" in told) == (True, True, True)
    assert any(unsent in one for one in lines(await seen(company, request, company.tara)))
    assert unsent not in await preview(company, "customer_refuse", await as_shown(company, request))


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
