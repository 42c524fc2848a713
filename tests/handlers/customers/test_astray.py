"""P13: a mail that went to a wrong address is the bot's own finding, without whoever entered the address or released it."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import HANDLERS
from handlers.acting import Visitor
from handlers.breach.findings import WRONG_ADDRESS
from handlers.customers.intents import WrongAddress
from tests.handlers.breach.noticing import readers, told
from tests.handlers.breach.reporting import tick
from tests.handlers.builders import Company, audit
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import accepted, not_known, refusing, release

pytestmark = pytest.mark.long


async def _astray(company: Company, by: Visitor, **more: Any) -> str:
    request = await a_request(company, **more)
    await release(company, request, by)
    await accepted(company)
    await company.door.enter(WrongAddress(request), by)
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
    await company.door.enter(WrongAddress(request), company.tara)
    await tick(company)
    assert await readers(company) == ["ruth"]


async def test_p13_each_mail_is_a_cause_of_its_own(company: Company) -> None:
    await _astray(company, company.tara)
    await tick(company)
    await readers(company)
    request = await a_request(company, recordings=[])
    await company.door.enter(refusing(request), company.tara)
    await not_known(company)
    await company.door.enter(WrongAddress(request), company.tara)
    assert await tick(company) == 1


async def test_p13_the_entry_names_people_by_id_alone(company: Company) -> None:
    request = await _astray(company, company.tara)
    [entry] = [one for one in await audit(company, request) if one[1] == WRONG_ADDRESS]
    assert (entry[4]["released_by"], entry[4]["addressed_by"]) == (company.tara.person_id, company.anna.person_id)
    assert "@" not in str(entry)


def test_p13_the_finding_follows_an_entry_that_there_is() -> None:
    assert WRONG_ADDRESS in {intent.action for intent in HANDLERS}
