"""The message extension's form in a dialog, and a customer's own call in two steps that lose nothing (P7, P8)."""

from typing import Any

import pytest

from bot.chats.desk import OTHERS
from bot.rehearsal.teams import Dialog, Message, Person, words
from bot.rehearsal.teams.actions import inputs, spots
from bot.teams.platform import INSTALL
from handlers.cards import HINT
from storage.tables.customers import CustomerRequest

from .street import ANSWERS, GROUP, IDS, Street, shown, told
from .test_presses import filed

COMMAND = "recording-request"
SENT = "Sent to Tara Lindqvist ✓"


async def opened(street: Street, short: str = "anna", place: str = "") -> Dialog:
    """The dialog that the command opens."""
    person = street.person(short)
    await person.action_command(COMMAND, place)
    assert person.dialog is not None
    return person.dialog


def dialog(person: Person) -> Dialog:
    assert person.dialog is not None
    return person.dialog


async def given(street: Street, **more: Any) -> dict[str, Any]:
    offered = [one for one in await street.anna.search("recordings", "600") if one["value"] != HINT]
    offered = offered or await street.anna.search("recordings")
    return {**ANSWERS, "recordings": [offered[0]["value"]], **more}


@pytest.mark.parametrize("place", ["", GROUP])
async def test_p7_the_command_opens_the_form_anywhere_and_its_dialog_says_that_it_is_sent(
    street: Street, place: str
) -> None:
    before = len(street.tenant.talk.find(GROUP).messages)
    form = await opened(street, place=place)
    assert form.title == "Ask for a recording"
    await street.anna.press(form, "Send", await given(street))
    assert (dialog(street.anna).title, words(dialog(street.anna).card)) == (form.title, SENT)
    assert len(await filed(street)) == 1
    assert len(street.tenant.talk.find(GROUP).messages) == before


async def test_p7_what_is_wrong_in_the_dialog_is_said_there_and_nothing_typed_is_lost(street: Street) -> None:
    await opened(street)
    typed = await given(street)
    reply = await submitted(street, {**typed, "recordings": "77", "crm": " \u00a0", "purpose": "Why."})
    drawn = reply.json["task"]["value"]["card"]["content"]
    kept = {one["id"]: one.get("value", "") for one in drawn["body"] if str(one["type"]).startswith("Input.")}
    assert kept == {"reason": "complaint", "recordings": "77", "crm": " \u00a0", "purpose": "Why."}
    assert "⚠️ This is blank. Please write a few words." in words(drawn)
    assert await filed(street) == []


async def submitted(street: Street, data: Any, name: str = "composeExtension/submitAction") -> Any:
    told = {"verb": "send", "form": "access", "about": "S-1", **data} if isinstance(data, dict) else data
    return await street.invoke("anna", name, {"commandId": COMMAND, "commandContext": "compose", "data": told})


async def test_p7_a_dialog_that_the_client_sends_three_times_asks_once(street: Street) -> None:
    """learn.microsoft.com: after five seconds the client tries twice more."""
    form = await opened(street)
    await street.anna.press(form, "Send", await given(street))
    sent = next(one for one in reversed(street.tenant.wire.sent) if "submitAction" in one.activity["name"])
    for _ in range(2):
        reply = await street.tenant.wire.repeat(sent, 5)
        assert reply.json["task"]["value"]["title"] == form.title
    assert len(await filed(street)) == 1


async def test_p7_details_of_a_request_that_was_asked_before_open_and_work_in_the_dialog(street: Street) -> None:
    for _ in range(2):
        form = await opened(street)
        await street.anna.press(form, "Send", await given(street))
    assert dialog(street.anna).title == "Already asked"
    await street.anna.press(dialog(street.anna), "Details")
    [request] = await filed(street)
    assert request in words(dialog(street.anna).card)
    await street.anna.press(dialog(street.anna), "Withdraw")
    assert await street.state(request) == "withdrawn"
    assert "withdrawn" in words(dialog(street.anna).card)
    await street.anna.press(dialog(street.anna), "Ask again")
    assert dialog(street.anna).title == "Ask for a recording"
    assert ANSWERS["purpose"] in str(dialog(street.anna).card)


