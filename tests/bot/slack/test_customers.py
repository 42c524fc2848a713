"""P8 in Slack: the request form turns into a customer's own call and back, and loses nothing."""

import json
from typing import Any

from storage.tables.customers import CustomerRequest
from tests.slack_street import Street

REASON, CALLS = "Why do you need it?", "lookup:customer_calls"
WHO = {
    "Their name": "Mara Ellis", "Their e-mail address": "mara@customer.example", "How did you check who they are?": "called_back",
}  # fmt: skip


def _view(street: Street) -> dict[str, Any]:
    view = street.anna.modal
    assert view is not None
    return view


def _name(street: Street) -> str:
    return str(_view(street)["callback_id"])


def _state(street: Street) -> dict[str, Any]:
    """What is in the form, by field."""
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
        lambda store: [*filter(None, store.rows(CustomerRequest, by=(CustomerRequest.asked_at,)))]
    )


async def test_p8_the_first_choice_turns_the_form_in_place_and_back(street: Street) -> None:
    await street.anna.command("/recording-request")
    await street.settled()
    assert (_name(street), _view(street)["title"]["text"]) == ("access", "Ask for a recording")
    street.anna.fill({"What is it for?": "To hear it."})
    await street.anna.press("modal", "redraw", "customer")
    await street.settled()
    assert (_name(street), _view(street)["title"]["text"]) == ("customer", "A customer’s own call")
    state = _state(street)
    assert (state["reason"], state["asker"]) == ("customer", "customer")
    assert (state["check"], state["received_on"]) == ("none", None)
    assert len([one for one in _view(street)["blocks"] if one["type"] == "input"]) == 7
    await street.anna.press("modal", REASON, "complaint")
    await street.settled()
    assert (_name(street), _state(street)["reason"]) == ("access", "complaint")
    assert _state(street)["purpose"] == "To hear it."


async def test_p8_one_page_is_filled_in_and_the_request_is_filed(street: Street) -> None:
    await _turned(street)
    found = await street.anna.options(CALLS, "CS-10443")
    assert (await street.anna.submit({**WHO, "Which calls?": [found[0]["value"]]})).ok
    await street.settled()
    [request] = await _filed(street)
    assert "(17:00 Sydney)" not in json.dumps(_view(street)), "one time twice, for someone in Sydney"
    assert "Thu 3 Dec" in json.dumps(_view(street))
    cards = [one for one in street.workspace.dm("UTARA") if request.id in str(one.blocks)]
    assert "Mara Ellis" in str(cards[-1].blocks)
    assert "Mara" not in cards[-1].text


async def test_p8_who_asks_decides_which_fields_there_are_and_what_was_typed_stays(street: Street) -> None:
    await _turned(street)
    street.anna.fill(WHO)
    await street.anna.press("modal", "Who asks?", "authority")
    await street.settled()
    assert "authority" in _state(street)
    assert (_state(street)["person"], _state(street)["check"]) == ("Mara Ellis", "called_back")
    await street.anna.press("modal", "Who asks?", "operator")
    await street.settled()
    assert not {"authority", "check"} & set(_state(street))


async def test_p8_an_error_is_at_its_field_and_loses_nothing(street: Street) -> None:
    await _turned(street)
    sent = await street.anna.submit({**WHO, "Their e-mail address": "anna.quill@fernhill.example"})
    assert "works or worked here" in sent.errors["address"]
    assert _state(street)["person"] == "Mara Ellis"
    assert await _filed(street) == []
