"""Slack's front door: its address or its socket, with everything behind it put together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import ClientSession, web
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.chats.desk import Desk
from bot.measures import ACKS
from bot.ports import Chat
from bot.settings.config import Settings
from bot.slack.adapter import SlackAdapter
from bot.slack.chat import SlackChat
from bot.slack.signatures import Payload, SignatureCheck
from bot.slack.socket import Socket


class SlackPlatform:
    """Slack over HTTP (`POST /slack/events`) or by Socket Mode, as the settings say."""

    def __init__(self, settings: Settings, http: ClientSession, desk: Callable[[Chat], Desk]) -> None:
        self.settings, self.http = settings, http
        token = settings.slack_bot_token
        self.chat = SlackChat.by_token(token.get_secret_value() if token else "", settings.slack_api_url, http)
        self.desk = desk(self.chat)
        self.adapter = SlackAdapter(self.chat, self.desk)
        self._socket: Socket | None = None
        self._connecting: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """Slack's address, where requests can be told from forged ones."""
        secret = self.settings.slack_signing_secret
        wall = SignatureCheck(secret.get_secret_value(), self._to_bolt) if secret else None
        return [web.post("/slack/events", wall.handle)] if wall else []

    async def start(self) -> None:
        """Connect by Socket Mode, if that is how it is done here."""
        if self.settings.slack_app_token:
            app = SlackChat.by_token(
                self.settings.slack_app_token.get_secret_value(), self.settings.slack_api_url, self.http
            )
            self._socket = Socket(self.adapter.app, app.socket_address)
            self._connecting = asyncio.create_task(self._socket.connect())

    def unheard(self) -> float | None:
        """For how many seconds Slack could tell us nothing by its socket; None where it calls us."""
        return None if self._socket is None else self._socket.unheard()

    async def finish(self) -> None:
        """Wait for what goes on after an acknowledgement."""
        await self.adapter.after.finish()

    async def stop(self) -> None:
        """Take nothing new, finish what is in flight."""
        if self._socket is not None:
            await self._socket.close()  # type: ignore[no-untyped-call]
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await self.adapter.after.finish()

    async def _to_bolt(self, payload: Payload) -> web.Response:
        # Read by the wall already; no header goes in, since headers are not signed and Bolt obeys some.
        bolt = AsyncBoltRequest(body=payload, mode="socket_mode")
        with ACKS.labels("slack").time():
            answer = await self.adapter.app.async_dispatch(bolt)
        headers = {name: value for name, values in answer.headers.items() for value in values[:1]}
        return web.Response(status=answer.status, body=answer.body.encode(), headers=headers)
