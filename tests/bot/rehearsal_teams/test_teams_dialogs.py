"""Dialogs: from a button and from a message extension, sent, answered, closed, and every wrong answer."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from bot.rehearsal.teams import UNREACHABLE, Dialog, Person, words

from .street import CALLS, WHY, Street, button, card, results, submit, task, text

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
