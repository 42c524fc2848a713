"""The Web API as slack_sdk meets it: what it answers, and every refusal by Slack's own name."""

import pytest
from slack_sdk.errors import SlackApiError

pytestmark = pytest.mark.asyncio

TEXT = {"type": "plain_text", "text": "Hello"}
SECTION = {"type": "section", "text": TEXT}
HOME = {"type": "home", "blocks": [SECTION]}


async def refused(call):
    with pytest.raises(SlackApiError) as failure:
        await call
    return failure.value.response["error"]


@pytest.mark.parametrize(
    ("token", "code"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), ("xapp-1-rehearsal", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(town, token, code):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    _, answer = await town.raw("/rehearsal/slack/api/auth.test", headers=headers)
    assert answer == {"ok": False, "error": code}


class TestChat:
    @pytest.mark.parametrize(
        ("channel", "code"),
        [
            ("CNOWHERE", "channel_not_found"),
            ("DNOTOPENED", "channel_not_found"),
            ("UNOBODY", "channel_not_found"),
            ("UFAR", "channel_not_found"),
            ("CLUNCH", "not_in_channel"),
            ("U0STEWARD", "cannot_dm_bot"),
            ("", "invalid_arguments"),
        ],
    )
    async def test_where_the_bot_may_not_post(self, town, channel, code):
        assert await refused(town.client.chat_postMessage(channel=channel, text="Hi")) == code

    async def test_content_is_needed_and_limited(self, town):
        post = town.client.chat_postMessage
        empty = town.client.api_call("chat.postMessage", json={"channel": "UANNA", "text": ""})
        assert await refused(empty) == "no_text"
        assert await refused(post(channel="UANNA", text="x", blocks=[SECTION] * 51)) == "invalid_blocks"
        long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
        assert await refused(post(channel="UANNA", text="x", blocks=[long] * 5)) == "msg_blocks_too_long"
        answer = await post(channel="UANNA", text="x" * 40_001)
        assert len(answer["message"]["text"]) == 40_000

    async def test_invalid_blocks_name_the_place(self, town):
        with pytest.raises(SlackApiError) as failure:
            await town.client.chat_postMessage(channel="UANNA", text="x", blocks=[{"type": "header"}])
        messages = failure.value.response["response_metadata"]["messages"]
        assert messages == ["[ERROR] missing required field: text [json-pointer:/blocks/0]"]

    async def test_what_cannot_be_updated(self, town):
        update = town.client.chat_update
        await town.anna.say("My own words", "CSUPPORT")
        [mine] = town.anna.messages("CSUPPORT")
        sent = await town.client.chat_postMessage(channel="UANNA", text="One")
        at = {"channel": sent["channel"], "ts": sent["ts"]}
        assert await refused(update(channel="CSUPPORT", ts=mine.ts, text="No")) == "cant_update_message"
        assert await refused(update(channel=sent["channel"], ts="1.000000", text="No")) == "message_not_found"
        assert await refused(update(channel="UANNA", ts=sent["ts"], text="No")) == "channel_not_found"
        assert await refused(update(**at, text="x" * 4001)) == "msg_too_long"
        assert await refused(town.client.api_call("chat.update", json=at)) == "no_text"
        assert await refused(update(**at, text="x", blocks=[{"type": "x"}])) == "invalid_blocks"

    async def test_an_ephemeral_message_is_for_one_pair_of_eyes_and_cannot_be_updated(self, town):
        await town.anna.open_home()
        app = town.workspace.talk.open_dm("UANNA")
        sent = await town.client.chat_postEphemeral(channel=app, user="UANNA", text="Psst")
        assert [m.ephemeral for m in town.anna.dm] == [True]
        assert (
            await refused(town.client.chat_update(channel=app, ts=sent["message_ts"], text="No")) == "message_not_found"
        )
        post = town.client.chat_postEphemeral
        assert await refused(post(channel=app, user="UTARA", text="x")) == "user_not_in_channel"
        assert await refused(post(channel=app, user="UNOBODY", text="x")) == "user_not_found"


class TestHome:
    async def test_publish_and_its_hash(self, town):
        first = (await town.client.views_publish(user_id="UANNA", view=HOME))["view"]
        assert town.anna.home["id"] == first["id"]
        second = (await town.client.views_publish(user_id="UANNA", view=HOME, hash=first["hash"]))["view"]
        assert second["id"] == first["id"] and second["hash"] != first["hash"]
        again = town.client.views_publish(user_id="UANNA", view=HOME, hash=first["hash"])
        assert await refused(again) == "hash_conflict"
        await town.client.views_update(view_id=first["id"], view=HOME | {"callback_id": "new"})
        assert town.anna.home["callback_id"] == "new"
