"""Listens to Slack: what people type, press and fill in becomes intents at the door, and the answer goes back in time."""

from __future__ import annotations

import logging
import re
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.chats.background import BackgroundTasks
from bot.chats.desk import Desk
from bot.slack import render
from bot.slack.answers import Answers
from bot.slack.chat import SlackChat
from bot.slack.form import Submissions

log = structlog.get_logger()
Payload = dict[str, Any]  # Slack's own shapes
ANY = re.compile(".*", re.DOTALL)


class SlackAdapter:
    """Few catch-all listeners, since Bolt's matching costs for each; who answers is found by name."""

    def __init__(self, chat: SlackChat, desk: Desk) -> None:
        self.chat, self.desk, self.directory = chat, desk, desk.directory
        self.after = BackgroundTasks("slack")
        self.later = self.after.later
        self.answers, self.submissions = Answers(chat, desk, self.later), Submissions(desk)
        self.app = self._listening()

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
