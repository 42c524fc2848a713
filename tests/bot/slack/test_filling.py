"""Forms in Slack that are filled in, and what stays of them while they change."""

import asyncio
import json
from typing import Any

import pytest

from bot.rehearsal.faults import Fault
from bot.rehearsal.slack import Person
from bot.slack import answers, render
from handlers.access import deciding
from handlers.cards import Filled, Sheet
from storage.database.store import DatabaseDown
from tests.bot.slack.test_adapter import a_request_form
from tests.each import each
from tests.handlers.builders import ask, stored, written
from tests.handlers.customers.acts import a_request
from tests.slack_street import Street

CALLS, CRM = "lookup:recordings", "CRM request reference"


def _state(street: Street) -> dict[str, Any]:
    """What is in the form, by field."""
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


async def test_d3_what_the_requester_typed_is_never_overwritten(street: Street) -> None:
    await _blank(street)
    view = street.workspace.modal("UANNA")
    assert view is not None
    view.fill(street.anna._values(view, {CRM: "CS-5", "What is it for?": "To hear it."}))
    await _choose(street, "CS-10443")
    assert (_crm(street), _state(street)["purpose"]["value"]) == ("CS-5", "To hear it.")
    await street.anna.press("modal", "redraw", "legal_claim")
    await street.settled()
    assert (_crm(street), _state(street)["purpose"]["value"]) == ("CS-5", "To hear it.")
    assert "matter" in _state(street)


@each("words", ["0412 345 671", "CS-10443", "cs10443"])
async def test_d3_a_command_with_words_opens_the_form_with_the_call(street: Street, words: str) -> None:
    await _blank(street, words)
    assert (_chosen(street), _crm(street)) == ([str(street.company.calls[0])], "CS-10443")
    assert "I found this call." in _says(street)
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


async def test_d3_a_form_of_which_slacks_answer_was_lost_is_open_and_not_said_to_be_closed(street: Street) -> None:
    street.workspace.faults.script([Fault("lost", "views.open")])
    await street.anna.command("/recording-request")
    await street.settled()
    assert street.said("UANNA") == [answers.NOT_OPENED]
    await street.anna.submit(await a_request_form(street))
    await street.settled()
    assert street.anna.modal is None
    assert street.said("UANNA") == [answers.NOT_OPENED, "Sent to Tara Lindqvist ✓"]


async def test_d4_ask_again_opens_the_form_filled_in(street: Street) -> None:
    request = await ask(street.company, street.company.anna, calls=street.company.calls[:2])
    await street.company.door.enter(deciding.deny_request(request, "No."), street.company.tara)
    await street.settled()
    await street.anna.press(street.card("UANNA", request), "Ask again")
    await street.settled()
    state = _state(street)
    assert (state["reason"]["selected_option"]["value"], _crm(street)) == ("complaint", "CS-10442")
    told = f"This is filled in from {request}. Please check it before you send."
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


def modal(person: Person) -> tuple[str, bool, str]:
    """The title of what is open, whether it can be sent, and all of its words."""
    view = person.modal
    assert view is not None
    return view["title"]["text"], bool(view.get("submit")), json.dumps(view["blocks"], ensure_ascii=False)


async def pressed(street: Street) -> None:
    """Tara presses Release on her card of a request; what the bot does after its acknowledgement is still to come."""
    request = await a_request(street.company)
    await street.settled()
    await street.click("UTARA", street.card("UTARA", request), "customer_release")


async def test_p8_without_the_letter_nothing_can_be_sent(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = street.adapter.answers.desk.introduced
    seen: list[tuple[str, bool, str]] = []

    async def watched(*about: str) -> object:
        seen.append(modal(street.tara))
        return await looked(*about)

    monkeypatch.setattr(street.adapter.answers.desk, "introduced", watched)
    await pressed(street)
    await street.settled()
    assert [one[:2] for one in seen] == [("One moment", False)]
    title, sendable, words = modal(street.tara)
    assert (title, sendable) == ("Release to the customer", True)
    assert "To: " in words


CALLS_CONCERNING, CONCERNED = "lookup:recordings", "Is it about someone who decides requests?"
CLAIM = {"matter": "Claim 12", "basis": "Police ref 9", "audience": "nobody"}


async def _the_longer_form(street: Street, words: str = "") -> None:
    await street.anna.command(f"/recording-request {words}".strip())
    await street.adapter.after.finish()
    await street.anna.press("modal", "redraw", "legal_claim")
    await street.adapter.after.finish()


async def _sent(street: Street, **more: object) -> str:
    found = await street.anna.options(CALLS_CONCERNING, "CS-10443")
    answers = {"Which calls?": [found[0]["value"]], "crm": "CS-10443", "purpose": "To defend it.", **CLAIM, **more}
    assert (await street.anna.submit(answers)).ok
    await street.settled()
    rows = await street.company.database.read(lambda store: list(store.audit.exported()))
    return next(str(one["subject"]) for one in reversed(rows) if one["action"] == "access.file")


async def _reason(street: Street, reason: str) -> None:
    await street.anna.press("modal", "redraw", reason)
    await street.adapter.after.finish()


def _stands(street: Street) -> dict[str, object]:
    """What is in the form, by field, as Slack would send it."""
    view = street.workspace.modal("UANNA")
    assert view is not None
    return {name: next(iter(render.read_answers({name: states}).values())) for name, states in view.values.items()}


async def test_p9_a_second_thought_about_the_reason_loses_nothing_that_was_typed(street: Street) -> None:
    await _the_longer_form(street)
    [helena] = await street.anna.options(CONCERNED, "marsh")
    typed = {"purpose": "To defend it.", **CLAIM, "concerned": [helena["value"]]}
    street.anna.fill(typed)
    for reason in ("complaint", "training", "crime"):
        await _reason(street, reason)
        assert ("concerned" in _stands(street)) == (reason == "crime")
    assert {name: _stands(street)[name] for name in typed} == typed
    assert "Helena Marsh" in str(street.anna.modal)
    request = await _sent(street)
    assert "Helena Marsh" in str(street.card("URUTH", request).blocks)
    assert (await written(street.company, request)).basis == "Police ref 9"
