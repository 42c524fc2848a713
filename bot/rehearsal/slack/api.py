"""Answers the Web API over HTTP: reads the call, checks token, scope and rate, meets faults, answers."""

import asyncio
import json
from typing import Any

from aiohttp import web

from bot.rehearsal.faults import Fault
from bot.rehearsal.slack import chat, directory, methods, surfaces
from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.responses import Call
from bot.rehearsal.slack.workspace import Workspace

ROOMS = (chat, directory, surfaces)  # each enters its methods into METHODS when imported
NESTED = ("blocks", "view")
PLACES = ("channel", "users", "user", "user_id")


async def answer(workspace: Workspace, request: web.Request) -> web.StreamResponse:
    """Handles POST or GET of one method; its name is the last part of the path."""
    name = request.match_info["method"]
    try:
        token, args = await _read(request)
    except SlackError as refused:
        return _respond(workspace, refused.answer())
    fault = workspace.faults.meet(name, _places(workspace, args))
    if fault is not None and fault.error not in ("slow", "lost"):
        return _fail(workspace, name, args, fault)
    # Half of a slow call passes before Slack does it, so that people see the slowness too.
    half = fault.seconds / 2 if fault is not None and fault.error == "slow" else 0.0
    await asyncio.sleep(half)
    result = _perform(workspace, name, token, args)
    lost = fault is not None and fault.error == "lost"
    workspace.calls.append(Call(name, args, result | ({"lost": True} if lost else {})))
    await asyncio.sleep(fault.seconds if fault is not None and lost else half)
    return _hang_up(request) if lost else _respond(workspace, result)


async def _read(request: web.Request) -> tuple[str, Json]:
    """Return the token and the arguments, from wherever Slack accepts them."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= _object(await request.text())
    elif request.can_read_body:
        args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    _whole(args)
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    in_body = str(args.pop("token", "") or "")
    token = bearer.strip() if scheme.lower() == "bearer" else in_body
    return token, {name: _decoded(name, value) for name, value in args.items()}


def _object(text: str) -> Json:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value


def _whole(args: Json) -> None:
    """Refuse half an emoji (a lone surrogate), which Slack doesn't accept in JSON."""
    try:
        json.dumps(args, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise SlackError("invalid_json") from None


def _decoded(name: str, value: Any) -> Any:
    if name not in NESTED or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None


def _places(workspace: Workspace, args: Json) -> set[str]:
    """Return all ids by which a script may name where this call goes."""
    ids = {str(args[name]) for name in PLACES if args.get(name)}
    owners = {owner for place in ids if (owner := workspace.talk.dm_owner(place))}
    return ids | owners | {workspace.talk.dm_id(place) for place in ids if place in workspace.members}


def _perform(workspace: Workspace, name: str, token: str, args: Json) -> Json:
    try:
        return {"ok": True} | _allowed(workspace, name, token).work(workspace, args)
    except SlackError as refused:
        return refused.answer()


def _allowed(workspace: Workspace, name: str, token: str) -> methods.Method:
    """Return the method; raises what stops the call: unknown method, token, scope or rate."""
    if name not in methods.METHODS:
        raise SlackError("unknown_method", req_method=name)
    found = methods.METHODS[name]
    _authenticate(workspace, token, found)
    methods.need_scope(workspace, found.scope)
    if found.tier and (wait := workspace.windows.call(name, found.tier)):
        raise SlackError("ratelimited", retry_after=wait)
    return found


def _authenticate(workspace: Workspace, token: str, method: methods.Method) -> None:
    if not token:
        raise SlackError("not_authed")
    known = {workspace.bot_token: False, workspace.app_token: True}
    if token not in known:
        raise SlackError("invalid_auth")
    if known[token] != method.app_level:
        raise SlackError("not_allowed_token_type")


def _fail(workspace: Workspace, name: str, args: Json, fault: Fault) -> web.Response:
    workspace.calls.append(Call(name, args, {"ok": False, "error": fault.error}))
    if fault.error.startswith("http_"):
        return web.Response(status=int(fault.error.removeprefix("http_")), text="upstream error")
    refused = {"ok": False, "error": fault.error, "retry_after": fault.retry_after}
    return _respond(workspace, refused, fault.status)


def _respond(workspace: Workspace, result: Json, status: int = 200) -> web.Response:
    headers = {"X-OAuth-Scopes": ",".join(sorted(workspace.scopes))}
    body = {name: value for name, value in result.items() if name != "retry_after"}
    if result.get("error") != "ratelimited":
        return web.json_response(body, status=status, headers=headers)
    headers["Retry-After"] = str(result["retry_after"])
    return web.json_response(body, status=429, headers=headers)


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()
