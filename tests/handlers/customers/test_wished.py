"""P8: what somebody wrote of a customer's wish stands in the first step: who asks, what for, and the call where one alone fits."""

from __future__ import annotations

from handlers.cards import Filled, Sheet
from handlers.customers.calls import FOUND, NONE, sought
from tests.handlers.builders import Company, call, register
from tests.handlers.reading import looking


async def opened(company: Company, words: str) -> tuple[Sheet, Filled]:
    return await looking(company, company.anna, lambda act: sought(act, words))


async def test_p8_one_call_that_fits_is_chosen(company: Company) -> None:
    sheet, filled = await opened(company, "a customer wants a copy of the call CS-10443")
    first = str(company.calls[0])
    assert (sheet.intro, filled.values["recordings"]) == (FOUND, [first])
    assert [one.value for one in filled.offered["recordings"]] == [first]


async def test_p8_all_calls_of_a_number_are_offered_at_once(company: Company) -> None:
    await register(company.door, call(4, caller="+61412345671"))
    _, filled = await opened(company, "the caller from 0412 345 671 wants a copy of his calls")
    assert [one.value for one in filled.offered["recordings"]][-1] == "number:+61412345671"


async def test_p8_of_several_none_is_chosen(company: Company) -> None:
    sheet, filled = await opened(company, "a customer wants a copy of the calls with Bram Tolliver")
    assert (sheet.intro, filled.values["recordings"]) == (FOUND, [])
    assert len(filled.offered["recordings"]) > 2


async def test_p8_without_a_call_it_is_filed_all_the_same(company: Company) -> None:
    sheet, filled = await opened(company, "a customer wants a copy")
    assert (sheet.intro, filled.values["recordings"], filled.offered["recordings"]) == (NONE, [], [])
