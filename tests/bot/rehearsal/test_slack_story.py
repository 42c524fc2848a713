"""The stand-in with a real Bolt app: command, modal, card, press, submit, over signed HTTP."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.asyncio

FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "why"},
        }
    ],
}


async def test_a_command_opens_a_form_whose_answer_becomes_a_card(town):
    @town.bolt.command("/hello")
    async def hello(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @town.bolt.view("form")
    async def form(ack, body, view, client):
        await ack()
        why = view["state"]["values"]["why"]["why"]["value"]
        button = {"type": "button", "text": {"type": "plain_text", "text": "Approve"}, "action_id": "yes", "value": "1"}
        await client.chat_postMessage(
            channel="UTARA", text=why, blocks=[{"type": "actions", "block_id": "b", "elements": [button]}]
        )

    @town.bolt.action("yes")
    async def yes(ack, body, client):
        await ack()
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Approved", blocks=[])

    assert (await town.anna.command("/hello there")).ok
    assert town.anna.modal["callback_id"] == "form"
    assert (await town.anna.submit({})).errors == {"why": "Please complete this required field."}
    assert (await town.anna.submit({"Why": "A complaint"})).ok
    assert town.anna.modal is None
    card = town.tara.dm[-1]
    assert card.text == "A complaint" and town.tara.unread() == 1
    assert (await town.tara.press(card, "Approve")).ok
    assert town.tara.dm[-1].text == "Approved" and town.tara.dm[-1].blocks is None
    assert town.tara.unread() == 1
    assert town.workspace.problems == []
