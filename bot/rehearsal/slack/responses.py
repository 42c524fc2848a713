"""The addresses behind response_url: five posts in thirty minutes, private unless told otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from bot.rehearsal.slack.blockkit import check_message
from bot.rehearsal.slack.conversations import Message
from bot.rehearsal.slack.installed import Call
from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.tickets import ResponseUrl

if TYPE_CHECKING:
    from bot.rehearsal.slack.workspace import Workspace


async def respond(workspace: Workspace, request: web.Request) -> web.Response:
    """Slack answers `ok` as plain text; 404 where the address is used up or too old."""
    text = await request.text()
    try:
        body = _body(text)
        target = workspace.tickets.respond(request.match_info["token"])
        _apply(workspace, target, body)
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
    if not body.get("delete_original") and not body.get("text") and not body.get("blocks"):
        raise SlackError("no_text")
    return body


def _apply(workspace: Workspace, target: ResponseUrl, body: Json) -> None:
    original = workspace.talk.find(target.channel, target.ts) if target.ts else None
    if body.get("delete_original"):
        if original:
            workspace.remove(original)
    elif body.get("replace_original") and original:
        _replace(workspace, original, body)
    else:
        tell(workspace, target.person, target.channel, body)


def _replace(workspace: Workspace, original: Message, body: Json) -> None:
    text, blocks = str(body.get("text") or ""), body.get("blocks")
    workspace.revise(original, text, blocks, edited=False)


def tell(workspace: Workspace, person: str, channel: str, body: Json) -> None:
    """Shows an answer in the conversation: to the person alone, unless it says in_channel."""
    only_for = None if body.get("response_type") == "in_channel" else person
    text, blocks = str(body.get("text") or ""), body.get("blocks")
    workspace.say(channel, workspace.bot.id, text, blocks, only_for=only_for)
