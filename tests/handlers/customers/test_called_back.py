"""P8: a letter that was called back while the mail server had it decides nothing any more: the newest answer alone does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from handlers.acting import DELIVERY, WEB
from handlers.customers.intents.deciding import EndLink
from handlers.customers.intents.hearing import OpenLink
from handlers.customers.intents.mailing import (
    Collected,
    LetterAccepted,
    LetterNotKnown,
    LetterPutOff,
    LetterRefused,
)
from storage.tables.log import AuditEntry
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, stored, withdrawing
from tests.handlers.customers.releasing import (
    OK,
    accepted,
    collected,
    late,
    links,
    logged,
    mails,
    nothing_to_collect,
    passcode,
    refusing,
    release,
    tells,
)
from tests.reconciled import findings

pytestmark = pytest.mark.long

Outcome = LetterAccepted | LetterPutOff | LetterRefused | LetterNotKnown
OUTCOMES: dict[str, Callable[[str], Outcome]] = {
    "accepted": lambda mail: LetterAccepted(mail, OK),
    "put off": lambda mail: LetterPutOff(mail, "smtp_451"),
    "refused": lambda mail: LetterRefused(mail, "smtp_550", "550 no such mailbox"),
    "not known": lambda mail: LetterNotKnown(mail, "timeout"),
}
every_outcome = pytest.mark.parametrize("outcome", OUTCOMES)


async def _called_back(company: Company, *, again: bool) -> tuple[str, Collected]:
    """Released, and ended while the mail server has the letter; then released again, or refused. The letter of before."""
    request = await a_request(company)
    await release(company, request)
    first = await collected(company)
    company.clock.pass_(seconds=1)
    await company.door.enter(EndLink(request), company.tara)
    company.clock.pass_(seconds=1)
    await (release(company, request) if again else company.door.enter(refusing(request), company.tara))
    return request, first


async def _says(company: Company, outcome: str, letter: Collected) -> None:
    """The mail server says what became of the letter of before; seconds later it is somebody else's turn."""
    await company.door.enter(OUTCOMES[outcome](letter.mail), DELIVERY)
    company.clock.pass_(seconds=5)


@every_outcome
async def test_p8_released_again_the_second_letter_goes_whatever_became_of_the_first(
    company: Company, outcome: str
) -> None:
    request, first = await _called_back(company, again=True)
    await _says(company, outcome, first)
    row = await stored(company, request)
    assert (row.state, row.outcome, row.answered_at) == ("sending", "released", None)
    assert await tells(company, company.tara) == []
    second = await accepted(company)
    assert second.mail != first.mail
    assert (await stored(company, request)).answered_at == company.clock.now
    assert [one.state for one in await links(company, request)] == ["live", "ended"]
    [(words, button)] = await tells(company, company.tara)
    assert (words.endswith("read out the passcode: press Passcode."), button) == (True, "customer_passcode")
    digits = (await passcode(company, request)).passcode
    for letter, opens in ((first, False), (second, True)):
        code = letter.written.link.partition("#")[2]
        assert bool((await company.door.enter(OpenLink(code, digits), WEB)).secret) == opens
    assert await nothing_to_collect(company)
    assert await findings(company.database) == []


@every_outcome
async def test_p8_refused_instead_the_refusal_goes_and_stands(company: Company, outcome: str) -> None:
    request, first = await _called_back(company, again=False)
    await _says(company, outcome, first)
    row = await stored(company, request)
    assert (row.state, row.outcome, row.refusal, row.answered_at) == ("sending", "refused", "no_call", None)
    letter = await accepted(company)
    assert (letter.mail != first.mail, letter.written.link) == (True, "")
    row = await stored(company, request)
    assert (row.state, row.outcome, row.answered_at) == ("answered", "refused", company.clock.now)
    assert [one.state for one in await mails(company, request)] == ["accepted", "dropped"]
    assert await findings(company.database) == []


async def test_p8_where_the_clock_was_ahead_the_letter_that_was_called_back_is_no_newer_one(company: Company) -> None:
    request = await a_request(company)
    company.clock.pass_(hours=2)
    await release(company, request)
    await collected(company)
    await company.door.enter(EndLink(request), company.tara)
    company.clock.pass_(hours=-2)
    await release(company, request)
    await accepted(company)
    assert (await stored(company, request)).answered_at == company.clock.now


async def test_p8_that_it_went_all_the_same_is_on_record(company: Company) -> None:
    """Somebody has a mail whose link is dead: whoever looks into it later learns so."""
    request = await a_request(company)
    await release(company, request)
    letter = await collected(company)
    await company.door.enter(EndLink(request), company.tara)
    await company.door.enter(LetterAccepted(letter.mail, OK), DELIVERY)
    told = {"mail": letter.mail, "answer": OK, "answered": False, "state": "dropped"}
    assert await logged(company, request, "accepted") == told
    [mail] = await mails(company, request)
    assert (mail.state, (await stored(company, request)).state) == ("dropped", "waiting")
    assert await tells(company, company.anna) == []
    assert await findings(company.database) == []


@every_outcome
async def test_p8_of_a_request_that_was_withdrawn_nobody_is_asked_about_its_letter(
    company: Company, outcome: str
) -> None:
    request = await a_request(company)
    await release(company, request)
    letter = await collected(company)
    await company.door.enter(withdrawing(request), company.anna)
    before = await tells(company, company.tara)
    await _says(company, outcome, letter)
    company.clock.pass_(minutes=20)
    assert await nothing_to_collect(company)
    assert await tells(company, company.tara) == before
    [mail] = await mails(company, request)
    assert (mail.state, (await stored(company, request)).state) == ("dropped", "withdrawn")
    assert (await logged(company, request, "withdraw"))["mails"] == [letter.mail]
    assert await findings(company.database) == []


async def test_p8_nor_where_whoever_took_the_letter_never_says_a_word(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(late(request), company.tara)
    await collected(company)
    await company.door.enter(withdrawing(request), company.anna)
    before = await tells(company, company.tara)
    company.clock.pass_(minutes=20)
    assert await nothing_to_collect(company)
    assert await tells(company, company.tara) == before


@pytest.mark.by_hand
@pytest.mark.parametrize("outcome", [*OUTCOMES, "lost"])
async def test_p8_a_letter_that_an_earlier_version_left_behind_decides_nothing_either(
    company: Company, outcome: str
) -> None:
    request, first = await _called_back(company, again=True)

    def leave(store: object) -> None:
        mail = store.customers.mail(first.mail)  # type: ignore[attr-defined]
        mail.state, mail.settled_at = "sending", None
        [ended] = store.session.scalars(select(AuditEntry).where(AuditEntry.action == EndLink.action))  # type: ignore[attr-defined]
        ended.detail = {name: told for name, told in ended.detail.items() if name != "mails"}

    await company.database.write(leave)
    if outcome == "lost":
        company.clock.pass_(minutes=20)
    else:
        await _says(company, outcome, first)
    second = await collected(company)
    assert (await stored(company, request)).state == "sending"
    await company.door.enter(LetterAccepted(second.mail, OK), DELIVERY)
    assert second.mail != first.mail
    assert (await stored(company, request)).answered_at == company.clock.now
    assert await findings(company.database) == []
