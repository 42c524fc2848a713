"""What the bot is sent: a signature as Slack documents it, patience and retries."""

import asyncio
import json

import pytest
from aiohttp import web

from bot.rehearsal.slack.outbound import signed

pytestmark = pytest.mark.asyncio


async def test_a_signature_has_slacks_documented_form():
    """The worked example of docs.slack.dev/authentication/verifying-requests-from-slack."""
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        "channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        "response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
        "96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = signed("8f742231b10e8888abcd99yyyzzz85a5", body.encode(), 1531420618)
    assert headers["X-Slack-Signature"] == ("v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")


class TestPatience:
    @pytest.fixture
    def town_settings(self):
        return {"ack_seconds": 0.3}

    async def test_silence_is_operation_timeout_and_not_repeated(self, town):
        gate = asyncio.Event()

        async def silent(request):
            await gate.wait()
            return web.Response()

        town.hooks.append(silent)
        outcome = await town.anna.command("/hello")
        gate.set()
        assert outcome.error == ("/hello did not work: the app took longer than 0.3 seconds (operation_timeout)")
        assert len(town.heard) <= 1


async def test_an_event_is_repeated_three_times_with_its_number_and_reason(town):
    async def failing(request):
        return web.Response(status=500)

    town.hooks.append(failing)
    await town.anna.open_home()
    assert [headers.get("X-Slack-Retry-Num") for headers, _ in town.heard] == [None, "1", "2", "3"]
    assert {headers.get("X-Slack-Retry-Reason") for headers, _ in town.heard[1:]} == {"http_error"}
    assert len({json.loads(body)["event_id"] for _, body in town.heard}) == 1
    assert town.clock.waited == [0.0, 60.0, 300.0]
