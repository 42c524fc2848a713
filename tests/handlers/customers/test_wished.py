"""P8: what somebody wrote of a customer's wish stands in the first step: who asks, what for, and the call where one alone fits."""

from __future__ import annotations

from handlers.cards import Filled, Sheet
from handlers.customers.calls import FOUND, NONE, sought
from tests.each import each
from tests.handlers.builders import Company, call, register
from tests.handlers.reading import looking


async def opened(company: Company, words: str) -> tuple[Sheet, Filled]:
    return await looking(company, company.anna, lambda act: sought(act, words))


@each(
    ("words", "asker", "wants"),
    [
        ("a customer wants a copy of her call", "customer", "copy"),
        ("Mr Ode would like to hear his own call", "customer", "listen"),
        ("the widow of a customer who died asks for a copy", "relative", "copy"),
        ("her late husband's call, she wants to listen to it", "relative", "listen"),
        ("a solicitor acting for Mr Ode asks for the call", "authority", None),
        ("on behalf of a customer I ask for the recording", "authority", None),
    ],
)
async def test_p8_who_asks_and_what_for_stand_there_as_far_as_the_words_say_so(
    company: Company, words: str, asker: str, wants: str | None
) -> None:
    _, filled = await opened(company, words)
    assert (filled.values["asker"], filled.values.get("wants")) == (asker, wants)
    assert filled.values["reason"] == "customer"


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
