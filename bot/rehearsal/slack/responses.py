"""The addresses behind response_url: five posts in thirty minutes, each for one person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from bot.rehearsal.slack.blockkit import check_message
from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.refusals import SlackError

if TYPE_CHECKING:
    from bot.rehearsal.slack.workspace import Workspace


class Call(NamedTuple):
    """One Web API call as it arrived, and its answer."""

    method: str
    args: Json
    answer: Json


async def respond(workspace: Workspace, request: web.Request) -> web.Response:
    """Take a post. Slack answers `ok` as plain text, or 404 if the address is used up or too old."""
    text = await request.text()
    try:
        body = _body(text)
        target = workspace.tickets.respond(request.match_info["token"])
        tell(workspace, target.person, target.channel, body)
    except SlackError as refused:
        workspace.calls.append(Call("response_url", {"body": text}, refused.answer()))
        gone = refused.code in ("used_url", "expired_url")
        return web.json_response(refused.answer(), status=404 if gone else 400)
    workspace.calls.append(Call("response_url", body, {"ok": True}))
    return web.Response(text="ok")


def _body(text: str) -> Json:
    try:
        body = json.loads(text)
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    if body.get("blocks"):
        check_message(body["blocks"])
    if not body.get("text") and not body.get("blocks"):
        raise SlackError("no_text")
    return body


def tell(workspace: Workspace, person: str, channel: str, body: Json) -> None:
    """Show an answer in the conversation to this person alone."""
    text, blocks = str(body.get("text") or ""), body.get("blocks")
    workspace.say(channel, workspace.bot.id, text, blocks, only_for=person)
