"""Slack asks for a pause: no path of this process calls the same method for the same conversation before it is over."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Address, Posted, Unavailable
from bot.slack.chat import SlackChat
from handlers.cards import Card, Line
from tests.clocks import Seconds

CARD = Card((Line("Hello."),), "Hello.")
ANNA, TARA = Address("UANNA"), Address("UTARA")


class Answer(dict[str, Any]):
    """As much of an answer as an error carries."""

    status_code = 429

    def __init__(self, pause: str) -> None:
        super().__init__()
        self.headers = {"Retry-After": pause} if pause else {}
        self.data = {"ok": False, "error": "ratelimited"}


class Client(AsyncWebClient):
    """Refuses what `refusing` names, by method and conversation, and remembers every call."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-1", base_url="http://127.0.0.1:1/api/")
        self.asked: list[tuple[str, str]] = []
        self.refusing: dict[str, tuple[str, ...]] = {}
        self.pause = "30"

    async def api_call(self, api_method: str, **arguments: Any) -> Any:
        told = arguments.get("json") or arguments.get("params") or {}
        place = told.get("channel") or told.get("user_id") or told.get("users") or ""
        self.asked.append((api_method, place))
        if place in self.refusing.get(api_method, ()):
            raise SlackApiError("ratelimited", Answer(self.pause))  # type: ignore[no-untyped-call]
        return {"channel": {"id": f"D-{place}"} if api_method == "conversations.open" else f"D-{place}", "ts": "1.1"}


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def chat(client: Client, seconds: Seconds) -> SlackChat:
    return SlackChat(client, "T1", seconds)


async def _refused(chat: SlackChat, to: Address = ANNA) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        await chat.post(to, CARD, "UTC")
    return caught.value


async def test_nothing_goes_to_the_conversation_inside_the_pause(
    chat: SlackChat, client: Client, seconds: Seconds
) -> None:
    """A10: in the trial 25 sends went out inside it."""
    client.refusing = {"chat.postMessage": ("UANNA",)}
    assert (await _refused(chat)).tried
    for _ in range(29):
        seconds.now += 1.0
        error = await _refused(chat)
        assert (error.code, error.tried) == ("ratelimited", False)
    assert error.retry_after == 1.0
    assert client.asked == [("chat.postMessage", "UANNA")]
    client.refusing, seconds.now = {}, seconds.now + 1.0
    assert (await chat.post(ANNA, CARD, "UTC")).conversation == "D-UANNA"


async def test_another_conversation_and_another_method_go_on(chat: SlackChat, client: Client) -> None:
    client.refusing = {"chat.postMessage": ("UANNA",)}
    await _refused(chat)
    await chat.post(TARA, CARD, "UTC")
    await chat.redraw(ANNA, Posted("D-UANNA", "1.1"), CARD, "UTC")
    await chat.home(ANNA, CARD, "UTC")
    await chat.whisper(ANNA, "No.")
    assert len(client.asked) == 6


async def test_a_method_that_goes_to_nobody_waits_as_a_whole(chat: SlackChat, client: Client) -> None:
    client.refusing = {"users.info": ("",)}
    for one in (ANNA, TARA, ANNA):
        with pytest.raises(Unavailable):
            await chat.profile(one)
    assert client.asked == [("users.info", "")]
