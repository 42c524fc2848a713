"""P12, P8: after a restore no link of before opens anything, nobody gets the same mail twice in silence, and nobody is forgotten."""

from __future__ import annotations

import pytest

from handlers.acting import CLOCK
from handlers.customers.intents import EndRestoredLink, SendAgain
from tests.each import each
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, stored, withdrawing
from tests.handlers.customers.releasing import (
    accepted,
    collected,
    fetched,
    links,
    logged,
    mails,
    nothing_to_collect,
    refusing,
    release,
    tells,
)
from tests.handlers.reading import labels, seen
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def _released(company: Company) -> str:
    request = await a_request(company)
    await release(company, request)
    return request


async def _restored(company: Company, request: str) -> None:
    await company.door.enter(EndRestoredLink(request), CLOCK)


async def _affected(company: Company) -> list[str]:
    now = company.clock.now
    return await company.database.read(lambda store: store.customers.after_restore(now))


async def test_p12_a_link_ends_and_its_card_offers_a_new_one(company: Company) -> None:
    request = await _released(company)
    await accepted(company)
    assert await _affected(company) == [request]
    await _restored(company, request)
    [link] = await links(company, request)
    assert (link.state, (await stored(company, request)).state) == ("ended", "answered")
    assert labels(await seen(company, request, company.tara))[0] == "Send a new link"
    for who in (company.tara, company.anna):
        told = [words for words, _ in await tells(company, who) if "restored from a copy" in words]
        assert len(told) == 1
        assert request in told[0]
    assert (await logged(company, request, "restored"))["links"] == [link.id]
    assert await findings(company.database) == []
    assert await _affected(company) == []


async def test_p12_of_what_was_fetched_the_link_ends_and_nobody_is_asked(company: Company) -> None:
    request = await _released(company)
    await fetched(company, request, await accepted(company))
    before = await tells(company, company.tara)
    await _restored(company, request)
    assert [one.state for one in await links(company, request)] == ["ended"]
    assert (await stored(company, request)).state == "answered"
    assert await tells(company, company.tara) == before


@pytest.mark.parametrize("taken", [False, True])
async def test_p12_a_mail_with_a_link_goes_no_more_and_the_request_waits(company: Company, taken: bool) -> None:
    request = await _released(company)
    if taken:
        await collected(company)
    await _restored(company, request)
    [mail] = await mails(company, request)
    assert (mail.state, mail.code, (await stored(company, request)).state) == ("dropped", "restored", "waiting")
    company.clock.pass_(hours=1)
    assert await nothing_to_collect(company)
    assert await findings(company.database) == []


@each("taken", [False, True])
async def test_p12_a_refusal_that_may_have_gone_is_asked_about(company: Company, taken: bool) -> None:
    request = await a_request(company)
    await company.door.enter(refusing(request), company.tara)
    if taken:
        await collected(company)
    await _restored(company, request)
    company.clock.pass_(hours=1)
    assert await nothing_to_collect(company)
    [mail] = await mails(company, request)
    assert (mail.state, (await stored(company, request)).state) == ("unknown", "unknown")
    assert "Nobody knows whether the mail" in (await tells(company, company.tara))[-1][0]
    await company.door.enter(SendAgain(request), company.tara)
    await accepted(company)
    assert (await stored(company, request)).state == "answered"
    assert await findings(company.database) == []


async def test_p12_what_is_over_already_stays_as_it_is(company: Company) -> None:
    request = await _released(company)
    await company.door.enter(withdrawing(request), company.anna)
    before = (await stored(company, request)).revision
    await _restored(company, request)
    await _restored(company, request)
    row = await stored(company, request)
    assert (row.state, row.revision >= before) == ("withdrawn", True)
    assert await nothing_to_collect(company)
