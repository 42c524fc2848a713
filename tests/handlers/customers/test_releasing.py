"""What is confirmed before a call goes out, the mail that brings the link, and a new one when it is over (P8)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers import recordings
from handlers.acting import CLOCK, WEB
from handlers.customers import links as customers_links
from handlers.customers import steps
from handlers.customers.forms import RefuseForm, ReleaseForm, WeighedForm, release_form
from handlers.room import Given
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import POLICY, Company, call, quiet, refusal, register
from tests.handlers.customers.acts import a_request, addressing, known_of, stored, withdrawing
from tests.handlers.customers.releasing import (
    accepted,
    as_shown,
    body,
    envelope,
    let_in,
    mails,
    not_known,
    passcode,
    preview,
    refusing,
    release,
    releasing,
)
from tests.handlers.forgetting.words import destroy_key
from tests.handlers.holds.acts import hold
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
        "sending",
        "released",
        company.tara.person_id,
        NOW,
    )
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
        ({"address": "", "person": "Ned Ellis"}, "no_address", "no e-mail address yet"), ({"recordings": []}, "no_call", "names no call"),
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
    assert (refused.code, "Mail is not set up here" in str(refused)) == ("no_mail", True)


@pytest.mark.by_hand
async def test_p8_what_is_gone_is_not_released_nor_what_nobody_knows_any_more(company: Company) -> None:
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
    assert "already released by Tara Lindqvist, and its mail is on its way" in str(refused)
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
    assert (letter.gives, "Because someone else is heard" in " ".join(written.paragraphs)) == ("listen", True)
    assert all(one in told for one in written.paragraphs)


async def test_p8_how_it_stands_is_said_to_whoever_comes_too_late(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await not_known(company)
    assert "Its mail may have arrived" in str(await refusal(company, releasing(request), company.cora))
    await company.door.enter(steps.note_arrived(request), company.tara)
    told = str(await refusal(company, releasing(request), company.tara))
    assert told == "This request was already released by you, and answered on Tue 24 Nov, 14:00 Sydney."
    await company.door.enter(withdrawing(request), company.anna)
    assert str(await refusal(company, releasing(request), company.cora)) == "The customer withdrew this request."


async def _while_the_form_is_open(company: Company, form: str, change: Callable[[str], Awaitable[object]]) -> str:
    """Whoever answers it has looked, and something else is written down before the button is pressed."""
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
