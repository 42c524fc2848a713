"""A person's doings when something is in the way, and what only some messages and accounts bring."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

pytestmark = pytest.mark.asyncio


def words(text):
    return {"type": "plain_text", "text": text}


def option(value):
    return {"text": words(value.upper()), "value": value}


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
        channel=channel,
        text="Card",
        blocks=[{"type": "actions", "block_id": "b", "elements": list(elements)}],
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


async def test_an_app_that_is_gone_or_talks_nonsense_is_dispatch_failed(town):
    async def nonsense(request):
        return web.Response(text="{", content_type="application/json")

    town.hooks.append(nonsense)
    assert "(dispatch_failed)" in (await town.anna.command("/hello")).error
    town.workspace.http.url = "http://127.0.0.1:9/slack/events"
    assert "(dispatch_failed)" in (await town.anna.command("/hello")).error


async def test_options_that_slack_would_refuse_are_noted_and_not_offered(town):
    async def too_many(request):
        return web.json_response({"options": [option(str(n)) for n in range(101)]})

    await form(town)
    town.hooks.append(too_many)
    assert await town.anna.options("calls", "x") == []
    assert "no more than 100 items allowed" in town.workspace.problems[0]


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


async def test_buttons_that_say_the_same_are_told_apart(town, heard):
    message = await card(town, button("a", "first"), button("b", "second", url="https://fernhill.example/x"))
    await town.anna.press(message, "Listen", which=1)
    assert heard[-1]["actions"][0]["value"] == "second"
    assert town.anna.link(message, "b") == "https://fernhill.example/x"
    with pytest.raises(LookupError):
        await town.anna.press(message, "Listen", which=2)


async def test_an_overflow_menu_sends_its_chosen_option(town, heard):
    menu = {"type": "overflow", "action_id": "more", "options": [option("hold"), option("erase")]}
    await town.anna.press(await card(town, menu), "more", "erase")
    assert heard[-1]["actions"][0]["selected_option"] == option("erase")


async def test_a_select_in_a_message_brings_its_state_and_searches(town, heard):
    select = {"type": "external_select", "action_id": "calls", "min_query_length": 0}
    message = await card(town, select)
    assert [one["value"] for one in await town.anna.options("calls", "x", message)] == ["x0", "x1", "x2"]
    assert heard[-1]["container"]["message_ts"] == message.ts
    assert (await town.anna.press(message, "calls", "x1")).ok
    assert heard[-1]["state"]["values"]["b"]["calls"]["selected_option"] == option("x1")


async def test_a_message_deleted_under_the_finger_is_pressed_all_the_same(town, heard):
    message = await card(town, button("yes"), channel="CSUPPORT")
    await town.client.chat_delete(channel=message.channel, ts=message.ts)
    assert (await town.anna.press(message, "yes")).ok
    assert heard[-1]["actions"][0]["action_id"] == "yes"


async def test_metadata_and_threads_stay_with_the_message(town):
    metadata = {"event_type": "request", "event_payload": {"id": "R-1"}}
    sent = await town.client.chat_postMessage(channel="UANNA", text="One", metadata=metadata)
    again = {"channel": sent["channel"], "ts": sent["ts"]}
    assert town.anna.dm[0].metadata == metadata
    await town.client.chat_postMessage(channel="UANNA", text="Two", thread_ts=sent["ts"])
    assert town.anna.dm[1].thread_ts == sent["ts"]
    changed = metadata | {"event_payload": {"id": "R-2"}}
    await town.client.chat_update(**again, text="One", metadata=changed)
    assert town.anna.dm[0].metadata == changed


async def test_an_answer_in_a_thread_says_so_when_it_is_pressed(town, heard):
    first = await town.client.chat_postMessage(channel="UANNA", text="One")
    blocks = [{"type": "actions", "elements": [button("yes")]}]
    under = {"thread_ts": first["ts"], "reply_broadcast": True}
    sent = await town.client.chat_postMessage(channel="UANNA", text="Two", blocks=blocks, **under)
    assert (sent["message"]["subtype"], sent["message"]["thread_ts"]) == ("thread_broadcast", first["ts"])
    assert (await town.anna.press(town.anna.dm[1], "yes")).ok
    assert heard[-1]["container"]["thread_ts"] == first["ts"]
    # An answer to an answer stands in the same thread.
    await town.client.chat_postMessage(channel="UANNA", text="Three", thread_ts=sent["ts"])
    assert town.anna.dm[2].thread_ts == first["ts"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reply_broadcast": True}, "invalid_arguments"),
        ({"thread_ts": "today"}, "invalid_thread_ts"),
        ({"thread_ts": "1.5", "reply_broadcast": True}, "invalid_thread_ts"),
    ],
)
async def test_a_thread_that_can_be_none_is_refused(town, more, code):
    with pytest.raises(SlackApiError) as refused:
        await town.client.chat_postMessage(channel="UANNA", text="Two", **more)
    assert refused.value.response["error"] == code
    assert town.anna.dm == []


async def test_what_only_one_person_sees_has_no_thread(town):
    opened = await town.client.conversations_open(users="UANNA")
    channel = opened["channel"]["id"]
    said = await town.client.chat_postEphemeral(channel=channel, user="UANNA", text="One")
    with pytest.raises(SlackApiError) as refused:
        await town.client.chat_postMessage(channel=channel, text="Two", thread_ts=said["message_ts"])
    assert refused.value.response["error"] == "cannot_reply_to_message"


async def test_an_answer_to_a_message_that_is_gone_stands_by_itself(town):
    first = await town.client.chat_postMessage(channel="UANNA", text="One")
    await town.client.chat_delete(channel=first["channel"], ts=first["ts"])
    under = {"thread_ts": first["ts"], "reply_broadcast": True}
    await town.client.chat_postMessage(channel="UANNA", text="Two", **under)
    assert [(one.text, one.thread_ts) for one in town.anna.dm] == [("Two", None)]


async def test_what_people_type_is_kept_as_text(town):
    await town.anna.say("<!channel> & <https://evil.example|click>", "CLUNCH")
    [message] = town.tara.messages("CLUNCH")
    assert message.text == "&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;"
    assert message.pings == [] and message.links == []


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


async def test_half_an_emoji_is_no_json_for_slack(town):
    head = {"Authorization": "Bearer xoxb-rehearsal", "Content-Type": "application/json"}
    body = '{"channel": "UANNA", "text": "cut \\ud83d"}'
    _, answer = await town.raw("/rehearsal/slack/api/chat.postMessage", headers=head, data=body)
    assert answer == {"ok": False, "error": "invalid_json"}


async def test_time_standing_still_or_going_back_keeps_messages_in_order(town):
    for text in ("One", "Two"):
        await town.client.chat_postMessage(channel="UANNA", text=text)
    town.clock.now -= timedelta(hours=1)
    await town.client.chat_postMessage(channel="UANNA", text="Three")
    stamps = [message.ts for message in town.anna.dm]
    assert [message.text for message in town.anna.dm] == ["One", "Two", "Three"]
    assert stamps == sorted(stamps) and len(set(stamps)) == 3
