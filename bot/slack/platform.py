"""Slack's front door: its address or its socket, with everything behind it put together."""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import ClientSession, web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.chats.background import BackgroundTasks
from bot.chats.desk import Desk
from bot.measures import ACKS
from bot.ports import Chat
from bot.settings.config import Settings
from bot.slack import render
from bot.slack.answers import Answers
from bot.slack.chat import SlackChat
from bot.slack.form import Submissions
from bot.slack.signatures import Payload, SignatureCheck
from bot.slack.socket import Socket

log = structlog.get_logger()
ANY = re.compile(".*", re.DOTALL)
BENT = (LookupError, TypeError, AttributeError, ValueError)
"""What reading a payload of the wrong shape raises."""


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
        wall = SignatureCheck(secret.get_secret_value(), self.adapter.answer) if secret else None
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


async def answer_fault(error: Exception) -> BoltResponse:
    """Log what no handler expected. A payload of another shape than Slack's is the sender's fault, not ours."""
    # Without its words: they may quote a confidential form.
    log.error(
        "slack.fault", error=type(error).__name__, at=traceback.format_tb(error.__traceback__)[-1].partition(", in ")[0]
    )
    return BoltResponse(status=400 if isinstance(error, BENT) else 500, body="")


class SlackAdapter:
    """Few catch-all listeners, since Bolt's matching costs for each; who answers is found by name."""

    def __init__(self, chat: SlackChat, desk: Desk) -> None:
        self.chat, self.desk, self.directory = chat, desk, desk.directory
        self.after = BackgroundTasks("slack")
        self.later = self.after.later
        self.answers, self.submissions = Answers(chat, desk, self.later), Submissions(desk)
        self.app = self._listening()

    async def answer(self, payload: Payload) -> web.Response:
        """Answer a request that was read and checked already; a payload that is not Slack's shape gets 400."""
        # Read by the wall already; no header goes in, since headers are not signed and Bolt obeys some.
        bolt = AsyncBoltRequest(body=payload, mode="socket_mode")
        with ACKS.labels("slack").time():
            try:
                answer = await self.app.async_dispatch(bolt)
            except BENT as error:
                answer = await answer_fault(error)
        headers = {name: value for name, values in answer.headers.items() for value in values[:1]}
        return web.Response(status=answer.status, body=answer.body.encode(), headers=headers)

    async def _look_again(self, slack_id: str) -> None:
        """Something about an account changed: whoever may no longer act loses it now, in the middle of a call too."""
        self.directory.forget(slack_id)
        if await self.directory.knows(slack_id):
            await self.directory.visitor(slack_id)

    def _listening(self) -> AsyncApp:
        async def authorize(**_: Any) -> AuthorizeResult:  # Bolt gives a bound method its `self` twice
            return AuthorizeResult(enterprise_id=None, team_id=self.chat.team, bot_token=self.chat.client.token)

        # Bolt warns of what is meant here: an authorize function beside a client that has its token.
        calm = logging.getLogger("steward.bolt")
        calm.setLevel(logging.ERROR)
        # The wall has checked the signature already, and over the raw body.
        app = AsyncApp(
            name="recording-steward",  # without a name Bolt reads the source of its caller's callers to find one
            logger=calm,
            client=self.chat.client, authorize=authorize, process_before_response=True,
            request_verification_enabled=False, ignoring_self_events_enabled=False, attaching_function_token_enabled=False,
        )  # fmt: skip
        app.view(ANY)(self._on_view)  # first, since Bolt asks one after the other, and forms come all at once
        app.action(ANY)(self._on_action)
        app.options(ANY)(self._on_options)
        app.command(ANY)(self._on_command)
        app.event(ANY)(self._on_event)
        app.error(answer_fault)
        return app

    async def _on_command(self, ack: Any, body: Payload) -> None:
        await self.answers.command(body)
        await ack()

    async def _on_action(self, ack: Any, body: Payload) -> None:
        await self.answers.press(body)
        await ack()

    async def _on_view(self, ack: Any, body: Payload) -> None:
        await ack(**await self.submissions.answer(body))

    async def _on_options(self, ack: Any, body: Payload) -> None:
        await ack(options=render.options(await self.submissions.options(body)))

    async def _on_event(self, ack: Any, event: Payload, body: Payload) -> None:
        await ack()
        match event.get("type"):
            case "app_home_opened" if event.get("tab", "home") == "home":
                self.later(self.answers.home(event["user"], body.get("event_id", "")))
            case "user_change":
                user = event.get("user") or {}
                # The words of a status end here: what is done later may stand in a log.
                self.later(self._look_again(str(user.get("id", ""))))
            case "app_uninstalled" | "tokens_revoked" as why:
                log.error("slack.cut_off", why=why)
            case _:
                pass
