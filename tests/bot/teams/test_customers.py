"""P8 in Teams: a customer's own call by the same form, in a message and in a dialog, in two steps that lose nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.chats.desk import OTHERS
from bot.rehearsal.teams import Message
from bot.rehearsal.teams.actions import inputs
from storage.tables.customers import CustomerRequest

from .street import Street, told

BOTH = pytest.mark.parametrize("old", [False, True], ids=["execute", "submit"])
STEP = {"asker": "customer", "wants": "copy", "received_on": "2026-11-24", "received_at": "10:00"}
WHO = {
    "person": "Mara Ellis",
    "check": "called_back",
    "address": "mara@customer.example",
    "address_again": "mara@customer.example",
}


def _stands(form: Message) -> dict[str, Any]:
    return {one["id"]: one.get("value") for one in inputs({"body": form.cards})}


async def _filed(street: Street) -> list[CustomerRequest]:
    return await street.company.database.read(
        lambda store: [*filter(None, map(store.customers.get, store.matters.ids("customer")))]
    )


async def _turned(street: Street, *, old: bool, **more: Any) -> Message:
    """Nothing else need be filled in for that."""
    form = await street.blank()
    offered = await street.anna.search("recordings", "", form)
    values = {"reason": "customer", "recordings": [offered[0]["value"]], **more}
    await street.press("anna", form, "Send", values, old_client=old)
    return street.again(form, "anna")


async def _second(street: Street, *, old: bool) -> Message:
    form = await _turned(street, old=old)
    await street.press("anna", form, "Next", STEP, old_client=old)
    return street.again(form, "anna")


@BOTH
async def test_p8_the_first_choice_turns_the_form_and_back_and_what_was_typed_stays(street: Street, old: bool) -> None:
    form = await _turned(street, old=old, purpose="To hear it.")
    assert OTHERS in told(form)
    assert "A customer’s own call" in told(form)
    stands = _stands(form)
    assert (stands["reason"], stands["recordings"], stands["received_on"]) == (
        "customer",
        str(street.company.calls[0]),
        "2026-11-24",
    )
    assert "purpose" not in stands
    await street.press("anna", form, "Next", {"reason": "complaint"}, old_client=old)
    back = street.again(form, "anna")
    assert "Ask for a recording" in told(back)
    assert (_stands(back)["purpose"], _stands(back)["recordings"]) == ("To hear it.", str(street.company.calls[0]))


@BOTH
async def test_p8_two_steps_and_the_request_is_filed(street: Street, old: bool) -> None:
    await street.moved_in("tara")
    form = await _second(street, old=old)
    assert "the answer is due Thu 3 Dec, 17:00 Sydney" in told(form)
    await street.press("anna", form, "File", WHO, old_client=old)
    [request] = await _filed(street)
    assert "The answer is due" in told(street.again(form, "anna"))
    assert "Mara Ellis" in told(street.card("tara", request.id))


@BOTH
async def test_p8_going_back_and_on_again_loses_nothing(street: Street, old: bool) -> None:
    form = await _second(street, old=old)
    await street.press("anna", form, "Back", {"person": "Mara Ellis", "said": "The invoice of March."}, old_client=old)
    first = street.again(form, "anna")
    assert _stands(first) == {"reason": "customer", **STEP, "recordings": str(street.company.calls[0])}
    await street.press("anna", first, "Next", {"wants": "listen"}, old_client=old)
    second = street.again(form, "anna")
    assert (_stands(second)["person"], _stands(second)["said"]) == ("Mara Ellis", "The invoice of March.")
    await street.press("anna", second, "File", WHO, old_client=old)
    assert [one.wants for one in await _filed(street)] == ["listen"]


@BOTH
async def test_p8_an_error_stands_at_its_field_and_loses_nothing(street: Street, old: bool) -> None:
    form = await _second(street, old=old)
    await street.press(
        "anna",
        form,
        "File",
        {**WHO, "address": "anna.quill@fernhill.example", "address_again": "anna.quill@fernhill.example"},
        old_client=old,
    )
    again = street.again(form, "anna")
    assert "works or worked here" in told(again)
    assert (_stands(again)["person"], _stands(again)["check"]) == ("Mara Ellis", "called_back")
    await street.press(
        "anna",
        again,
        "File",
        {"address": "mara@customer.example", "address_again": "mara@customer.example"},
        old_client=old,
    )
    assert len(await _filed(street)) == 1


async def test_p8_a_name_left_empty_is_asked_for_though_the_client_lets_it_pass(street: Street) -> None:
    """Nothing of the second step is required by the client, so that the way back is never barred."""
    form = await _second(street, old=False)
    assert not any(one["isRequired"] for one in inputs({"body": form.cards}))
    await street.press("anna", form, "File", {"person": ""})
    assert "how the letter should address them" in told(street.again(form, "anna"))


async def test_p8_in_a_dialog_it_goes_the_same_way(street: Street) -> None:
    opened = await street.invoke("anna", "composeExtension/fetchTask", {"commandId": "recordingRequest"})
    shown = opened.json["task"]["value"]
    data = shown["card"]["content"]["actions"][0]["data"]

    async def send(**answers: Any) -> dict[str, Any]:
        reply = await street.invoke(
            "anna", "composeExtension/submitAction", {"commandId": "recordingRequest", "data": {**data, **answers}}
        )
        value: dict[str, Any] = reply.json["task"]["value"]
        return value

    turned = await send(reason="customer", recordings=str(street.company.calls[0]))
    assert turned["title"] == "A customer’s own call"
    data = turned["card"]["content"]["actions"][0]["data"]
    second = await send(reason="customer", recordings=str(street.company.calls[0]), **STEP)
    assert second["title"] == "Who it is, and where to"
    file, back = second["card"]["content"]["actions"]
    assert (file["title"], back["title"]) == ("File", "Back")
    data = back["data"]
    first = await send(person="Mara Ellis")
    assert first["title"] == "A customer’s own call"
    assert json.dumps("2026-11-24") in json.dumps(first)
    data = first["card"]["content"]["actions"][0]["data"]
    again = await send(reason="customer", recordings=str(street.company.calls[0]), **STEP)
    assert "Mara Ellis" in json.dumps(again)
    data = again["card"]["content"]["actions"][0]["data"]
    done = await send(**WHO)
    assert done["title"] == "Filed"
    assert len(await _filed(street)) == 1


async def test_p8_what_a_client_made_up_leads_back_nowhere(street: Street) -> None:
    form = await _second(street, old=False)
    reply = await street.execute("anna", {"verb": "back", "form": "customer_person", "about": "~made-up"})
    assert "out of date" in str(reply.json)
    assert form
