"""The home, its lists and the lines beneath a card in Slack."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.access.intents import Approve, Deny, Question, Withdraw
from handlers.first_steps import HELLO
from handlers.lists import ON_A_PAGE
from tests.each import each
from tests.handlers.builders import ask
from tests.slack_street import Street


def _modal(street: Street) -> tuple[str, str]:
    view = street.workspace.modal("UTARA")
    assert view is not None
    return str(view.body["title"]["text"]), str(view.body["blocks"])


def _rows(blocks: Any) -> int:
    return str(blocks).count("'accessory'")


@pytest.mark.soak
async def test_d2_the_rest_is_one_press_away_and_its_pages_turn_in_place(street: Street) -> None:
    requests = []
    for number in range(ON_A_PAGE + 2):
        street.company.clock.pass_(seconds=1)
        requests.append(await ask(street.company, street.company.anna, crm=f"CS-{number}"))
    await street.settled()
    await street.tara.open_home()
    await street.settled()
    await street.tara.press("home", "Show all")
    await street.settled()
    title, blocks = _modal(street)
    assert (title, _rows(blocks)) == ("Waiting for you", ON_A_PAGE)
    assert requests[0] in blocks
    await street.tara.press("modal", "Later ones")
    await street.settled()
    _, blocks = _modal(street)
    assert (_rows(blocks), requests[-1] in blocks, requests[0] in blocks) == (2, True, False)
    assert len(street.workspace.views.stack("UTARA")) == 1
    await street.tara.press("modal", "Details")
    await street.settled()
    assert (_modal(street)[0], len(street.workspace.views.stack("UTARA"))) == ("Access request", 2)
    await street.tara.press("modal", "Deny")
    await street.settled()
    assert (await street.tara.submit({"words": "Another call."})).ok
    assert street.tara.modal is None
    assert street.workspace.problems == []


@pytest.mark.soak
async def test_d2_a_list_is_not_shown_to_whoever_may_not_act(street: Street) -> None:
    for number in range(ON_A_PAGE):
        await ask(street.company, street.company.anna, crm=f"CS-{number}")
    await street.settled()
    await street.tara.open_home()
    await street.settled()
    street.turn("UTARA", "guest")
    street.company.clock.pass_(hours=1)
    await street.tara.press("home", "Show all")
    await street.settled()
    title, blocks = _modal(street)
    assert (title, "You are a guest here" in blocks, "R-" in blocks) == ("Please note", True, False)


async def _line(street: Street, *steps: type[Question | Deny | Approve | Withdraw]) -> str:
    request = await street.asked()
    for step in steps:
        words = ("Which complaint?",) if step in (Question, Deny) else ()
        await street.company.door.enter(step(request, *words), street.company.tara)
    await street.settled()
    return request


@each(
    ("steps", "button", "title"),
    [
        ((Approve,), "Listen", "Listen"),
        ((Question,), "Answer", "Answer the question"),
        ((Deny,), "Details", "Access request"),
        ((Approve, Withdraw), "Ask again", "Ask for a recording"),
    ],
)
async def test_d4_a_line_leads_where_it_says_and_is_no_second_card(
    street: Street, steps: tuple[type[Question | Deny | Approve | Withdraw], ...], button: str, title: str
) -> None:
    await _line(street, *steps)
    line = [one for one in street.workspace.dm("UANNA") if not one.ephemeral][-1]
    await street.anna.press(line, button)
    await street.settled()
    view = street.workspace.modal("UANNA")
    assert view is not None
    assert view.body["title"]["text"] == title
    [same] = [one for one in street.workspace.dm("UANNA") if one.ts == line.ts]
    assert (same.text, same.blocks) == (line.text, line.blocks)
    assert street.workspace.problems == []


async def test_d4_an_answer_by_the_line_reaches_the_approver(street: Street) -> None:
    request = await _line(street, Question)
    await street.anna.press(street.workspace.dm("UANNA")[-1], "Answer")
    await street.settled()
    assert "Which complaint?" in str(street.anna.modal)
    assert (await street.anna.submit({"words": "Ticket 9."})).ok
    await street.settled()
    assert "Ticket 9." in str(street.card("UTARA", request).blocks)


async def _home(street: Street, who: str) -> str:
    person = street.workspace.person(who)
    await person.open_home()
    await street.settled()
    return str(person.home)


async def test_p7_the_first_home_greets_and_its_one_button_opens_the_form(street: Street) -> None:
    assert HELLO in await _home(street, "UANNA")
    await street.anna.press("home", "Ask for a recording")
    await street.settled()
    assert street.anna.modal is not None
    assert street.anna.modal["callback_id"] == "access"
    street.company.clock.pass_(hours=24)
    assert HELLO not in await _home(street, "UANNA")
    assert street.workspace.problems == []


async def test_p9_whoever_decides_reads_how_from_the_one_button(street: Street) -> None:
    assert HELLO in await _home(street, "UTARA")
    await street.tara.press("home", "How it is decided")
    await street.settled()
    assert street.tara.modal is not None
    assert "P7" in str(street.tara.modal["blocks"])


async def test_p1_a_guest_is_greeted_with_nothing_but_why(street: Street) -> None:
    street.turn("UANNA", "guest")
    told = await _home(street, "UANNA")
    assert "not open to this account" in told
    assert HELLO not in told
