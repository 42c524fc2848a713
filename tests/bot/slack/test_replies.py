"""A reply by a payload's own address goes to Slack, and nowhere that only begins like it."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.chat import SlackChat

SLACK, STAND_IN = "https://slack.com/api/", "http://127.0.0.1:3000/rehearsal/slack/api/"
OURS = [
    (SLACK, "https://hooks.slack.com/commands/T1/1/x"),
    (SLACK, "https://slack.com/x"),
    ("https://www.slack.com/api/", "https://hooks.slack.com/x"),
    ("https://slack-gov.com/api/", "https://hooks.slack-gov.com/x"),
    (STAND_IN, "http://127.0.0.1:3000/rehearsal/slack/response/x"),
]
ELSEWHERE = [
    (SLACK, "https://slack.com.evil.example/x"),
    (SLACK, "https://hooks.slack.com.evil.example/x"),
    (SLACK, "https://hooks.slack.com@evil.example/x"),
    (SLACK, "https://evil.example#https://hooks.slack.com/"),
    (SLACK, "http://hooks.slack.com/x"),
    (SLACK, "https://hooks.slack.com:8443/x"),
    (SLACK, "https://hooks.slack-gov.com/x"),
    (SLACK, "https://["),
    (SLACK, "/x"),
    (SLACK, ""),
    (STAND_IN, "http://127.0.0.1:30001/x"),
    (STAND_IN, "http://127.0.0.1:3000@evil.example/x"),
    (STAND_IN, "https://hooks.slack.com/x"),
]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were written to."""
    found: list[str] = []

    async def send(self: AsyncWebhookClient, **_: Any) -> WebhookResponse:
        found.append(self.url)
        return WebhookResponse(url=self.url, status_code=200, body="ok", headers={})

    monkeypatch.setattr(AsyncWebhookClient, "send", send)
    return found


@pytest.mark.parametrize(("base_url", "address"), OURS + ELSEWHERE)
async def test_a_reply_goes_to_slacks_own_host_only(sent: list[str], base_url: str, address: str) -> None:
    took = await SlackChat(AsyncWebClient(base_url=base_url)).reply(address, "Hello")
    assert took == bool(sent)
    assert sent == ([address] if (base_url, address) in OURS else [])
