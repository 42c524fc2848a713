"""The passcode is shown once to whoever releases the request, and read to a number on the call, or one that the Head allowed (P8)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from handlers import BUTTONS
from handlers.cards import Card
from handlers.customers import passcodes, releasing
from handlers.customers.forms import AskNumberForm, NumberForm
from handlers.customers.room import MATTER
from handlers.policy.values import RoleName
from handlers.room import Opens
from tests.each import each
from tests.handlers.builders import Company, away, call, refusal, register, without_deputies
from tests.handlers.customers.acts import a_request, viewed
from tests.handlers.customers.releasing import (
    accepted,
    allowing,
    as_shown,
    asking_for,
    handed,
    links,
    logged,
    numbers,
    passcode,
    preview,
    release,
    shown,
    tells,
)
from tests.handlers.reading import lines, looking, whole_of

pytestmark = pytest.mark.long

CALLER, OTHER = "+61412345671", "+61412000111"
NUMBER = "+61412000111"
ABOVE: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")


async def _sent(company: Company, **more: Any) -> str:
    request = await a_request(company, **more)
    await release(company, request)
    await accepted(company)
    return request


async def test_p8_it_is_shown_once_with_what_to_do(company: Company) -> None:
    request = await _sent(company)
    [mark] = await numbers(company, request)
    page = await handed(company, passcodes.RING, f"{request}:{mark}")
    told = lines(Card(page.parts, ""))
    assert told[0] == "Ring +61 412 345 671 and read out:"
    assert re.fullmatch(r"# \d{3} \d{3}", told[1])
    assert told[2] == "⚠️ Read it to the customer alone. Never leave it on a machine, and never send it."
    assert told[3] == "(It is shown once. 2 passcodes left for this link. P8)"


async def test_p8_who_rang_which_number_when_is_kept_and_the_log_has_a_mark_of_it(company: Company) -> None:
    request = await _sent(company)
    await passcode(company, request)
    view = await viewed(company, request)
    assert view.known is not None
    [rung] = view.known.rung
    assert (rung.number, rung.on_call, rung.by, rung.at, rung.allowed_by) == (
        CALLER, True, company.tara.person_id, company.clock.now, None,
    )  # fmt: skip
    detail = await logged(company, request, "passcode")
    assert (detail["link"], detail["on_call"]) == ((await links(company, request))[0].id, True)
    assert "412345671" not in str(detail)


async def test_p8_three_a_link_and_then_another_link(company: Company) -> None:
    request = await _sent(company)
    assert [(await passcode(company, request)).left for _ in range(3)] == [2, 1, 0]
    [mark] = await numbers(company, request)
    refused = await refusal(company, passcodes.passcode(request, mark), company.tara)
    assert refused.code == "no_passcode_left"
    assert "Press Send a new link" in str(refused)
    await company.door.enter(
        releasing.send_new_link(*(await as_shown(company, request)).partition(":")[::2]), company.tara
    )
    await accepted(company)
    assert (await passcode(company, request)).left == 2


async def test_p8_whoever_released_it_reads_it_out_though_it_would_go_to_another_by_now(company: Company) -> None:
    """Deven stood in for Tara, who is back."""
    company.door.policy = away(company.door.policy, "team_leader")
    request = await a_request(company)
    await release(company, request, company.deven)
    await accepted(company)
    company.door.policy = company.door.policy.model_copy(
        update={"roles": company.door.policy.roles.model_copy(
            update={"team_leader": company.door.policy.role("team_leader").model_copy(update={"away": ()})}
        )}
    )  # fmt: skip
    assert (await passcode(company, request, company.deven)).passcode
    assert (await passcode(company, request, company.tara)).passcode


@pytest.mark.soak
@each("who", ["anna", "bram", "helena", "ruth", "miles"])
async def test_p8_nobody_else_sees_it(company: Company, who: str) -> None:
    request = await _sent(company)
    [mark] = await numbers(company, request)
    visitor = company.people[who]
    assert (await refusal(company, passcodes.passcode(request, mark), visitor)).code in (
        "filer",
        "operator",
        "not_approver",
    )
    assert (await links(company, request))[0].passcodes == 0


async def test_p8_no_other_number_is_rung(company: Company) -> None:
    request, other = await _sent(company), await a_request(company, recordings=[str(company.calls[1])])
    await release(company, other)
    await accepted(company)
    [foreign] = await numbers(company, other)
    for mark in (foreign, "", "0" * 16):
        refused = await refusal(company, passcodes.passcode(request, mark), company.tara)
        assert refused.code == "not_that_number"


async def test_p8_before_the_mail_is_with_the_server_there_is_nothing_to_read_out(company: Company) -> None:
    request = await a_request(company)
    assert (await refusal(company, passcodes.passcode(request, ""), company.tara)).code == "no_link"
    await release(company, request)
    assert (await refusal(company, passcodes.passcode(request, ""), company.tara)).code == "not_sent"


async def test_p8_the_head_allows_another_number_in_words(company: Company) -> None:
    request = await _sent(company)
    assert (await refusal(company, allowing(request), company.tara)).code == "not_approver"
    await company.door.enter(allowing(request), company.helena)
    assert OTHER in (await numbers(company, request)).values()
    page = await shown(company, passcodes.ACTION, request)
    assert "+61 412 000 111 (allowed by Helena Marsh) [Show the passcode]" in lines(Card(page.parts, ""))
    await passcode(company, request, number=OTHER)
    view = await viewed(company, request)
    assert view.known is not None
    assert (view.known.rung[0].on_call, view.known.rung[0].allowed_by) == (False, company.helena.person_id)
    assert [one.kind for one in view.known.remarks] == ["allowed_number"]
    assert "412000111" not in str(await logged(company, request, "allow_number"))
    assert any("allowed another number" in words for words, _ in await tells(company, company.tara))


async def test_p8_of_a_number_that_was_withheld_the_head_is_named(company: Company) -> None:
    [hidden] = await register(company.door, call(7, caller=""))
    request = await _sent(company, recordings=[str(hidden)])
    told = lines(Card((await shown(company, passcodes.ACTION, request)).parts, ""))
    assert "These calls show no number, so the Head of Customer Success has to allow one first." in told


@each(
    "more",
    [
        {"asker": "operator", "address": "bram.tolliver@fernhill.example", "person": "Bram Tolliver"},
        {"asker": "former", "person": "Bram Tolliver"},
        {"asker": "relative"},
        {"asker": "authority"},
    ],
)
async def test_p8_the_number_of_the_call_is_the_customers_and_nobody_elses(
    company: Company, more: dict[str, Any]
) -> None:
    """Or the customer would hear the passcode of a colleague's copy, and learn of it; a number is for the Head to allow."""
    request = await a_request(company, **more)
    who = company.helena if more["asker"] == "relative" else company.tara
    await release(company, request, who)
    await accepted(company)
    assert await numbers(company, request, who) == {}
    told = "The number on these calls is not the requester’s, so the Head of Customer Success has to allow one first."
    assert told in lines(Card((await shown(company, passcodes.ACTION, request, who)).parts, ""))
    await company.door.enter(allowing(request), company.helena)
    assert list((await numbers(company, request, who)).values()) == [OTHER]


