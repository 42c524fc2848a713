"""Our adapter behind its own address on loopback."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from botbuilder.core import Bot, InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, ActivityTypes

from bot.teams.cloud import Cloud
from bot.teams.tokens import Verifier

from .keys import FIRST
from .keys import activity as message

CARD = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": {"type": "AdaptiveCard"}}


@dataclass
class Teller(Bot):  # type: ignore[misc]
    """A bot that answers each invoke with the same body, and keeps the turns."""

    body: Any = field(default_factory=lambda: CARD)
    turns: list[TurnContext] = field(default_factory=list)

    async def on_turn(self, context: TurnContext) -> None:
        self.turns.append(context)
        if context.activity.type == "invoke":
            value = InvokeResponse(status=200, body=self.body)
            await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=value))


@dataclass
class Door:
    """An adapter's address; `token` is an honest one, and `post` returns status and text."""

    url: str
    http: ClientSession
    bot: Teller
    token: str = ""

    async def post(self, body: Any, token: str | None = None, **headers: str) -> tuple[int, str]:
        """Send a string or bytes as they are, anything else as JSON; `token` replaces the honest one ("": none)."""
        raw = body if isinstance(body, (str, bytes)) else json.dumps(body)
        proof = self.token if token is None else token
        told = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {proof}"} if proof else {})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.post(
            self.url, data=BytesIO(raw.encode() if isinstance(raw, str) else raw), headers=told | named
        ) as response:
            return response.status, await response.text()


def invoke(**changes: Any) -> dict[str, Any]:
    """Return the press of a card's button."""
    value = {"action": {"type": "Action.Execute", "verb": "approve", "data": {}}, "trigger": "manual"}
    return message(type="invoke", name="adaptiveCard/action", value=value, **changes)


@asynccontextmanager
async def ours(http: ClientSession, verifier: Verifier | None) -> AsyncIterator[Door]:
    """Return our own adapter, with the verifier's time; without a verifier, as for the local Playground."""
    adapter, bot = Cloud(verifier), Teller()
    async with _door(http, adapter, bot) as door:
        door.token = FIRST.token() if verifier else ""
        yield door


@asynccontextmanager
async def _door(http: ClientSession, adapter: CloudAdapter, bot: Teller) -> AsyncIterator[Door]:
    async def handle(request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await adapter.process(request, bot)
        return answer

    app = web.Application()
    app.router.add_post("/api/messages", handle)
    async with TestServer(app) as server:
        yield Door(str(server.make_url("/api/messages")), http, bot)


__all__ = ["CARD", "Door", "invoke", "message", "ours"]
