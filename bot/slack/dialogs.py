"""What somebody in Slack looks at while something is opened or done: a dialog in time, and words wherever that can't be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import structlog

from bot.chats.desk import Desk, note
from bot.ports import Address, Unavailable, Unreachable
from bot.slack import render
from bot.slack.chat import SlackChat
from handlers import COMMANDS, is_private, opened_by
from handlers.cards import Line, Page, Sheet
from handlers.ids import new_id
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown

log = structlog.get_logger()
WAIT = Page("One moment", (Line("Looking it up."),))
TRIGGER = 3.0  # seconds that a trigger lives
AGAIN = 1.0  # seconds before the second try to open a form
NOT_OPENED = "Slack may not have opened this. If you don't see it, please try again in a minute."
FAULT = "Something went wrong on our side ({fault}). Please try again."
NOT_DONE = "Something went wrong on our side ({fault}), so this is not done. Please try again."
STANDS = (
    "steward_stands"  # in a payload: the dialog that only says to wait; empty once there is in it what was asked for
)


class Dialogs:
    """One workspace's. Where Slack takes nothing, its methods raise `Unavailable` once the person was told what can be told."""

    def __init__(self, chat: SlackChat, desk: Desk) -> None:
        self.chat, self.desk = chat, desk

    async def opened(self, body: Payload, view: Sheet | Page) -> str:
        """Open it, with a second try while the trigger lives; a person is never left with nothing on the screen."""
        clock = asyncio.get_running_loop().time
        dies = clock() + TRIGGER
        try:
            return await self._open(body, view)
        except Unavailable as error:
            pause = max(AGAIN, error.retry_after or 0)
            if error.outage or clock() + pause >= dies:
                await self._not_opened(body, view)
                raise
        await asyncio.sleep(pause)
        try:
            return await self._open(body, view)
        except Unavailable:
            await self._not_opened(body, view)
            raise

    async def drawn(self, body: Payload, work: Awaitable[None]) -> None:
        """Draw what a dialog was opened for; where Slack does not take it, the person hears of it."""
        try:
            await work
        except Unavailable:
            await self._not_opened(body)
            raise
        if STANDS in body:
            body[STANDS] = ""

    async def tell(self, body: Payload, words: str) -> None:
        """Where it was pressed; what Slack does not take there comes by the outbox."""
        with suppress(Unavailable):
            if in_dialog(body):
                return await self.chat.update(body["view"]["id"], note(words), "UTC")
            if "message" not in body:
                await self._open(body, note(words))
                return None
        to = Address(account(body), reply=reply(body))
        if in_confidence(body):
            return await self.desk.unseen.say(to, words)
        return await self.desk.say(to, words, f"say:{body['trigger_id']}")

    async def safely(self, body: Payload, work: Awaitable[None]) -> None:
        """A fault of ours has an id that the person can quote, where the person looks. A form that stands open stays: what is sent with it is answered."""
        try:
            await work
        except (Unavailable, Unreachable, DatabaseDown, Refused):
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the person must not wait for nothing
            words, stands = fault(body, error), body.get(STANDS)
            if stands is None:
                await self.tell(body, words)
            elif stands:
                await self.drawn(body, self.chat.update(stands, note(words), "UTC"))

    async def _open(self, body: Payload, view: Sheet | Page) -> str:
        view_id = await self.chat.open(body["trigger_id"], view, "UTC", push=in_dialog(body))
        body[STANDS] = view_id if view is WAIT else ""
        return view_id

    async def _not_opened(self, body: Payload, view: Sheet | Page = WAIT) -> None:
        """Said where it was typed or pressed; a Home tab has no such place, so there it comes when Slack is well."""
        if await self.chat.reply(reply(body), NOT_OPENED):
            return None
        to = Address(account(body))
        if isinstance(view, Sheet) and is_private(view.name):
            return await self.desk.unseen.say(to, NOT_OPENED)
        return await self.desk.say(to, NOT_OPENED, f"not_opened:{body['trigger_id']}")


def fault(body: Payload, error: Exception, words: str = FAULT) -> str:
    """Log a fault of ours by an id; what the person is to hear of it."""
    told = new_id("F")
    # Of a private form not even what a fault says of itself may stand in a log.
    trace = None if in_confidence(body) else error
    log.error("slack.fault", fault=told, error=type(error).__name__, exc_info=trace)
    return words.format(fault=told)


def in_confidence(body: Payload) -> bool:
    """Whether it came from a private form, or is to open one."""
    command = COMMANDS.get(str(body.get("command") or "").removeprefix("/"))
    pressed = [opened_by(render.pressed(one)[0]) for one in body.get("actions") or ()]
    forms = [command.form if command else "", str((body.get("view") or {}).get("callback_id") or ""), *pressed]
    return any(is_private(one) for one in forms)


Payload = dict[str, Any]  # Slack's own shapes


def reply(body: Payload) -> str:
    return str(body.get("response_url") or "")


def account(body: Payload) -> str:
    """Of whoever typed or pressed: a command says it in another place."""
    return str(body["user_id"] if "user_id" in body else body["user"]["id"])


def in_dialog(body: Payload) -> bool:
    return bool(body.get("view", {}).get("type") == "modal")


def key(body: Payload, action: Payload) -> str:
    """The idempotency key of one press: Slack sends the same `action_ts` however often it sends it."""
    return f"slack:{body['user']['id']}:{action.get('action_ts', '')}:{action['action_id']}:{action.get('value', '')}"