async def _page(company: Company, request: str, who: str = "tara") -> str:
    return str(lines(Card((await shown(company, passcodes.ACTION, request, company.people[who])).parts, "")))


async def test_p8_whoever_reads_it_out_asks_and_the_head_alone_allows(company: Company) -> None:
    request = await _sent(company, asker="authority")
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
    request = await _sent(company, asker="authority")

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


async def test_p8_what_is_no_number_is_said_at_its_field_when_it_is_asked_for(company: Company) -> None:
    request = await _sent(company)
    assert set((await refusal(company, asking_for(request, "the usual one"), company.tara)).fields) == {"number"}
    assert await preview(company, AskNumberForm.name, request) == ""


async def test_p8_where_nobody_could_allow_it_that_is_said(company: Company) -> None:
    request = await _sent(company)
    company.door.policy = away(without_deputies(company.door.policy, *ABOVE), *ABOVE)
    assert (await refusal(company, asking_for(request), company.tara)).code == "nobody_allows"


async def test_p8_the_head_who_released_it_allows_another_number_in_details(company: Company) -> None:
    request = await a_request(company, asker="relative")
    await release(company, request, company.helena)
    await accepted(company)
    whole = await whole_of(company, request, company.helena)
    assert whole is not None
    assert "[Allow another number]" in str(lines(whole))
