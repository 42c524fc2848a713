"""Forms that come back from Slack, and the typeahead in them: each answered within its 3 seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from bot.directory import Directory
from bot.ports import Unavailable
from bot.slack import render
from bot.slack.chat import SlackChat
from handlers import FORMS, SENDS
from handlers.access.forms import AccessForm, form_for
from handlers.access.intents import File, Filed
from handlers.cards import Line, Option, Page
from handlers.door import Act, Door, Repeated
from handlers.ids import new_id
from handlers.recordings import find
from handlers.rules.identity import may_act
from handlers.rules.refusal import Refused
from storage.store import DatabaseDown

log = structlog.get_logger()
T = TypeVar("T")
Payload = dict[str, Any]  # Slack's own shapes
PATIENCE = 2.3  # seconds: Slack shows an error after 3
FAULT = "Something went wrong on our side ({fault}). Nothing that you typed is lost: please try again."
SLOW = "Saving took too long. Nothing that you typed is lost: please press the button again in a moment."


class Submissions:
    """Everything that is filled in in Slack."""

    def __init__(self, chat: SlackChat, door: Door, directory: Directory) -> None:
        self.chat, self.door, self.directory = chat, door, directory

    async def answer(self, body: Payload) -> dict[str, Any]:
        """What to acknowledge a form with; a fault of ours has an id that the person can quote."""
        try:
            return await self.submit(body)
        except Exception:  # whatever it is, the form stays open with all that was typed
            fault = new_id("F")
            log.exception("slack.form_fault", fault=fault)
            return _at_last_field(body.get("view", {}), FAULT.format(fault=fault))

    async def submit(self, body: Payload) -> dict[str, Any]:
        """Nothing (the form closes), errors at its fields, or another view. Raises only for a fault of ours."""
        view = body["view"]
        try:
            return await _patient(self._submit(view, body["user"]["id"]))
        except Refused as refusal:
            if refusal.fields and set(refusal.fields) <= {block.get("block_id") for block in view["blocks"]}:
                return render.problems(refusal.fields)
            return _instead(Page("Please note", (Line(str(refusal)),)))
        except (DatabaseDown, Unavailable, TimeoutError) as error:
            log.warning("slack.form_not_saved", why=type(error).__name__)
            return _at_last_field(view, SLOW)

    async def options(self, body: Payload) -> list[Option]:
        """Calls that match what was typed; none when the person may not ask, or when the database is slow."""
        try:
            return await _patient(self._find(body["user"]["id"], str(body.get("value") or "")[:100]))
        except (Refused, DatabaseDown, Unavailable, TimeoutError):
            return []

    async def _submit(self, view: Payload, slack_id: str) -> dict[str, Any]:
        name, answers = view["callback_id"], render.answers(view["state"]["values"])
        key = f"slack:{view['id']}"
        if name == AccessForm.name:
            return await self._file(view, slack_id, answers, key)
        if name not in FORMS:
            raise Refused("This form is older than I am. Please open it again.")
        form = FORMS[name].read(answers)
        visitor = await self.directory.visitor(slack_id, deciding=True)
        intent = SENDS[name](render.about(view), form.words)
        with suppress(Repeated):
            await self.door.enter(intent, visitor, key=key)
        return {"response_action": "clear"} if view.get("previous_view_id") else {}

    async def _file(self, view: Payload, slack_id: str, answers: dict[str, Any], key: str) -> dict[str, Any]:
        policy = self.door.policy
        kind = form_for(policy, str(answers.get("reason", "")))
        drawn = {block.get("block_id") for block in view["blocks"]}
        if not set(kind.model_fields) <= drawn:
            return {"response_action": "update", "view": render.modal(kind.sheet(policy))}
        visitor = await self.directory.visitor(slack_id)
        filed = await self.door.enter(File(kind.read(answers), key), visitor)
        return _instead(_again(filed)) if filed.again else {}

    async def _find(self, slack_id: str, typed: str) -> list[Option]:
        visitor = await self.directory.visitor(slack_id)
        may_act(visitor.standing)
        now, policy = self.door.now(), self.door.policy
        return await self.door.database.read(lambda store: find(Act(store, policy, now, visitor), typed))


async def _patient(work: Awaitable[T]) -> T:
    """Wait as long as Slack does, and not longer; work that has begun goes on."""
    return await asyncio.wait_for(asyncio.shield(work), PATIENCE)


def _at_last_field(view: Payload, words: str) -> dict[str, Any]:
    fields = [block["block_id"] for block in view.get("blocks", []) if block.get("type") == "input"]
    return render.problems({fields[-1]: words}) if fields else _instead(Page("Please note", (Line(words),)))


def _instead(page: Page) -> dict[str, Any]:
    return {"response_action": "update", "view": render.page(page, "UTC")}


def _again(filed: Filed) -> Page:
    words = f"You asked for these calls before, and {filed.request} is still open. Its card in your messages shows how it stands."
    return Page("Already asked", (Line(words),))
