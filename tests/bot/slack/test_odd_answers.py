"""Whatever shape an answer of Slack's has, it is an answer that nobody can read, and never a fault of ours (B6, A2)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.ports import Address, Posted, Unavailable
from bot.slack.chat import SlackChat
from handlers.cards import Card, Line
from tests.each import each

CARD = Card((Line("Words"),), "Words")
TO = Address("UANNA")
SHAPES: dict[str, Any] = {
    "only that it is well": {},
    "nothing in it": {"user": None, "channel": None, "ts": None, "view": None, "url": None, "team_id": None},
    "words": {"user": "UANNA", "channel": [], "ts": 5, "view": "V1", "url": {}, "team_id": 7, "user_id": []},
    "no id": {"user": {"profile": {"email": "anna@fernhill.example"}}, "channel": {}, "view": {}, "team_id": ""},
    "an id that is none": {"user": {"id": 5}, "channel": {"id": 5}, "view": {"id": None}},
}
ASKED: dict[str, Callable[[SlackChat], Awaitable[object]]] = {
    "profile": lambda chat: chat.profile(TO), "find": lambda chat: chat.find("anna@fernhill.example"),
    "knock": lambda chat: chat.knock(TO), "post": lambda chat: chat.post(TO, CARD, "UTC"),
    "under": lambda chat: chat.post(TO, CARD, "UTC", Posted("D1", "1.0")), "whisper": lambda chat: chat.whisper(TO, "W"),
    "greet": lambda chat: chat.greet(), "socket": lambda chat: chat.socket_address(),
}  # fmt: skip


class Oddity:
    """Answers everything with the same body."""

    def __init__(self) -> None:
        self.body, self.kind = "", "application/json"

    async def answer(self, _: web.Request) -> web.Response:
        return web.Response(text=self.body, content_type=self.kind)

    def says(self, shape: dict[str, Any]) -> None:
        self.body = json.dumps({"ok": True, **shape})


@pytest.fixture
def slack() -> Oddity:
    return Oddity()


@pytest_asyncio.fixture
async def chat(slack: Oddity) -> AsyncIterator[SlackChat]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", slack.answer)
    async with TestServer(app) as server, ClientSession() as http:
        made = SlackChat.by_token("xoxb-odd", f"{server.make_url('/')}", http)
        made.team = "T1"
        yield made


@each("method", ASKED)
@each("shape", SHAPES)
async def test_b6_an_answer_without_what_was_asked_for_is_no_answer(
    chat: SlackChat, slack: Oddity, method: str, shape: str
) -> None:
    slack.says(SHAPES[shape])
    with pytest.raises(Unavailable) as told:
        await ASKED[method](chat)
    assert told.value.code == "unreadable_answer"


@pytest.mark.parametrize("odd", [None, "words", 5, []])
async def test_b6_what_an_account_is_follows_from_what_can_be_read(chat: SlackChat, slack: Oddity, odd: object) -> None:
    slack.says({"user": {"id": "UANNA", "profile": odd, "enterprise_user": odd, "tz": odd, "name": odd}})
    found = await chat.profile(TO)
    assert (found.account_id, found.email, found.zone, found.standing) == ("UANNA", "", "UTC", "member")
    slack.says({"user": {"id": "UANNA", "team_id": odd or [], "profile": {"email": odd, "real_name": odd}}})
    found = await chat.profile(TO)
    assert (found.email, found.standing) == (odd if isinstance(odd, str) else "", "foreign")
