"""P8: a letter that was called back while the mail server had it decides nothing any more: the newest answer alone does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handlers.acting import DELIVERY
from handlers.customers.intents.mailing import (
    Collected,
    LetterAccepted,
    LetterNotKnown,
    LetterPutOff,
    LetterRefused,
)
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, stored, withdrawing
from tests.handlers.customers.releasing import (
    OK,
    collected,
    late,
    logged,
    mails,
    nothing_to_collect,
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


async def _says(company: Company, outcome: str, letter: Collected) -> None:
    """The mail server says what became of the letter of before; seconds later it is somebody else's turn."""
    await company.door.enter(OUTCOMES[outcome](letter.mail), DELIVERY)
    company.clock.pass_(seconds=5)


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
