"""Socket Mode with Bolt's own handler: the same doings, over web sockets."""

from __future__ import annotations

import aiohttp
import pytest
import pytest_asyncio
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

pytestmark = pytest.mark.asyncio


@pytest.fixture
def town_settings():
    return {"bot_url": None}


@pytest_asyncio.fixture
async def handler(town):
    handler = AsyncSocketModeHandler(town.bolt, "xapp-1-rehearsal", web_client=town.client)
    await handler.connect_async()
    yield handler
    await handler.close_async()


MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "call",
            "label": {"type": "plain_text", "text": "Call"},
            "element": {"type": "external_select", "action_id": "call", "min_query_length": 0},
        }
    ],
}


async def test_command_options_and_submission_go_over_the_socket(town, handler):
    @town.bolt.command("/hello")
    async def hello(ack, body, client):
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack("Hello")

    @town.bolt.options("call")
    async def options(ack):
        await ack(options=[{"text": {"type": "plain_text", "text": "One"}, "value": "1"}])

    @town.bolt.view("form")
    async def form(ack):
        await ack(response_action="errors", errors={"call": "Not that one."})

    assert (await town.anna.command("/hello")).ok
    assert [m.text for m in town.anna.dm] == ["Hello"]
    assert [one["value"] for one in await town.anna.options("call")] == ["1"]
    assert (await town.anna.submit({"call": "1"})).errors == {"call": "Not that one."}
    assert town.heard == []


async def test_events_and_presses_go_over_the_socket(town, handler):
    seen = []

    @town.bolt.event("app_home_opened")
    async def home(event):
        seen.append(event["user"])

    @town.bolt.action("yes")
    async def yes(ack, body):
        seen.append(body["actions"][0]["value"])
        await ack()

    button = {"type": "button", "text": {"type": "plain_text", "text": "Yes"}, "action_id": "yes", "value": "1"}
    await town.client.chat_postMessage(channel="UANNA", text="Card", blocks=[{"type": "actions", "elements": [button]}])
    await town.anna.press(town.anna.dm[0], "Yes")
    assert await town.workspace.sender.event(
        {"type": "event_callback", "team_id": "T0FERNHILL", "event": {"type": "app_home_opened", "user": "UANNA"}}
    )
    assert seen == ["1", "UANNA"]


async def test_the_connection_needs_the_apps_own_token_and_its_ticket(town):
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await town.client.apps_connections_open(app_token="xoxb-rehearsal")
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await town.client.apps_connections_open(app_token="xapp-1-other")
    address = (await town.client.apps_connections_open(app_token="xapp-1-rehearsal"))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)
