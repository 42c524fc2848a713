"""The page's interface: state, conversations, doings, and the stream that says what changed."""

import asyncio
import json

import pytest

pytestmark = pytest.mark.asyncio

YES = {"type": "button", "action_id": "yes", "value": "1", "text": {"type": "plain_text", "text": "Yes"}}
CARD = [{"type": "actions", "block_id": "decide", "elements": [YES]}]
ANNA = "/rehearsal/api/people/UANNA"


async def get(town, path):
    async with town.client.session.get(town.workspace.public_url + path) as response:
        return response.status, await (response.json() if response.content_type.endswith("json") else response.text())


async def test_the_page_and_its_files_are_served_and_nothing_else(town, tmp_path):
    (tmp_path / "app.js").write_text("1")
    assert await get(town, "/") == (200, "<title>Rehearsal</title>")
    assert await get(town, "/rehearsal/page/app.js") == (200, "1")
    for name in ("missing.js", "..%2f..%2fpyproject.toml", "%2e%2e"):
        assert (await get(town, f"/rehearsal/page/{name}"))[0] == 404


async def test_state_tells_who_is_there(town):
    _, state = await get(town, "/rehearsal/api/state")
    assert (state["company"], state["bot"]["name"]) == ("Fernhill Telecare", "Recording Steward")
    assert [one["id"] for one in state["people"]] == ["UANNA", "UTARA", "UGUEST", "UFAR", "UGONE"]
    assert state["people"][0]["initials"] == "AQ" and state["people"][0]["colour"].startswith("#")
    assert state["commands"] == [{"command": "/hello", "description": "Says hello", "usage_hint": "[name]"}]
    assert [one["mode"] for one in state["fault_modes"]] == ["ok", "slow", "limited", "failing", "lost"]
    assert state["now"] == "2026-11-24T09:00:00+00:00"


async def test_the_stream_says_what_changed_to_those_whom_it_concerns(town):
    opened = asyncio.Event()

    @town.bolt.event("app_home_opened")
    async def home(event, client):
        view = {"type": "home", "blocks": [{"type": "divider"}]}
        await client.views_publish(user_id=event["user"], view=view)
        opened.set()

    url = f"{town.workspace.public_url}/rehearsal/api/events?person=UANNA"
    async with town.client.session.get(url) as stream:
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readline() == b"retry: 1000\n"
        sent = await town.client.chat_postMessage(channel="UANNA", text="One")
        await town.client.chat_postMessage(channel="UTARA", text="Not for Anna")
        await town.client.chat_update(channel=sent["channel"], ts=sent["ts"], text="Two")
        await town.raw(f"{ANNA}/home", json={})
        await opened.wait()
        await town.raw("/rehearsal/api/faults", json={"mode": "ok"})
        changes = [await next_change(stream) for _ in range(5)]
    at = {"channel": sent["channel"], "ts": sent["ts"]}
    assert changes == [
        {"type": "message", **at},
        {"type": "unread", **at},
        {"type": "updated", **at},
        {"type": "home"},
        {"type": "faults"},
    ]


async def next_change(stream):
    while not (line := await stream.content.readline()).startswith(b"data: "):
        pass
    return json.loads(line.removeprefix(b"data: "))


async def test_nonsense_is_a_sentence_and_never_a_500(town):
    assert (await town.raw(f"{ANNA}/say", data="{"))[0] == 400
    assert (await town.raw(f"{ANNA}/say", json=[]))[0] == 400
    assert (await town.raw("/rehearsal/api/faults", json={"mode": "odd"}))[0] == 400
    for name in ("say", "press", "submit", "close", "options", "read"):
        status, answer = await town.raw(f"{ANNA}/{name}", json={})
        assert status == 200 and answer


async def at(town, browser, path, **body):
    """What the page in this browser asks, or, with a body, does."""
    way = town.client.session.post if body else town.client.session.get
    more = {"json": body} if body else {}
    async with way(town.workspace.public_url + path, headers={"X-Browser": browser}, **more) as response:
        return await response.json()


def opens_a_form(town):
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Ask"}, "blocks": CARD}

    @town.bolt.command("/hello")
    async def hello(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)


async def test_a_dialog_stands_in_the_browser_that_opened_it_though_another_is_the_same_person(town, heard):
    opens_a_form(town)
    for browser in ("desktop", "phone"):
        await at(town, browser, f"{ANNA}/say", channel="CSUPPORT", text="/hello")
    seen = {one: (await at(town, one, f"{ANNA}/views"))["modal"]["id"] for one in ("desktop", "phone")}
    assert seen["desktop"] != seen["phone"]
    assert (await at(town, "tablet", f"{ANNA}/views"))["modal"] is None
    other = await at(town, "phone", f"{ANNA}/close", view_id=seen["desktop"])
    assert other == {"ok": False, "error": "This form is no longer open."}
    assert await at(town, "desktop", f"{ANNA}/close", view_id=seen["desktop"]) == {"ok": True}
    assert (await at(town, "desktop", f"{ANNA}/views"))["modal"] is None
    assert (await at(town, "phone", f"{ANNA}/views"))["modal"]["id"] == seen["phone"]
