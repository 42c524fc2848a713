"""What the bot is sent: signatures over the raw body, payloads as Slack shapes them, patience and retries."""

import asyncio
import json
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.rehearsal.slack.outbound import HttpWire, signed

pytestmark = pytest.mark.asyncio


async def accept(request):
    return web.Response()


def payload(town):
    """The last interaction or event that the bot was sent."""
    headers, body = town.heard[-1]
    if headers["Content-Type"] == "application/json":
        return json.loads(body)
    form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
    return json.loads(form["payload"]) if "payload" in form else form


async def test_every_request_is_signed_over_its_raw_body(town):
    town.hooks.append(accept)
    await town.anna.command("/hello wörld & <you>")
    await town.anna.open_home()
    verifier = SignatureVerifier("rehearsal-secret")
    assert len(town.heard) == 2
    for headers, body in town.heard:
        assert verifier.is_valid_request(body, headers)
        assert not verifier.is_valid_request(body + " ", headers)


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


async def test_the_time_in_a_signature_is_the_wall_clocks(town):
    town.hooks.append(accept)
    wire = HttpWire(town.workspace.bot_url, "rehearsal-secret", lambda: 1_000_000.0)
    town.workspace.sender.wire = wire
    await town.anna.command("/hello")
    await wire.close()
    assert town.heard[-1][0]["X-Slack-Request-Timestamp"] == "1000000"


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


class TestEvents:
    def _failing(self, town, *answers):
        left = list(answers)

        async def hook(request):
            return left.pop(0) if left else web.Response()

        town.hooks.append(hook)

    async def test_an_event_is_repeated_three_times_with_its_number_and_reason(self, town):
        self._failing(town, *[web.Response(status=500) for _ in range(4)])
        await town.anna.open_home()
        assert [headers.get("X-Slack-Retry-Num") for headers, _ in town.heard] == [None, "1", "2", "3"]
        assert {headers.get("X-Slack-Retry-Reason") for headers, _ in town.heard[1:]} == {"http_error"}
        assert len({json.loads(body)["event_id"] for _, body in town.heard}) == 1
        assert town.clock.waited == [0.0, 60.0, 300.0]

    async def test_home_opened_and_user_change(self, town):
        town.hooks.append(accept)
        await town.anna.open_home()
        event = payload(town)["event"]
        assert (event["type"], event["user"], event["tab"]) == ("app_home_opened", "UANNA", "home")
        await town.workspace.change("UANNA", "deactivated")
        event = payload(town)["event"]
        assert (event["type"], event["user"]["deleted"]) == ("user_change", True)
        assert (await town.anna.command("/hello")).error.startswith("This account is deactivated")
