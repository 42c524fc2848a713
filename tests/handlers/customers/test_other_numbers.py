"""P8: whoever reads out a passcode asks the Head for another number; the Head reads which and why, and allows it, or does not."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import BUTTONS
from handlers.cards import Card
from handlers.customers import passcodes
from handlers.customers.forms import AskNumberForm, NumberForm
from handlers.customers.room import MATTER
from handlers.policy.values import RoleName
from handlers.room import Opens
from tests.handlers.builders import Company, away, refusal, without_deputies
from tests.handlers.customers.acts import a_request, viewed
from tests.handlers.customers.releasing import (
    accepted,
    allowing,
    asking_for,
    logged,
    numbers,
    preview,
    release,
    shown,
    tells,
)
from tests.handlers.reading import lines, looking, whole_of

pytestmark = pytest.mark.long

NUMBER = "+61412000111"
ABOVE: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")


async def _sent(company: Company, **more: Any) -> str:
    request = await a_request(company, asker="authority", **more)
    await release(company, request)
    await accepted(company)
    return request


async def _page(company: Company, request: str, who: str = "tara") -> str:
    return str(lines(Card((await shown(company, passcodes.ACTION, request, company.people[who])).parts, "")))


async def test_p8_whoever_reads_it_out_asks_and_the_head_alone_allows(company: Company) -> None:
    request = await _sent(company)
    assert "[Ask for another number]" in await _page(company, request)
    await company.door.enter(asking_for(request), company.tara)
    [(words, button)] = [one for one in await tells(company, company.helena) if request in one[0]]
    assert words == (
        f"Tara Lindqvist asks whether another number may be rung for the passcode of {request}. "
        "Press Allow another number to read which, and why."
    )
    assert BUTTONS[button] == Opens(NumberForm.name, "Allow another number")
    assert (await numbers(company, request), "412" in words) == ({}, False)
    told = await preview(company, NumberForm.name, request, company.helena)
    assert told == "Tara Lindqvist asks for +61 412 000 111\nThe CRM has it."
    await company.door.enter(allowing(request), company.helena)
    assert list((await numbers(company, request)).values()) == [NUMBER]
    assert any("Helena Marsh allowed another number" in one for one, _ in await tells(company, company.tara))
    assert await preview(company, NumberForm.name, request, company.helena) == ""


async def test_p8_the_head_sees_the_request_while_a_number_is_asked_for_and_no_name(company: Company) -> None:
    request = await _sent(company)

    async def seen(who: str) -> str | None:
        reader = company.people[who].person_id or 0
        found = await looking(company, company.people[who], lambda act: MATTER.shown(act, request, reader))
        return str(lines(found.card)) if found is not None else None

    assert await seen("helena") is None
    await company.door.enter(asking_for(request), company.tara)
    shown_to = await seen("helena")
    assert shown_to is not None
    assert ("Mara Ellis" in shown_to, "The CRM has it." in shown_to) == (False, False)
    assert await seen("miles") is None
    await company.door.enter(allowing(request), company.helena)
    assert await seen("helena") is None


async def test_p8_each_asking_is_told_and_the_last_one_is_read(company: Company) -> None:
    request = await _sent(company)
    await company.door.enter(asking_for(request, "+61 412 000 222"), company.tara)
    await company.door.enter(asking_for(request), company.cora)
    assert len([one for one in await tells(company, company.helena) if request in one[0]]) == 2
    assert (await preview(company, NumberForm.name, request, company.helena)).startswith(
        "Cora Bellamy asks for +61 412 000 111"
    )
    await company.door.enter(allowing(request), company.helena)
    for who in (company.cora, company.tara):
        assert any("allowed another number" in one for one, _ in await tells(company, who))


async def test_p8_what_was_asked_stands_on_the_card_and_in_the_log_as_a_mark(company: Company) -> None:
    request = await _sent(company)
    await company.door.enter(asking_for(request), company.tara)
    view = await viewed(company, request)
    assert view.known is not None
    assert [(one.kind, one.words) for one in view.known.remarks] == [
        ("asked_number", "+61 412 000 111\nThe CRM has it.")
    ]
    assert "412000" not in str(await logged(company, request, "ask_number")).replace(" ", "")


async def test_p8_what_is_no_number_is_said_at_its_field_when_it_is_asked_for(company: Company) -> None:
    request = await _sent(company)
    assert set((await refusal(company, asking_for(request, "the usual one"), company.tara)).fields) == {"number"}
    assert await preview(company, AskNumberForm.name, request) == ""


async def test_p8_where_nobody_could_allow_it_that_is_said(company: Company) -> None:
    request = await _sent(company)
    company.door.policy = away(without_deputies(company.door.policy, *ABOVE), *ABOVE)
    assert (await refusal(company, asking_for(request), company.tara)).code == "nobody_allows"


async def test_p8_only_the_head_is_offered_to_allow_one(company: Company) -> None:
    request = await a_request(company, asker="relative")
    await release(company, request, company.helena)
    await accepted(company)
    assert "[Allow another number]" in await _page(company, request, "helena")
    view = await viewed(company, request)
    allow = {company.people[who].person_id: who for who in ("helena", "tara", "cora", "anna")}
    names = {one: view.people[one] for one in allow if one in view.people}
    assert {allow[one] for one, person in names.items() if view.allows_numbers(person)} == {"helena"}


async def test_p8_the_head_who_released_it_allows_another_number_in_details(company: Company) -> None:
    request = await a_request(company, asker="relative")
    await release(company, request, company.helena)
    await accepted(company)
    whole = await whole_of(company, request, company.helena)
    assert whole is not None
    assert "[Allow another number]" in str(lines(whole))
