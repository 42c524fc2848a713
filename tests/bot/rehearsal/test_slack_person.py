"""A person's doings when something is in the way, and what only some messages and accounts bring."""

from __future__ import annotations

import json

import pytest
from aiohttp import web

pytestmark = pytest.mark.asyncio


def words(text):
    return {"type": "plain_text", "text": text}


def button(name, value="1", **more):
    return {"type": "button", "action_id": name, "text": words("Listen"), "value": value, **more}


FIELD = {
    "type": "input",
    "block_id": "calls",
    "label": words("Calls"),
    "element": {"type": "external_select", "action_id": "calls", "min_query_length": 0},
}
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": words("Ask"),
    "submit": words("Send"),
    "notify_on_close": True,
    "blocks": [FIELD | {"optional": True}],
}


async def card(town, *elements, channel="UANNA"):
    await town.client.chat_postMessage(
        channel=channel, text="Card", blocks=[{"type": "actions", "block_id": "b", "elements": list(elements)}]
    )
    return town.anna.dm[-1] if channel == "UANNA" else town.anna.messages(channel)[-1]


async def form(town):
    trigger = town.workspace.tickets.trigger("UANNA")
    await town.client.views_open(trigger_id=trigger, view=MODAL)


async def broken(request):
    return web.Response(status=500)


async def taken(request):
    return web.Response()


async def test_every_doing_tells_the_person_when_the_app_fails(town):
    message = await card(town, button("yes"))
    await form(town)
    town.hooks.append(broken)
    assert (await town.anna.press(message, "yes")).error == (
        "That did not work: the app could not be reached (dispatch_failed)"
    )
    assert (await town.anna.submit({})).error.startswith("The form did not work")
    assert town.anna.modal is not None
    assert await town.anna.options("calls", "x") == []
    await town.anna.close()
    assert town.workspace.problems == ["view_closed: dispatch_failed"]


async def test_a_deactivated_person_can_do_nothing(town):
    message = await card(town, button("yes"))
    await form(town)
    anna = town.anna
    town.hooks.append(broken)
    await town.workspace.change("UANNA", "deactivated")
    sent = len(town.heard)
    tries = [await anna.press(message, "yes"), await anna.submit({}), await anna.say("Hello")]
    assert {one.error for one in tries} == {"This account is deactivated and can do nothing here."}
    assert len(town.heard) == sent


@pytest.mark.parametrize("read_only", [True, False])
async def test_a_command_is_typed_where_it_can_be(town, read_only):
    town.workspace.read_only = read_only
    channels = []

    @town.bolt.command("/hello")
    async def hello(ack, body):
        channels.append(body["channel_id"])
        await ack()

    assert (await town.anna.command("/hello")).ok
    assert channels == ["CSUPPORT" if read_only else town.workspace.talk.dm_id("UANNA")]


class TestWritingToTheApp:
    @pytest.fixture
    def town_settings(self):
        return {"events": frozenset({"message.im"})}

    async def test_a_subscribed_app_hears_what_is_written_to_it(self, town):
        town.hooks.append(taken)
        await town.anna.say("Hello bot")
        await town.workspace.sender.settled()
        event = json.loads(town.heard[-1][1])["event"]
        assert (event["type"], event["channel_type"], event["text"]) == ("message", "im", "Hello bot")
        assert await town.anna.open_home() is None and len(town.heard) == 1
