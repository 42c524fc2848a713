"""P8: a word that the answer will be late goes as every letter does, and answers nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.acting import CLOCK, DELIVERY
from handlers.customers.intents import LetterNotKnown
from handlers.forgetting.intents import EraseWordsAgain
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import (
    accepted,
    collected,
    late,
    mails,
    not_known,
    not_taken,
    tells,
    under_way,
)

DUE = datetime(2026, 12, 3, 6, tzinfo=UTC)  # seven working days after Tuesday, 17:00 in Sydney


async def _mail(company: Company, request: str) -> tuple[object, ...]:
    return under_way((await mails(company, request))[0])


async def test_p8_word_that_it_is_late_answers_nothing(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(late(request), company.tara)
    await accepted(company)
    row = await stored(company, request)
    assert (row.state, row.answered_at, row.due_at) == ("waiting", None, DUE)
    assert await _mail(company, request) == ("late", "accepted", 1)


async def test_p8_word_that_it_is_late_that_is_not_taken_leaves_the_request_as_it_was(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(late(request), company.cora)
    await not_taken(company)
    assert (await stored(company, request)).state == "waiting"
    for who in (company.cora, company.anna):
        [(words, _)] = await tells(company, who)
        assert (
            words
            == f"The mail for {request} was not taken (smtp_550), so the customer has not got it. Press Details to read more."
        )


async def test_p8_word_that_it_is_late_and_nobody_knows_is_asked_of_whoever_wrote_it(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(late(request), company.cora)
    await not_known(company)
    assert (await stored(company, request)).state == "waiting"
    assert len(await tells(company, company.cora)) == 1
    assert await tells(company, company.tara) == []


async def test_p8_what_is_known_of_nobody_is_told_to_nobody(company: Company) -> None:
    """Whoever wrote that it is late is known for as long as the request's key."""
    request = await a_request(company)
    await company.door.enter(late(request), company.cora)
    letter = await collected(company)
    await company.door.enter(EraseWordsAgain(request), CLOCK)
    await company.door.enter(LetterNotKnown(letter.mail, "timeout"), DELIVERY)
    assert await tells(company, company.cora) == []
