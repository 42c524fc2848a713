"""P8: a request that somebody else wrote down as withdrawn is spoken of to whoever has the customer on the line."""

from __future__ import annotations

from tests.handlers.builders import Company, words_for
from tests.handlers.customers.acts import a_request, withdrawing


async def test_p8_whoever_filed_it_hears_that_somebody_else_withdrew_it(company: Company) -> None:
    """Whoever releases it may press Withdraw alone: then nothing is answered, and nothing is late."""
    request = await a_request(company)
    assert await a_request(company, company.deven) == request
    await company.door.enter(withdrawing(request), company.tara)
    for who in (company.anna, company.deven):
        told = [one for one in await words_for(company, who) if "wrote down that the customer withdrew it" in one]
        assert len(told) == 1
        assert told[0].startswith("Tara Lindqvist wrote down")
    assert not any("withdrew it" in one for one in await words_for(company, company.tara))


async def test_p8_whoever_withdrew_it_hears_nothing_of_it(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(withdrawing(request), company.anna)
    assert not any("withdrew it" in one for one in await words_for(company, company.anna))
