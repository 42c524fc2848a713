"""What is confirmed before a call leaves the house, as it was shown; link and mail are one commit with it; a link that is over has a new one (P8)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers import recordings
from handlers.acting import CLOCK, WEB
from handlers.customers import changing, mailing, room
from handlers.customers import links as customers_links
from handlers.customers import releasing as customers_releasing
from handlers.customers.forms import RefuseForm, ReleaseForm, WeighedForm, WithdrawForm, weighing
from handlers.customers.releasing import LISTEN_ONLY
from handlers.room import Given
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import POLICY, Company, call, quiet, refusal, register
from tests.handlers.customers.acts import a_request, addressing, stored, viewed
from tests.handlers.customers.releasing import (
    accepted,
    as_shown,
    body,
    envelope,
    let_in,
    links,
    mails,
    not_known,
    passcode,
    preview,
    release,
    releasing,
)
from tests.handlers.forgetting.words import destroy_key
from tests.handlers.holds.acts import hold
from tests.handlers.reading import labels, lines, seen
from tests.moments import NOW
from tests.reconciled import findings


async def test_p8_link_mail_and_decision_are_one_commit(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    row, [link], [mail] = await stored(company, request), await links(company, request), await mails(company, request)
    assert (row.state, row.outcome, row.decided_by, row.decided_at) == (
        "sending",
        "released",
        company.tara.person_id,
        NOW,
    )
    assert row.decided_as == "Customer Success Specialist Team Leader"
    assert (row.answered_at, row.closed_at) == (None, None)
    assert (link.state, link.gives, link.ends_at) == ("live", "copy", NOW + timedelta(days=14))
    assert (mail.kind, mail.state, mail.link_id, mail.next_at) == ("copy", "waiting", link.id, NOW)
    due = await company.database.read(lambda store: store.deadlines.coming(mailing.end_over.action, request))
    assert due == link.ends_at


async def test_p8_the_mail_has_the_link_and_no_passcode_number_or_content(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    [mail] = await mails(company, request)
    letter = await envelope(company, mail)
    assert letter.to == "mara.ellis@customer.example"
    assert letter.written.link.startswith("https://steward.example/copy#")
    told = body(letter)
    for hidden in ("412345671", "Bram", "CS-1044", "incoming", "Australia"):
        assert hidden not in told
    assert mail.message_id.endswith("@fernhill.example>")


async def test_p8_the_preview_is_the_mail_with_the_whole_address(company: Company) -> None:
    request = await a_request(company)
    told = await preview(company, ReleaseForm.name, await as_shown(company, request))
    await release(company, request)
    [mail] = await mails(company, request)
    sent = body(await envelope(company, mail)).replace("\n\nIf you did", "\n\n[Open the page]\n\nIf you did")
    assert told.partition(f"\n\n{LISTEN_ONLY}")[0] == sent
    assert told.startswith(
        "To: mara.ellis@customer.example\nSubject: Your call with Fernhill Telecare\n\nDear Mara Ellis,"
    )


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        ({"check": "none"}, "not_identified", "How the requester’s identity was checked"),
        ({"address": ""}, "no_address", "no e-mail address yet"),
        ({"recordings": []}, "no_call", "names no call"),
    ],
)
async def test_p8_what_is_missing_is_said_with_what_to_do(
    company: Company, told: dict[str, Any], code: str, says: str
) -> None:
    request = await a_request(company, **told)
    refused = await refusal(company, releasing(request), company.tara)
    assert refused.code == code
    assert says in str(refused)
    assert (await stored(company, request)).state == "waiting"
    assert await links(company, request) == []


async def test_p8_without_mail_filing_works_and_release_says_what_is_missing(company: Company) -> None:
    company.door.copies_at = ""
    request = await a_request(company)
    refused = await refusal(company, releasing(request), company.tara)
    assert refused.code == "no_mail"
    assert "Mail is not set up here" in str(refused)
    assert (await stored(company, request)).due_at is not None


async def test_p8_a_relative_goes_to_the_head_alone(company: Company) -> None:
    request = await a_request(company, asker="relative")
    assert (await refusal(company, releasing(request), company.tara)).code == "not_approver"
    await release(company, request, company.helena)
    assert (await stored(company, request)).decided_as == "Head of Customer Success"


async def test_p8_pressed_twice_it_is_released_once(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await quiet(company, releasing(request), company.tara)
    refused = await refusal(company, releasing(request), company.cora)
    assert "already released by Tara Lindqvist, and its mail is on its way" in str(refused)
    assert len(await links(company, request)) == 1


@each(("answers", "kind"), [({}, ReleaseForm), ({"voices": "may_hear"}, WeighedForm)])
def test_p8_another_voice_is_weighed_where_the_customer_may_hear_it(answers: dict[str, str], kind: type) -> None:
    assert weighing(Given(POLICY, NOW, "", answers)) is kind


async def test_p8_another_voice_is_weighed_in_words_that_stay(company: Company) -> None:
    request = await a_request(company)
    form = ReleaseForm.read({"voices": "may_hear"})
    refused = await refusal(
        company,
        customers_releasing.release(*(await as_shown(company, request)).partition(":")[::2], form),
        company.tara,
    )
    assert set(refused.fields) == {"weighed"}
    await release(company, request, voices="may_hear", weighed="Her son only says hello.")
    view = await viewed(company, request)
    assert view.known is not None
    assert [(one.kind, one.words) for one in view.known.remarks] == [("another_voice", "Her son only says hello.")]


async def test_p8_listening_instead_of_a_copy_is_a_link_that_gives_none(company: Company) -> None:
    request = await a_request(company)
    await release(company, request, voices="listen_only")
    [link], [mail] = await links(company, request), await mails(company, request)
    assert link.gives == "listen"
    told = body(await envelope(company, mail))
    assert "Because someone else can be heard" in told
    assert "download it." in told
    assert (await stored(company, request)).wants == "copy"


async def test_p8_what_is_gone_is_not_released(company: Company) -> None:
    request = await a_request(company)
    await register(company.door, call(1, stamp="gone"))
    await company.door.enter(recordings.register("file", (), ["call-1"]), CLOCK)
    refused = await refusal(company, releasing(request), company.tara)
    assert refused.code == "erased"
    assert "Press Refuse" in str(refused)


async def test_p8_a_hold_stops_no_copy(company: Company) -> None:
    await hold(company, company.helena)
    request = await a_request(company)
    await release(company, request)
    assert len(await mails(company, request)) == 1


async def test_p8_what_was_known_once_and_is_erased_can_not_be_released(company: Company) -> None:
    request = await a_request(company)
    await destroy_key(company, request)
    assert (await refusal(company, releasing(request), company.tara)).code == "forgotten"


async def test_p8_how_it_stands_is_said_to_whoever_comes_too_late(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await not_known(company)
    assert "No one knows yet whether its mail arrived" in str(await refusal(company, releasing(request), company.cora))
    await company.door.enter(mailing.arrived(request), company.tara)
    told = str(await refusal(company, releasing(request), company.tara))
    assert told == "This request was already released by you, and answered on Tue 24 Nov, 14:00 Sydney."
    gone = {"on_day": "2026-11-24", "words": "By telephone."}
    await company.door.enter(changing.withdraw(request, WithdrawForm.read(gone)), company.anna)
    assert str(await refusal(company, releasing(request), company.cora)) == "The customer withdrew this request."


async def _while_the_form_is_open(company: Company, request: str, change: Callable[[], Awaitable[object]]) -> None:
    """Whoever releases it has looked, and something else is written down before the button is pressed."""
    about = await as_shown(company, request)
    await preview(company, ReleaseForm.name, about)
    await change()
    refused = await refusal(
        company,
        customers_releasing.release(*about.partition(":")[::2], ReleaseForm.read({"voices": "nobody"})),
        company.tara,
    )
    assert (refused.code, await mails(company, request)) == ("not_as_shown", [])
    with pytest.raises(Refused, match="open the form again"):
        await preview(company, ReleaseForm.name, about)
    await release(company, request)


async def test_p8_an_address_that_was_swapped_after_the_preview_gets_no_mail(company: Company) -> None:
    request = await a_request(company)
    swap = addressing(request, "anna.private@elsewhere.example")
    await _while_the_form_is_open(company, request, lambda: company.door.enter(swap, company.anna))


async def test_p8_a_refusal_goes_where_it_was_shown_to_go(company: Company) -> None:
    request = await a_request(company)
    about, form, answers = await as_shown(company, request), RefuseForm, {"refusal": "no_call"}
    send = next(one.send for one in room.FORMS if one.kind is form)
    assert "To: mara.ellis@customer.example" in await preview(company, form.name, about)
    await company.door.enter(addressing(request, "anna.private@elsewhere.example"), company.anna)
    refused = await refusal(company, send(about, form.read(answers), ""), company.tara)
    assert (refused.code, await mails(company, request)) == ("not_as_shown", [])
    with pytest.raises(Refused):
        await preview(company, form.name, about)
    await company.door.enter(send(await as_shown(company, request), form.read(answers), ""), company.tara)
    assert len(await mails(company, request)) == 1


async def test_p8_before_anybody_chooses_listening_the_preview_has_its_words_as_well(company: Company) -> None:
    """What stands above the form is drawn once, and the choice comes after it."""
    request = await a_request(company)
    told = await preview(company, ReleaseForm.name, await as_shown(company, request))
    await release(company, request, voices="listen_only")
    [mail] = await mails(company, request)
    assert all(one in told for one in (await envelope(company, mail)).written.paragraphs)
    listens = await a_request(company, wants="listen", recordings=[str(company.calls[1])])
    assert LISTEN_ONLY not in await preview(company, ReleaseForm.name, await as_shown(company, listens))


async def _over(company: Company) -> str:
    """A request whose link has ended unopened."""
    request = await a_request(company)
    await release(company, request)
    await accepted(company)
    company.clock.pass_(days=14, minutes=1)
    await company.door.enter(mailing.end_over(request), CLOCK)
    return request


async def new_link(company: Company, request: str) -> None:
    await company.door.enter(
        customers_releasing.send_new_link(*(await as_shown(company, request)).partition(":")[::2]), company.tara
    )


async def test_p8_a_link_that_is_over_offers_a_new_one(company: Company) -> None:
    request = await _over(company)
    card = await seen(company, request, company.tara)
    assert "The link is over, and the customer never opened it." in lines(card)
    assert labels(card)[0] == "Send a new link"
    wanted, at = (
        customers_releasing.send_new_link(*(await as_shown(company, request)).partition(":")[::2]),
        company.door.copies_at,
    )
    company.door.copies_at = ""
    assert (await refusal(company, wanted, company.tara)).code == "no_mail"
    company.door.copies_at = at
    answered = (await stored(company, request)).answered_at
    await new_link(company, request)
    letter = await accepted(company)
    [new, old] = await links(company, request)
    assert (new.state, new.gives, old.state) == ("live", "copy", "ended")
    assert new.ends_at == company.clock.now + timedelta(days=14)
    row = await stored(company, request)
    assert (row.state, row.answered_at, row.missed_at) == ("answered", answered, None)
    link, secret = await let_in(company, request, letter)
    assert (link, bool(secret)) == (new.id, True)
    assert any(
        line.startswith("The customer opened the link ") for line in lines(await seen(company, request, company.anna))
    )
    assert await findings(company.database) == []


async def test_p8_a_link_that_works_offers_its_passcode_and_no_new_one(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    letter = await accepted(company)
    assert "Send a new link" not in labels(await seen(company, request, company.tara))
    wanted = customers_releasing.send_new_link(*(await as_shown(company, request)).partition(":")[::2])
    assert (await refusal(company, wanted, company.tara)).code == "link_lives"
    for _ in range(3):
        await passcode(company, request)
    assert labels(await seen(company, request, company.tara))[0] == "Send a new link"
    await new_link(company, request)
    await accepted(company)
    told = await company.door.enter(customers_links.open_link(letter.written.link.partition("#")[2], "000000"), WEB)
    assert told.secret == ""
    assert await findings(company.database) == []


async def test_p8_what_changed_since_it_was_shown_is_looked_at_again(company: Company) -> None:
    request = await _over(company)
    assert (
        await refusal(company, customers_releasing.send_new_link(request, "another"), company.tara)
    ).code == "not_as_shown"
    assert (
        await refusal(
            company,
            customers_releasing.send_new_link(*(await as_shown(company, request)).partition(":")[::2]),
            company.anna,
        )
    ).code == "filer"
