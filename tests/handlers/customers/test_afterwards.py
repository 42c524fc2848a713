"""P8, P13: what comes after a mail has left: it arrived, came back or went astray."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers import BUTTONS, FORMS
from handlers.acting import DELIVERY, WEB
from handlers.cards import Actions, Card
from handlers.customers import intents
from handlers.customers.afterwards import REPORT
from handlers.customers.intents import LetterNotKnown, OfRequest, OpenLink, Overdue
from tests.each import each
from tests.handlers.builders import Company, refusal
from tests.handlers.customers.acts import a_request, stored, viewed
from tests.handlers.customers.releasing import (
    accepted,
    collected,
    handed,
    links,
    logged,
    mails,
    not_known,
    passcode,
    refusing,
    release,
    releasing,
    tells,
    under_way,
)
from tests.handlers.reading import lines
from tests.moments import NOW

pytestmark = pytest.mark.long


async def _sent(company: Company, **more: Any) -> str:
    request = await a_request(company, **more)
    await release(company, request)
    await accepted(company)
    return request


async def _unknown(company: Company) -> tuple[str, str]:
    request = await a_request(company)
    await release(company, request)
    return request, (await not_known(company)).message_id


async def test_p8_sent_again_it_is_the_same_link_and_the_same_message(company: Company) -> None:
    request, message = await _unknown(company)
    link = (await links(company, request))[0].id
    await company.door.enter(intents.SendAgain(request), company.tara)
    assert (await stored(company, request)).state == "sending"
    letter = await accepted(company)
    assert letter.message_id == message
    [only], [mail] = await links(company, request), await mails(company, request)
    assert (only.id, under_way(mail)) == (link, ("copy", "accepted", 2))
    assert await logged(company, request, "send_again") == {"mail": mail.id}


async def test_p8_or_it_arrived_by_the_word_of_whoever_releases_it(company: Company) -> None:
    request, _ = await _unknown(company)
    company.clock.pass_(hours=2)
    await company.door.enter(intents.Arrived(request), company.cora)
    row, [mail] = await stored(company, request), await mails(company, request)
    assert (row.state, row.answered_at, mail.state) == ("answered", NOW + timedelta(hours=2), "accepted")
    assert (await logged(company, request, "arrived"))["mail"] == mail.id
    assert any("read out the passcode" in words for words, _ in await tells(company, company.tara))


@each("wanted", [intents.SendAgain, intents.Arrived])
async def test_p8_what_is_known_is_not_asked(company: Company, wanted: type[OfRequest]) -> None:
    request = await _sent(company)
    assert (await refusal(company, wanted(request), company.tara)).code == "not_in_doubt"


async def test_p8_a_mail_that_bounced_reopens_it_with_the_old_day(company: Company) -> None:
    request = await _sent(company)
    due = (await stored(company, request)).due_at
    await company.door.enter(intents.Bounced(request), company.tara)
    row, [link], [mail] = await stored(company, request), await links(company, request), await mails(company, request)
    assert (row.state, row.answered_at, row.closed_at, row.due_at) == ("waiting", None, None, due)
    assert (link.state, mail.state, mail.code) == ("bounced", "refused", "bounced")
    coming = await company.database.read(lambda store: store.deadlines.coming(Overdue.action, request))
    assert due is not None
    assert coming == due + timedelta(seconds=1)
    assert any("came back" in words for words, _ in await tells(company, company.anna))
    assert (await refusal(company, intents.Bounced(request), company.tara)).code == "no_mail"
    await release(company, request)
    await accepted(company)
    assert (await stored(company, request)).answered_at == NOW


async def test_p8_a_refusal_may_bounce_as_well(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(refusing(request), company.tara)
    await accepted(company)
    await company.door.enter(intents.Bounced(request), company.tara)
    assert (await stored(company, request)).refusal == ""
    await company.door.enter(refusing(request, "erased"), company.tara)
    assert (await stored(company, request)).refusal == "erased"


async def test_p8_a_wrong_address_kills_the_link_and_keeps_the_day(company: Company) -> None:
    request = await _sent(company)
    link = (await links(company, request))[0]
    digits = await passcode(company, request)
    row = await stored(company, request)
    page = await handed(company, "customer_wrong_address", request)
    after, [dead] = await stored(company, request), await links(company, request)
    assert (after.state, after.due_at, after.address_by, after.answered_at) == ("waiting", row.due_at, None, None)
    assert dead.state == "wrong_address"
    view = await viewed(company, request)
    assert view.known is not None
    assert view.known.address == ""
    assert any("wrong address" in words for words, _ in await tells(company, company.anna))
    detail = await logged(company, request, "wrong_address")
    assert (detail["mail"], detail["link"]) == ((await mails(company, request))[0].id, link.id)
    assert (detail["released_by"], detail["addressed_by"]) == (company.tara.person_id, company.anna.person_id)
    assert digits.passcode
    told = lines(Card(page.parts, ""))
    assert "✅ The link is dead, and nobody gets in by it any more." in told


async def test_p13_whoever_pressed_is_offered_the_private_form_and_is_told_of_no_report(company: Company) -> None:
    request = await _sent(company)
    page = await handed(company, "customer_wrong_address", request)
    [actions] = [one for one in page.parts if isinstance(one, Actions)]
    assert [one.action for one in actions.buttons] == [REPORT]
    assert REPORT in BUTTONS
    assert REPORT in FORMS
    assert "I have" not in " ".join(lines(Card(page.parts, "")))


async def test_p8_after_a_wrong_address_another_one_is_needed(company: Company) -> None:
    request = await _sent(company)
    await company.door.enter(intents.WrongAddress(request), company.tara)
    assert (await refusal(company, releasing(request), company.tara)).code == "no_address"


@each("wanted", [intents.Bounced, intents.WrongAddress])
async def test_p8_what_never_went_can_not_come_back(company: Company, wanted: type[OfRequest]) -> None:
    request = await a_request(company, address="")
    assert (await refusal(company, wanted(request), company.tara)).code == "no_mail"
    await company.door.enter(refusing(request, told="On paper."), company.tara)
    assert (await refusal(company, wanted(request), company.tara)).code == "no_mail"


async def test_p8_in_the_browser_a_dead_link_lets_nobody_in(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    letter = await collected(company)
    code = letter.written.link.partition("#")[2]
    await company.door.enter(LetterNotKnown(letter.mail, "timeout"), DELIVERY)
    digits = (await passcode(company, request)).passcode
    assert (await company.door.enter(OpenLink(code, digits), WEB)).secret
    await company.door.enter(intents.WrongAddress(request), company.tara)
    answer = await company.door.enter(OpenLink(code, digits), WEB)
    assert (answer.secret, answer.over) == ("", True)
    sessions = await company.database.read(
        lambda store: store.customers.sessions_of(store.customers.links(request)[0].id)
    )
    assert [one.ends_at for one in sessions] == [company.clock.now]
