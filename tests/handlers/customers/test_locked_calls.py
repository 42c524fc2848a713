"""P5, P8: a call is locked since its caller declined, and still there: whoever answers the customer’s request reads so before refusing it."""

from __future__ import annotations

from handlers.acting import Visitor
from tests.handlers.builders import Company, refusal
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import preview, refusing, release, releasing
from tests.handlers.declined.acts import afterwards, states
from tests.handlers.declined.test_deciding import keeping
from tests.handlers.reading import lines, seen

THERE = "so that is locked, but we still hold the recording. Please don’t tell the customer that we have none."


async def _warned(company: Company, request: str, who: Visitor) -> bool:
    return any(THERE in one for one in lines(await seen(company, request, who)))


async def test_p8_the_releaser_reads_that_a_named_call_is_still_there(company: Company) -> None:
    request = await a_request(company)
    assert not await _warned(company, request, company.tara)
    await afterwards(company)
    assert await states(company, company.calls[0]) == ["declined"]
    assert await _warned(company, request, company.tara)
    assert not await _warned(company, request, company.anna)
    refused = await refusal(company, releasing(request), company.tara)
    assert (refused.code, "It is still there" in str(refused)) == ("locked", True)
    assert THERE in await preview(company, "customer_refuse", request, company.tara)


async def test_p8_so_does_whoever_answers_one_that_names_none_since_nobody_can_find_it(company: Company) -> None:
    await afterwards(company)
    request = await a_request(company, recordings=[], said="I rang you from 0412 345 671 on Monday.")
    assert await _warned(company, request, company.tara)
    other = await a_request(company, recordings=[], said="I rang you from 0412 999 123.", person="Oona Bell")
    assert not await _warned(company, other, company.tara)


async def test_p8_what_is_kept_after_all_can_be_released(company: Company) -> None:
    request = await a_request(company)
    matter = await afterwards(company)
    await company.door.enter(keeping(matter), company.helena)
    assert not await _warned(company, request, company.tara)
    await release(company, request)


async def test_p8_one_that_is_not_theirs_may_be_refused_as_any(company: Company) -> None:
    """“Not yours” and “none there” are one letter, so the words stop nobody."""
    request = await a_request(company)
    await afterwards(company)
    await company.door.enter(refusing(request), company.tara)
