"""P8: a link that is over offers a new one, to the same calls and the same address; the card says whether the customer opened it."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import CLOCK, WEB
from handlers.customers.intents import LinkEnds, OpenLink, SendNewLink
from tests.handlers.builders import Company, refusal
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import (
    accepted,
    as_shown,
    let_in,
    links,
    not_taken,
    passcode,
    release,
)
from tests.handlers.reading import labels, lines, seen
from tests.reconciled import findings


async def _over(company: Company) -> str:
    """A request whose link has ended unopened."""
    request = await a_request(company)
    await release(company, request)
    await accepted(company)
    company.clock.pass_(days=14, minutes=1)
    await company.door.enter(LinkEnds(request), CLOCK)
    return request


async def new_link(company: Company, request: str) -> None:
    await company.door.enter(SendNewLink.of(await as_shown(company, request)), company.tara)


async def test_p8_a_link_that_is_over_offers_a_new_one(company: Company) -> None:
    request = await _over(company)
    card = await seen(company, request, company.tara)
    assert "The link is over, and the customer never opened it." in lines(card)
    assert labels(card)[0] == "Send a new link"
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
    wanted = SendNewLink.of(await as_shown(company, request))
    assert (await refusal(company, wanted, company.tara)).code == "link_lives"
    for _ in range(3):
        await passcode(company, request)
    assert labels(await seen(company, request, company.tara))[0] == "Send a new link"
    await new_link(company, request)
    await accepted(company)
    told = await company.door.enter(OpenLink(letter.written.link.partition("#")[2], "000000"), WEB)
    assert told.secret == ""
    assert await findings(company.database) == []


async def test_p8_a_new_link_whose_mail_is_not_taken_makes_no_answer_late(company: Company) -> None:
    request = await _over(company)
    answered = (await stored(company, request)).answered_at
    await new_link(company, request)
    await not_taken(company)
    row = await stored(company, request)
    assert (row.state, row.answered_at, row.missed_at) == ("waiting", answered, None)
    assert await findings(company.database) == []


async def test_p8_what_changed_since_it_was_shown_is_looked_at_again(company: Company) -> None:
    request = await _over(company)
    assert (await refusal(company, SendNewLink(request, "another"), company.tara)).code == "not_as_shown"
    assert (await refusal(company, SendNewLink.of(await as_shown(company, request)), company.anna)).code == "filer"
