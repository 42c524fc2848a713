"""The page's interface: what a chosen person sees and does, as JSON and server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.rehearsal.slack import doings, tickets
from bot.rehearsal.slack.conversations import Message
from bot.rehearsal.slack.doings import Outcome
from bot.rehearsal.slack.faults import LABELS, MODES
from bot.rehearsal.slack.payloads import Place
from bot.rehearsal.slack.people import Json, Member
from bot.rehearsal.slack.workspace import Workspace

KEEPALIVE = 15.0
CHOSEN = ("value", "selected_option", "selected_options", "selected_date")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Page:
    """Answers for one workspace; `dist` is the folder of the built page."""

    def __init__(self, workspace: Workspace, dist: Path) -> None:
        self.workspace = workspace
        self.dist = dist

    def routes(self) -> list[web.RouteDef]:
        people = "/rehearsal/api/people/{uid}"
        return [
            web.get("/", self.index),
            web.get("/rehearsal/page/{file}", self.asset),
            web.get("/rehearsal/api/state", self.state),
            web.get("/rehearsal/api/events", self.events),
            web.post("/rehearsal/api/faults", self.faults),
            web.get(people, self.conversations),
            web.get(people + "/conversations/{cid}", self.messages),
            web.get(people + "/views", _seated(self.views)),
            *[web.post(f"{people}/{name}", _seated(self._doing(work))) for name, work in DOINGS.items()],
        ]

    async def index(self, request: web.Request) -> web.StreamResponse:
        return self._file("index.html")

    async def asset(self, request: web.Request) -> web.StreamResponse:
        return self._file(request.match_info["file"])

    async def state(self, request: web.Request) -> web.Response:
        workspace = self.workspace
        people = [one for one in workspace.members.values() if one.standing != "bot"]
        body: Json = {
            "now": workspace.now().isoformat(),
            "company": workspace.name,
            "team": {"id": workspace.team_id, "name": workspace.name},
            "bot": {"id": workspace.bot.id, "name": workspace.bot.name},
            "people": [_described(one) for one in people],
            "commands": [asdict(command) for command in workspace.slash.values()],
            "faults": {"mode": workspace.faults.mode},
            "fault_modes": [{"mode": mode, "label": LABELS[mode]} for mode in MODES],
        }
        if workspace.hint:
            body["hint"] = list(workspace.hint)
        if workspace.mailbox:
            body["mailbox"] = workspace.mailbox()
        return web.json_response(body)

    async def conversations(self, request: web.Request) -> web.Response:
        uid, talk = self._person(request), self.workspace.talk
        app = talk.open_dm(uid)
        found: list[Json] = [
            {"id": one.id, "kind": "channel", "name": one.name, "member": True, "read_only": False}
            for one in talk.channels.values()
            if uid in one.members
        ]
        about = {"name": self.workspace.bot.name, "member": True, "read_only": self.workspace.read_only}
        found.append({"id": app, "kind": "app", **about})
        return web.json_response({"conversations": [one | {"unread": talk.unread[uid, one["id"]]} for one in found]})

    async def messages(self, request: web.Request) -> web.Response:
        uid, channel = self._person(request), request.match_info["cid"]
        self.workspace.talk.open_dm(uid)
        if uid not in self.workspace.talk.readers(channel):
            raise web.HTTPNotFound
        seen = self.workspace.seen(uid, channel)
        return web.json_response({"messages": [self._message(one) for one in seen]})

    async def views(self, request: web.Request) -> web.Response:
        uid = self._person(request)
        modal, home = self.workspace.modal(uid), self.workspace.home(uid)
        return web.json_response({"modal": modal.full() if modal else None, "home": home.full() if home else None})

    async def faults(self, request: web.Request) -> web.Response:
        asked = (await _body(request)).get("mode")
        mode = next((one for one in MODES if one == asked), None)
        if mode is None:
            return web.json_response({"ok": False, "error": f"There is no mode {asked}."}, status=400)
        self.workspace.faults.mode = mode
        self.workspace.feed.tell(None, "faults")
        return web.json_response({"ok": True, "mode": mode})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Send server-sent events until the page goes away or the workspace closes."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        stream = web.StreamResponse(headers=headers)
        with self.workspace.feed.listening(request.query.get("person", "")) as queue:
            await stream.prepare(request)
            await stream.write(b"retry: 1000\n\n")
            with suppress(ConnectionError):
                while (line := await _next(queue)) is not None:
                    await stream.write(line)
        return stream

    def _doing(self, work: Doing) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            answer = await work(self.workspace, self._person(request), await _body(request))
            return web.json_response(_told(answer) if isinstance(answer, Outcome) else answer)

        return handle

    def _person(self, request: web.Request) -> str:
        uid = request.match_info["uid"]
        if uid not in self.workspace.members:
            raise web.HTTPNotFound
        return uid

    def _message(self, message: Message) -> Json:
        author = self.workspace.members[message.author]
        return {
            "ts": message.ts,
            "from": {
                "id": author.id,
                "name": author.name,
                "bot": author.standing == "bot",
                "initials": author.initials,
                "colour": author.colour,
            },
            "text": message.text,
            "blocks": message.blocks,
            "ephemeral": message.ephemeral,
            "edited": message.edited,
            "at": message.at.isoformat(),
        }

    def _file(self, name: str) -> web.StreamResponse:
        path = self.dist / name
        if path.parent != self.dist or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})


def _seated(handler: Handler) -> Handler:
    """What a person does in one browser, which the page names."""

    async def handle(request: web.Request) -> web.StreamResponse:
        token = tickets.SEAT.set(request.headers.get("X-Browser", "")[:64])
        try:
            return await handler(request)
        finally:
            tickets.SEAT.reset(token)

    return handle


Doing = Callable[[Workspace, str, Json], Awaitable[Outcome | Json]]


async def _say(workspace: Workspace, uid: str, body: Json) -> Outcome:
    workspace.talk.open_dm(uid)
    return await doings.say(workspace, uid, str(body.get("channel")), str(body.get("text", "")))


async def _press(workspace: Workspace, uid: str, body: Json) -> Outcome:
    where = _place(workspace, uid, body.get("container"))
    if where is None:
        return Outcome(False, "That is no longer there.")
    chosen = {name: body[name] for name in CHOSEN if name in body}
    state = body.get("state")
    typed = state.get("values") if isinstance(state, dict) else None
    return await doings.press(workspace, uid, where, _ids(body), chosen, typed)


async def _submit(workspace: Workspace, uid: str, body: Json) -> Outcome:
    return await doings.submit(workspace, uid, str(body.get("view_id")), body.get("values") or {})


async def _close(workspace: Workspace, uid: str, body: Json) -> Outcome:
    return await doings.close(workspace, uid, str(body.get("view_id")), everything=bool(body.get("everything")))


async def _options(workspace: Workspace, uid: str, body: Json) -> Json:
    where = _place(workspace, uid, body.get("container"))
    if where is None:
        return {"options": [], "error": "That is no longer there."}
    return await doings.options(workspace, uid, where, _ids(body), str(body.get("value") or ""))


async def _read(workspace: Workspace, uid: str, body: Json) -> Outcome:
    workspace.read(uid, str(body.get("channel")))
    return Outcome()


async def _home(workspace: Workspace, uid: str, body: Json) -> Outcome:
    """Open Home without waiting for the app: the tab arrives with its own event."""
    workspace.sender.soon(doings.open_home(workspace, uid))
    return Outcome()


DOINGS: dict[str, Doing] = {
    "say": _say,
    "press": _press,
    "submit": _submit,
    "close": _close,
    "options": _options,
    "read": _read,
    "home": _home,
}


def _place(workspace: Workspace, uid: str, container: Any) -> Place | None:
    """Return the message or view that the page means, if this person can see it."""
    if not isinstance(container, dict):
        return None
    if container.get("type") == "view":
        view = workspace.views.by_id(str(container.get("view_id")))
        return view if view and view.owner == uid and view.seat in ("", tickets.SEAT.get()) else None
    channel, ts = str(container.get("channel")), str(container.get("ts"))
    return next((one for one in workspace.talk.seen_by(uid, channel) if one.ts == ts), None)


def _ids(body: Json) -> tuple[str, str]:
    return str(body.get("block_id")), str(body.get("action_id"))


def _told(outcome: Outcome) -> Json:
    body: Json = {"ok": outcome.ok}
    if outcome.error:
        body["error"] = outcome.error
    return body | ({"errors": outcome.errors} if outcome.errors else {})


def _described(member: Member) -> Json:
    return {
        "id": member.id,
        "name": member.name,
        "title": member.title,
        "zone": member.zone,
        "standing": member.standing,
        "initials": member.initials,
        "colour": member.colour,
    }


async def _next(queue: asyncio.Queue[Any]) -> bytes | None:
    try:
        async with asyncio.timeout(KEEPALIVE):
            change = await queue.get()
    except TimeoutError:
        return b": still here\n\n"
    return None if change is None else f"data: {json.dumps(change)}\n\n".encode()


async def _body(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="The request must be JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The request must be a JSON object.")
    return body
