"""D3, D4 in Slack: the reference follows the calls, a command finds a call, help helps, and Ask again is filled in."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.slack import answers
from handlers.access.intents import Deny
from handlers.cards import Filled, Sheet
from storage.database.store import DatabaseDown
from tests.each import each
from tests.handlers.builders import ask, call, register, stored
from tests.slack_street import Street

CALLS, CRM = "lookup:recordings", "CRM request reference"


def _state(street: Street) -> dict[str, Any]:
    """What stands in the form, by field."""
    view = street.anna.modal
    assert view is not None
    return {name: held for name, states in view["state"]["values"].items() for held in states.values()}


def _crm(street: Street) -> str | None:
    value: str | None = _state(street)["crm"]["value"]
    return value


def _chosen(street: Street) -> list[str]:
    return [one["value"] for one in _state(street)["recordings"]["selected_options"] or []]


def _says(street: Street) -> str:
    return str(street.anna.modal and street.anna.modal["blocks"])


async def _choose(street: Street, *typed: str) -> None:
    found = [(await street.anna.options(CALLS, one))[0]["value"] for one in typed]
    await street.anna.press("modal", CALLS, found)
    await street.settled()


async def _blank(street: Street, words: str = "") -> None:
    await street.anna.command(f"/recording-request {words}".strip())
    await street.settled()


async def test_d3_the_reference_is_filled_in_from_the_call_and_follows_it(street: Street) -> None:
    await _blank(street)
    await _choose(street, "CS-10443")
    assert _crm(street) == "CS-10443"
    await _choose(street, "CS-10444")
    assert (_crm(street), _chosen(street)) == ("CS-10444", [str(street.company.calls[1])])
    assert street.workspace.problems == []


async def test_d3_what_somebody_typed_is_never_overwritten(street: Street) -> None:
    await _blank(street)
    view = street.workspace.modal("UANNA")
    assert view is not None
    view.fill(street.anna._values(view, {CRM: "CS-5", "What is it for?": "To hear it."}))
    await _choose(street, "CS-10443")
    assert (_crm(street), _state(street)["purpose"]["value"]) == ("CS-5", "To hear it.")
    await street.anna.press("modal", "redraw", "legal_claim")
    await street.settled()
    assert (_crm(street), _state(street)["purpose"]["value"], "matter" in _state(street)) == (
        "CS-5",
        "To hear it.",
        True,
    )


async def test_d3_a_reference_left_empty_is_the_one_of_the_call_also_where_nobody_filled_it_in(street: Street) -> None:
    await _blank(street)
    found = await street.anna.options(CALLS, "CS-10443")
    sent = await street.anna.submit({
        "Why do you need it?": "complaint", "Which calls?": [found[0]["value"]], "What is it for?": "To hear it.",
    })  # fmt: skip
    await street.settled()
    assert sent.ok
    [card] = [one for one in street.workspace.dm("UANNA") if "waiting for" in one.text]
    assert "CS-10443" in str(card.blocks)


async def test_d3_a_call_without_a_reference_wants_one_typed(street: Street) -> None:
    [plain] = await register(street.company.door, call(4, crm=""))
    await _blank(street, "0412345674")
    assert (_chosen(street), _crm(street)) == ([str(plain)], None)
    sent = await street.anna.submit({"Why do you need it?": "complaint", "What is it for?": "To hear it."})
    assert list(sent.errors) == ["crm"]


@each("words", ["0412 345 671", "CS-10443", "cs10443"])
async def test_d3_a_command_with_words_opens_the_form_with_the_call(street: Street, words: str) -> None:
    await _blank(street, words)
    assert (_chosen(street), _crm(street)) == ([str(street.company.calls[0])], "CS-10443")
    assert f"This call was found for “{words}”." in _says(street)
    await _choose(street, "CS-10445")
    assert _crm(street) == "CS-10445"


@pytest.mark.parametrize("trouble", ["down", "slow"])
async def test_d3_the_form_opens_whatever_the_database_does(
    street: Street, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    async def look(*_: object) -> tuple[Sheet, Filled]:
        if trouble == "down":
            raise DatabaseDown("away")
        return await asyncio.Event().wait() and (street.adapter.answers.desk.sheet("access"), Filled())

    monkeypatch.setattr(street.adapter.answers.desk, "look", look)
    monkeypatch.setattr(answers, "PATIENCE", 0.05)
    await _blank(street, "CS-10443")
    assert (_chosen(street), _crm(street)) == ([], None)
    [opened] = street.workspace.called("views.open")
    assert opened.answer["ok"]


async def test_d4_ask_again_opens_the_form_filled_in(street: Street) -> None:
    request = await ask(street.company, street.company.anna, calls=street.company.calls[:2])
    await street.company.door.enter(Deny(request, "No."), street.company.tara)
    await street.settled()
    await street.anna.press(street.card("UANNA", request), "Ask again")
    await street.settled()
    state = _state(street)
    assert (state["reason"]["selected_option"]["value"], _crm(street)) == ("complaint", "CS-10442")
    told = f"This is filled in from {request}. Please look through it before you send it."
    assert told in _says(street)
    await street.anna.press("modal", "redraw", "training")
    await street.settled()
    assert told in _says(street)
    assert _chosen(street) == [str(one) for one in street.company.calls[:2]]
    assert state["purpose"]["value"] == "The customer complains."
    assert (await street.anna.submit({})).ok
    await street.settled()
    cards = [one for one in street.workspace.dm("UANNA") if "waiting for Tara" in one.text]
    assert len(cards) == 1
    assert (await stored(street.company, request)).state == "denied"


async def test_d4_whoever_may_not_act_is_told_instead_of_being_shown_a_form(street: Street) -> None:
    street.turn("UANNA", "guest")
    await _blank(street, "CS-10443")
    assert "You are a guest here" in _says(street)
    assert "Please note" in str(street.anna.modal)
