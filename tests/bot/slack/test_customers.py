"""P8 in Slack: the request form turns into a customer's own call and back, and its two steps lose nothing."""

from __future__ import annotations

import json
from typing import Any

from storage.tables.customers import CustomerRequest
from tests.slack_street import Street

REASON, CALLS = "Why do you need it?", "lookup:customer_calls"
STEP = {
    "Who asks?": "customer", "What do they want?": "copy", "When did they first ask anyone here?": "2026-11-24",
    "At what time, if you know?": "10:00",
}  # fmt: skip
WHO = {
    "Their name": "Mara Ellis", "How did you check who they are?": "called_back", "E-mail address that they name": "mara@customer.example",
    "The same address again": "mara@customer.example",
}  # fmt: skip


def _view(street: Street) -> dict[str, Any]:
    view = street.anna.modal
    assert view is not None
    return view


def _name(street: Street) -> str:
    return str(_view(street)["callback_id"])


def _state(street: Street) -> dict[str, Any]:
    """What stands in the form, by field."""
    found = {}
    for name, states in _view(street)["state"]["values"].items():
        for held in states.values():
            several = held.get("selected_options")
            one = held.get("selected_option") or {}
            found[name] = (
                [part["value"] for part in several]
                if several
                else one.get("value") or held.get("value") or held.get("selected_date")
            )
    return found


async def _turned(street: Street, words: str = "") -> None:
    await street.anna.command(f"/recording-request {words}".strip())
    await street.settled()
    await street.anna.press("modal", "redraw", "customer")
    await street.settled()


async def _filed(street: Street) -> list[CustomerRequest]:
    return await street.company.database.read(
        lambda store: [*filter(None, map(store.customers.get, store.matters.ids("customer")))]
    )


async def _first_step(street: Street) -> None:
    await _turned(street)
    found = await street.anna.options(CALLS, "CS-10443")
    await street.anna.submit({**STEP, "Which calls?": [found[0]["value"]]})
    await street.settled()


async def test_p8_the_first_choice_turns_the_form_in_place_and_back(street: Street) -> None:
    await street.anna.command("/recording-request")
    await street.settled()
    assert (_name(street), _view(street)["title"]["text"]) == ("access", "Ask for a recording")
    street.anna.fill({"What is it for?": "To hear it."})
    await street.anna.press("modal", "redraw", "customer")
    await street.settled()
    assert (_name(street), _view(street)["title"]["text"]) == ("customer", "A customer’s own call")
    today = "2026-11-24"  # most requests are filed on the day the customer asks
    assert (_state(street)["reason"], _state(street)["received_on"]) == ("customer", today)
    assert len([one for one in _view(street)["blocks"] if one["type"] == "input"]) == 6
    await street.anna.press("modal", REASON, "complaint")
    await street.settled()
    assert (_name(street), _state(street)["reason"], _state(street)["purpose"]) == (
        "access",
        "complaint",
        "To hear it.",
    )
    assert street.workspace.problems == []


async def test_p8_two_steps_and_the_request_is_filed(street: Street) -> None:
    await _first_step(street)
    assert (_name(street), _view(street)["submit"]["text"]) == ("customer_person", "File")
    assert "the answer is due Thu 3 Dec, 17:00 Sydney" in json.dumps(_view(street)["blocks"])
    assert (await street.anna.submit(WHO)).ok
    await street.settled()
    [request] = await _filed(street)
    assert "(17:00 Sydney)" not in json.dumps(_view(street)), "one time twice, for someone in Sydney"
    assert "Thu 3 Dec" in json.dumps(_view(street)) or request.id in json.dumps(_view(street))
    cards = [one for one in street.workspace.dm("UTARA") if request.id in str(one.blocks)]
    assert "Mara Ellis" in str(cards[-1].blocks)
    assert "Mara" not in cards[-1].text
    assert street.workspace.problems == []


async def test_p8_going_back_and_on_again_loses_nothing(street: Street) -> None:
    await _first_step(street)
    street.anna.fill({**WHO, "What do they know about the call?": "The invoice of March."})
    await street.anna.press("modal", "Back")
    await street.settled()
    assert _name(street) == "customer"
    assert _state(street) == {
        "reason": "customer", "asker": "customer", "wants": "copy", "received_on": "2026-11-24", "received_at": "10:00",
        "recordings": [str(street.company.calls[0])],
    }  # fmt: skip
    street.anna.fill({"What do they want?": "listen"})
    await street.anna.submit()
    await street.settled()
    assert _name(street) == "customer_person"
    state = _state(street)
    assert (state["person"], state["check"], state["address"], state["said"]) == (
        "Mara Ellis", "called_back", "mara@customer.example", "The invoice of March.",
    )  # fmt: skip
    assert (await street.anna.submit()).ok
    await street.settled()
    assert [one.wants for one in await _filed(street)] == ["listen"]


async def test_p8_an_error_stands_at_its_field_and_loses_nothing(street: Street) -> None:
    await _first_step(street)
    sent = await street.anna.submit({**WHO, "The same address again": "mara@customer.exampel"})
    assert list(sent.errors) == ["address_again"]
    assert _state(street)["person"] == "Mara Ellis"
    sent = await street.anna.submit(
        {
            "E-mail address that they name": "anna.quill@fernhill.example",
            "The same address again": "anna.quill@fernhill.example",
        }
    )
    assert "works or worked here" in sent.errors["address"]
    assert await _filed(street) == []
