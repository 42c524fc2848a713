"""Dialogs: from a button and from a message extension, sent, answered, closed, and every wrong answer."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from bot.rehearsal.teams import UNREACHABLE, Dialog, Person, words

from .street import CALLS, GROUP, TARA, WHY, Street, attached, button, card, never, results, submit, task, text

pytestmark = pytest.mark.asyncio


def before(person: Person) -> Dialog:
    """The dialog that the person has open."""
    assert person.dialog is not None
    return person.dialog


FETCH = submit("Ask", msteams={"type": "task/fetch"}, request="r1")


async def test_a_button_opens_a_dialog_that_is_sent_and_closed(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[FETCH]))
    street.answers["task/fetch"] = task(card(WHY, actions=[submit("Send", form="question")]), "A question")
    dialog = await street.tara.open_dialog(shown, "Ask")
    assert dialog.title == "A question" and street.heard[0]["value"]["data"]["request"] == "r1"
    assert (await street.tara.fill(dialog, {}, "Send")).errors == {"why": "Say why."}
    street.answers["task/submit"] = task(card(text("Another step"), actions=[submit("Done")]))
    await street.tara.fill(dialog, {"why": "When?"}, "Send")
    assert street.heard[1]["value"]["data"] == {"form": "question", "why": "When?"}
    assert words(before(street.tara).card) == "Another step\nDone"
    street.answers["task/submit"] = {"task": {"type": "message", "value": "Thank you"}}
    assert (await street.tara.press(before(street.tara), "Done")).said == "Thank you"
    assert street.tara.dialog is None and street.tenant.problems == []


async def test_an_empty_answer_closes_a_dialog_but_opens_none(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[FETCH]))
    street.answers["task/fetch"] = web.Response()
    with pytest.raises(LookupError):
        await street.tara.open_dialog(shown, "Ask")
    assert len(street.tenant.problems) == 1
    street.answers["task/fetch"] = task(card(actions=[submit("Done")]))
    street.answers["task/submit"] = web.Response()
    assert (await street.tara.press(await street.tara.open_dialog(shown, "Ask"), "Done")).ok
    assert street.tara.dialog is None


async def test_a_dialog_whose_answer_is_wrong_stays_open(street: Street) -> None:
    shown = await street.send(street.tara, card(actions=[FETCH]))
    street.answers["task/fetch"] = task(card(WHY, actions=[submit("Send")]))
    dialog = await street.tara.open_dialog(shown, "Ask")
    for wrong in ({"task": {"type": "continue", "value": {"card": card()}}}, {"task": {"type": "other"}}, {"x": 1}):
        street.answers["task/submit"] = wrong
        assert (await street.tara.fill(dialog, {"why": "x"}, "Send")).error == UNREACHABLE
        assert street.tara.dialog is dialog
    assert len(street.tenant.problems) == 3


@pytest.mark.parametrize("action", [button("Send"), submit("Send", msteams={"type": "task/fetch"})])
async def test_in_a_dialog_only_a_plain_submit_reaches_the_bot(street: Street, action: Any) -> None:
    shown = await street.send(street.tara, card(actions=[FETCH]))
    street.answers["task/fetch"] = task(card(actions=[action]))
    dialog = await street.tara.open_dialog(shown, "Ask")
    assert (await street.tara.press(dialog, "Send")).error == UNREACHABLE
    assert len(street.heard) == 1


async def test_an_action_command_opens_the_form_with_its_typeahead_and_sends_it(street: Street) -> None:
    street.answers["composeExtension/fetchTask"] = task(card(CALLS, actions=[submit("Send")]))
    street.answers["application/search"] = results(("Tue 09:10", "c1"))
    street.answers["composeExtension/submitAction"] = web.Response()
    assert (await street.anna.action_command("recording-request")).ok
    await street.anna.search("calls", "tue")
    assert (await street.anna.fill(before(street.anna), {"calls": ["c1"]}, "Send")).ok
    fetched, _, sent = street.heard
    assert fetched["value"] == {
        "commandId": "recording-request",
        "commandContext": "compose",
        "context": {"theme": "default"},
    }
    assert sent["name"] == "composeExtension/submitAction" and sent["value"]["data"] == {"calls": "c1"}
    assert street.anna.dialog is None and street.tenant.problems == []


async def test_a_late_submit_action_is_sent_three_times_and_the_same(street: Street) -> None:
    street.answers["composeExtension/fetchTask"] = task(card(actions=[submit("Send")]))
    await street.anna.action_command("recording-request", GROUP)
    street.tenant.invoke_seconds = 0.05
    street.answers["composeExtension/submitAction"] = never
    assert (await street.anna.press(before(street.anna), "Send")).error == UNREACHABLE
    tries = [one for one in street.heard if one["name"] == "composeExtension/submitAction"]
    assert len(tries) == 3 and tries[0] == tries[1] == tries[2]
    assert street.anna.dialog is not None


async def test_a_command_may_put_a_card_into_the_composer(street: Street) -> None:
    street.answers["composeExtension/fetchTask"] = task(card(actions=[submit("Send")]))
    result = {"type": "result", "attachmentLayout": "list", "attachments": [attached(card())]}
    street.answers["composeExtension/submitAction"] = {"composeExtension": result}
    await street.anna.action_command("recording-request")
    await street.anna.press(before(street.anna), "Send")
    assert street.anna.composer == [attached(card())] and street.anna.dialog is None


@pytest.mark.parametrize(
    "wrong", [{"composeExtension": []}, {"composeExtension": {"type": "result"}}, {"composeExtension": {"type": "odd"}}]
)
async def test_a_submit_action_whose_answer_is_wrong(street: Street, wrong: Any) -> None:
    street.answers["composeExtension/fetchTask"] = task(card(actions=[submit("Send")]))
    street.answers["composeExtension/submitAction"] = wrong
    await street.anna.action_command("recording-request")
    assert (await street.anna.press(before(street.anna), "Send")).error == UNREACHABLE
    street.answers["composeExtension/submitAction"] = {"composeExtension": {"type": "message", "text": "Thank you"}}
    assert (await street.anna.press(before(street.anna), "Send")).said == "Thank you"


@pytest.mark.parametrize("size", ["huge", 1.5, None])
async def test_a_dialog_of_no_known_size_does_not_open(street: Street, size: Any) -> None:
    wrong = task(card())
    wrong["task"]["value"]["height"] = size
    street.answers["composeExtension/fetchTask"] = wrong
    assert (await street.anna.action_command("recording-request")).error == UNREACHABLE


async def test_closing_and_uninstalling_leave_no_dialog(street: Street) -> None:
    street.answers["composeExtension/fetchTask"] = task(card())
    await street.anna.action_command("recording-request")
    street.anna.close()
    assert street.anna.dialog is None
    await street.anna.action_command("recording-request")
    street.tenant.change(TARA, "deactivated")
    await street.anna.uninstall()
    assert street.anna.dialog is None and not (await street.tara.action_command("recording-request")).ok