async def test_p7_the_typeahead_finds_recordings_for_staff_and_nothing_for_others(street: Street) -> None:
    form = await street.blank()
    assert len(await street.anna.search("recordings", "", form)) == 3
    [one] = await street.anna.search("recordings", "CS-10444", form)
    assert ("CS-10444" in one["title"], "+61412345672" in one["title"]) == (True, False)
    [said] = await street.anna.search("recordings", "no such call", form)
    assert said["value"] == "hint"
    await street.moved_in("gus")
    told = [{"title": INSTALL, "value": HINT}]
    for who, place, offered in (("gus", None, []), ("bram", GROUP, told)):
        asked = {"queryText": "", "dataset": "recordings"}
        found = await street.invoke(who, "application/search", asked, street.tenant.talk.find(place) if place else None)
        assert found.json["value"] == {"results": offered}


async def test_p7_private_views_are_for_their_holder(street: Street) -> None:
    """Bram is no party of the request; neither its card nor its details nor a link is for him."""
    request = await street.asked()
    await street.moved_in("bram")
    for verb in ("details", "show", "listen", "approve", "withdraw", "deny"):
        answer = shown(await street.execute("bram", {"verb": verb, "value": request}))
        assert ("CS-10442" in answer, "listen#" in answer) == (False, False)
    assert await street.state(request) == "waiting"
    assert (await street.directory.reference(IDS["bram"]))["scope"] == "personal"


BOTH = pytest.mark.parametrize("old", [False, True], ids=["execute", "submit"])
WHO = {"person": "Mara Ellis", "check": "called_back", "address": "mara@customer.example"}


def _stands(form: Message) -> dict[str, Any]:
    return {one["id"]: one.get("value") for one in inputs({"body": form.cards})}


async def _filed(street: Street) -> list[CustomerRequest]:
    return await street.company.database.read(
        lambda store: [*filter(None, store.rows(CustomerRequest, by=(CustomerRequest.asked_at,)))]
    )


async def _turned(street: Street, *, old: bool, **more: Any) -> Message:
    """Nothing else need be filled in for that."""
    form = await street.blank()
    offered = await street.anna.search("recordings", "", form)
    values = {"reason": "customer", "recordings": [offered[0]["value"]], **more}
    await street.press("anna", form, "Send", values, old_client=old)
    return street.again(form, "anna")


@BOTH
async def test_p8_the_first_choice_turns_the_form_and_back_and_what_was_typed_stays(street: Street, old: bool) -> None:
    form = await _turned(street, old=old, purpose="To hear it.")
    assert OTHERS in told(form)
    assert "A customer’s own call" in told(form)
    stands = _stands(form)
    assert (stands["reason"], stands["recordings"]) == ("customer", str(street.company.calls[0]))
    assert "purpose" not in stands
    await street.press("anna", form, "File", {"reason": "complaint"}, old_client=old)
    back = street.again(form, "anna")
    assert "Ask for a recording" in told(back)
    assert (_stands(back)["purpose"], _stands(back)["recordings"]) == ("To hear it.", str(street.company.calls[0]))


@BOTH
async def test_p8_an_error_is_at_its_field_and_loses_nothing_and_then_it_is_filed(street: Street, old: bool) -> None:
    await street.moved_in("tara")
    form = await _turned(street, old=old)
    await street.press("anna", form, "File", {**WHO, "address": "anna.quill@fernhill.example"}, old_client=old)
    again = street.again(form, "anna")
    assert "works or worked here" in told(again)
    assert (_stands(again)["person"], _stands(again)["check"]) == ("Mara Ellis", "called_back")
    await street.press("anna", again, "File", {"address": "mara@customer.example"}, old_client=old)
    [request] = await _filed(street)
    assert "The answer is due" in told(street.again(form, "anna"))
    assert "Mara Ellis" in told(street.card("tara", request.id))


async def test_the_home_opens_in_a_dialog_from_anywhere_and_leads_on_there(street: Street) -> None:
    opened = await street.invoke("anna", "composeExtension/fetchTask", {"commandId": "home"})
    shown = opened.json["task"]["value"]
    assert (shown["title"], "Nothing needs you now." in str(shown["card"])) == ("Call recordings", True)
    for verb, says in (("manage", "Must calls be kept for a case?"), ("home", "Nothing needs you now.")):
        data = {"commandId": "home", "data": {"verb": verb, "value": ""}}
        reply = await street.invoke("anna", "composeExtension/submitAction", data)
        card = reply.json["task"]["value"]["card"]["content"]
        assert says in str(card)
        assert ("Back" in [one.title for one in spots(card)]) == (verb != "home")
