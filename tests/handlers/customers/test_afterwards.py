"""What comes after a mail has left: it arrived, came back, went astray, or its answer is late (P8, P13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.acting import Visitor
from handlers.cards import Card
from handlers.customers import deadlines, mailing
from handlers.handling import Handler
from tests.each import each
from tests.handlers.breach.noticing import readers, told
from tests.handlers.breach.reporting import tick
from tests.handlers.builders import Company, refusal
from tests.handlers.customers.acts import a_request, stored, viewed
from tests.handlers.customers.releasing import (
    accepted,
    handed,
    links,
    logged,
    mails,
    not_known,
    passcode,
    refusing,
    release,
    tells,
    under_way,
)
from tests.handlers.reading import lines
from tests.moments import NOW

pytestmark = pytest.mark.long

DUE = datetime(2026, 12, 3, 6, tzinfo=UTC)  # seven working days after Tuesday, 17:00 in Sydney


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
    await company.door.enter(mailing.send_again(request), company.tara)
    assert (await stored(company, request)).state == "sending"
    letter = await accepted(company)
    assert letter.message_id == message
    [only], [mail] = await links(company, request), await mails(company, request)
    assert (only.id, under_way(mail)) == (link, ("copy", "accepted", 2))
    assert await logged(company, request, "send_again") == {"mail": mail.id}


async def test_p8_or_it_arrived_by_the_word_of_whoever_releases_it(company: Company) -> None:
    request, _ = await _unknown(company)
    company.clock.pass_(hours=2)
    await company.door.enter(mailing.arrived(request), company.cora)
    row, [mail] = await stored(company, request), await mails(company, request)
    assert (row.state, row.answered_at, mail.state) == ("answered", NOW + timedelta(hours=2), "accepted")
    assert (await logged(company, request, "arrived"))["mail"] == mail.id
    assert any("read out the passcode" in words for words, _ in await tells(company, company.tara))


@each("wanted", [mailing.send_again, mailing.arrived])
async def test_p8_what_is_known_is_not_asked(company: Company, wanted: Handler[[str], Any]) -> None:
    request = await _sent(company)
    assert (await refusal(company, wanted(request), company.tara)).code == "not_in_doubt"


async def test_p8_a_mail_that_bounced_reopens_it_with_the_old_day(company: Company) -> None:
    request = await _sent(company)
    due = (await stored(company, request)).due_at
    await company.door.enter(mailing.bounced(request), company.tara)
    row, [link], [mail] = await stored(company, request), await links(company, request), await mails(company, request)
    assert (row.state, row.answered_at, row.closed_at, row.due_at) == ("waiting", None, None, due)
    assert (link.state, mail.state, mail.code) == ("bounced", "refused", "bounced")
    coming = await company.database.read(
        lambda store: store.deadlines.coming(deadlines.remind_once_late.action, request)
    )
    assert due is not None
    assert coming == due + timedelta(seconds=1)
    assert any("came back" in words for words, _ in await tells(company, company.anna))
    assert (await refusal(company, mailing.bounced(request), company.tara)).code == "no_mail"
    await release(company, request)
    await accepted(company)
    assert (await stored(company, request)).answered_at == NOW


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
    assert "✅ The link is dead, and no one gets in by it any more." in told


@each("wanted", [mailing.bounced, mailing.wrong_address])
async def test_p8_what_never_went_can_not_come_back(company: Company, wanted: Handler[[str], Any]) -> None:
    request = await a_request(company, address="")
    assert (await refusal(company, wanted(request), company.tara)).code == "no_mail"
    await company.door.enter(refusing(request, told="On paper."), company.tara)
    assert (await refusal(company, wanted(request), company.tara)).code == "no_mail"


async def _mail(company: Company, request: str) -> tuple[object, ...]:
    return under_way((await mails(company, request))[0])


async def _astray(company: Company, by: Visitor, **more: Any) -> str:
    request = await a_request(company, **more)
    await release(company, request, by)
    await accepted(company)
    await company.door.enter(mailing.wrong_address(request), by)
    return request


async def test_p13_both_heads_read_which_request_and_which_calls(company: Company) -> None:
    request = await _astray(company, company.tara)
    assert await tick(company) == 1
    assert await readers(company) == ["helena", "ruth"]
    facts, line = await told(company)
    assert facts == "A mail to a customer went to a wrong address. Its link was ended as soon as that was known."
    assert line == f"Request {request}, found on 2026-11-24; calls by their number: {company.calls[0]}"
    company.clock.pass_(days=1)
    assert await tick(company) == 0


async def test_p13_whoever_released_it_does_not_read_it(company: Company) -> None:
    await _astray(company, company.helena, asker="relative")
    await tick(company)
    assert await readers(company) == ["ruth"]


async def test_p13_nor_does_whoever_entered_the_address(company: Company) -> None:
    request = await a_request(company, by=company.helena)
    await release(company, request)
    await accepted(company)
    await company.door.enter(mailing.wrong_address(request), company.tara)
    await tick(company)
    assert await readers(company) == ["ruth"]
