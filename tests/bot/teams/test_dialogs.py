"""The message extension's form in a dialog, the recordings that it finds, and values that no client of ours sends (P7)."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal.teams import Dialog, Person, words
from bot.teams.platform import INSTALL
from handlers.cards import HINT
from tests.each import each
from tests.handlers.builders import approved, audit

from .street import ANSWERS, CLAIM, GROUP, IDS, Street, shown
from .test_presses import filed

COMMAND = "recording-request"
SENT = "Your request is on its way. You get a card that shows how it stands."


async def calls_of(street: Street, request: str) -> list[str]:
    """The calls that a request names, as the form's values."""
    rows = await street.company.database.read(lambda store: store.recordings.of_request(request))
    return [str(one.id) for one in rows]


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
    assert (dialog(street.anna).title, words(dialog(street.anna).card)) == ("Sent", SENT)
    assert len(await filed(street)) == 1
    assert len(street.tenant.talk.find(GROUP).messages) == before


async def test_p7_what_is_wrong_in_the_dialog_is_said_there_and_nothing_typed_is_lost(street: Street) -> None:
    await opened(street)
    typed = await given(street)
    reply = await submitted(street, {**typed, "recordings": "77", "crm": " \u00a0", "purpose": "Why."})
    drawn = reply.json["task"]["value"]["card"]["content"]
    kept = {one["id"]: one.get("value", "") for one in drawn["body"] if str(one["type"]).startswith("Input.")}
    assert kept == {"reason": "complaint", "recordings": "77", "crm": " \u00a0", "purpose": "Why."}
    assert "⚠️ Only blanks are in here. Please write a few words." in words(drawn)
    assert await filed(street) == []


async def test_p7_calls_that_a_phone_loses_after_an_error_stand_there_as_text_and_count(street: Street) -> None:
    """Its list shows nothing any more, and sends nothing; what was chosen before is named, and filed."""
    form = await opened(street)
    chosen = [one["value"] for one in await street.anna.search("recordings")][:2]
    await street.anna.press(form, "Send", await given(street, recordings=chosen, purpose=" \u00a0"))
    told = words(dialog(street.anna).card)
    assert "Only blanks are in here." in told
    names = [one["title"] for one in await street.anna.search("recordings") if one["value"] in chosen]
    assert "Chosen so far, and sent unless you choose others: " + "; ".join(names) in " ".join(told.split())
    await street.anna.press(dialog(street.anna), "Send", {"recordings": [], "purpose": "Why."})
    assert dialog(street.anna).title == "Sent"
    [request] = await filed(street)
    assert await calls_of(street, request) == chosen


async def submitted(street: Street, data: Any, name: str = "composeExtension/submitAction") -> Any:
    told = {"verb": "send", "form": "access", "about": "S-1", **data} if isinstance(data, dict) else data
    return await street.invoke("anna", name, {"commandId": COMMAND, "commandContext": "compose", "data": told})


async def test_p9_a_reason_that_needs_more_goes_on_in_the_dialog(street: Street) -> None:
    form = await opened(street)
    await street.anna.press(form, "Send", await given(street, reason="legal_claim"))
    assert "Matter" in words(dialog(street.anna).card)
    await street.anna.press(dialog(street.anna), "Send", CLAIM)
    assert (dialog(street.anna).title, len(await filed(street))) == ("Sent", 1)


async def test_p7_a_dialog_that_the_client_sends_three_times_asks_once(street: Street) -> None:
    """learn.microsoft.com: after five seconds the client tries twice more."""
    form = await opened(street)
    await street.anna.press(form, "Send", await given(street))
    sent = next(one for one in reversed(street.tenant.wire.sent) if "submitAction" in one.activity["name"])
    for _ in range(2):
        reply = await street.tenant.wire.repeat(sent, 5)
        assert reply.json["task"]["value"]["title"] == "Sent"
    assert len(await filed(street)) == 1


async def test_p3_details_on_the_policy_page_opens_them_in_the_dialog(street: Street) -> None:
    await street.anna.action_command("recording-policy")
    assert dialog(street.anna).title == "Call recording policy"
    await street.anna.press(dialog(street.anna), "Details")
    assert words(dialog(street.anna).card).startswith("P1 · The policy guides")
    await street.anna.press(dialog(street.anna), "Back")
    assert "These are its clauses" in words(dialog(street.anna).card)


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


async def test_p7_a_link_and_a_form_about_a_card_open_in_the_dialog(street: Street) -> None:
    request = await approved(street.company)
    await street.settled()
    handed = (await submitted(street, {"verb": "listen", "value": request})).json["task"]["value"]
    assert ("listen#" in str(handed), handed["title"]) == (True, "Listen")
    request = await street.asked()
    reply = await street.invoke("tara", "task/submit", {"data": {"verb": "deny", "value": request}})
    deny = reply.json["task"]["value"]["card"]["content"]["actions"][0]["data"]
    assert (deny["form"], deny["about"]) == ("deny", request)


@each("command", [None, "", 5, [], "recordingBreaches", "access", "recordingrequest"])
async def test_a_command_that_the_app_does_not_have_is_refused_with_a_sentence(street: Street, command: Any) -> None:
    before = await audit(street.company)
    reply = await street.invoke("anna", "composeExtension/fetchTask", {"commandId": command})
    assert reply.json["task"] == {
        "type": "message", "value": "I don't know this command. Please write “home” to me for a fresh start.",
    }  # fmt: skip
    assert await audit(street.company) == before


async def test_whoever_has_not_added_the_app_is_asked_to(street: Street) -> None:
    reply = await street.invoke("bram", "composeExtension/fetchTask", {}, street.tenant.talk.find(GROUP))
    assert reply.json["task"] == {
        "type": "message", "value": "Please add me to your own chats first. Then I can recognise you.",
    }  # fmt: skip


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


async def test_p7_the_private_views_are_for_whoever_holds_them(street: Street) -> None:
    """Bram is no party of the request; neither its card nor its details nor a link is for him."""
    request = await street.asked()
    await street.moved_in("bram")
    for verb in ("details", "show", "listen", "approve", "withdraw", "deny"):
        answer = shown(await street.execute("bram", {"verb": verb, "value": request}))
        assert ("CS-10442" in answer, "listen#" in answer) == (False, False)
    assert await street.state(request) == "waiting"
    assert (await street.directory.reference(IDS["bram"]))["scope"] == "personal"
