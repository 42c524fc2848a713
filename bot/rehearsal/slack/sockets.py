"""Socket Mode: the web sockets that an app opens instead of having an address, and the envelopes sent over them."""

import asyncio
import json
import secrets
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from bot.rehearsal.slack.outbound import Attempt, Kind, Reply, Unanswered
from bot.rehearsal.slack.people import Json

MOST_SOCKETS = 10  # docs.slack.dev/apis/events-api/using-socket-mode


class SocketWire:
    """Holds the open sockets and sends over the one that has waited longest; an answer names its envelope. `refusing`:
    how many handshakes are still refused, each using up its ticket.
    """

    def __init__(self) -> None:
        self.refusing = 0
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    @property
    def connected(self) -> int:
        return len(self._open)

    def ticket(self) -> str:
        """Return a key for one connection, as in the URL of apps.connections.open."""
        name = secrets.token_urlsafe(16)
        self._tickets.add(name)
        return name

    async def serve(self, request: web.Request, app_id: str) -> web.WebSocketResponse:
        """Run one connection until it closes; a ticket opens only one socket."""
        if request.query.get("ticket", "") not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.discard(request.query["ticket"])
        if self.refusing:
            self.refusing -= 1
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._open) >= MOST_SOCKETS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self._open.append(socket)
        try:
            await self._listen(socket, app_id)
        finally:
            self._open.remove(socket)
        return socket

    async def send(self, kind: Kind, payload: Json, attempt: Attempt) -> Reply:
        if not self._open:
            raise Unanswered("dispatch_failed")
        self._open.append(socket := self._open.pop(0))
        envelope = _envelope(kind, payload, attempt)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answer
        try:
            await socket.send_json(envelope)
            return Reply(200, await answer)
        except ConnectionError as lost:
            raise Unanswered("dispatch_failed") from lost
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def close(self) -> None:
        for socket in list(self._open):
            await socket.close()

    async def _listen(self, socket: web.WebSocketResponse, app_id: str) -> None:
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._open),
                "connection_info": {"app_id": app_id},
                "debug_info": {"host": "rehearsal", "approximate_connection_time": 18060},
            }
        )
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._take(message.data)

    def _take(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(answer.get("envelope_id", "")) if isinstance(answer, dict) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload"))


def _envelope(kind: Kind, payload: Json, attempt: Attempt) -> Json:
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "type": kind,
        "payload": payload,
        "accepts_response_payload": kind != "events_api",
    }
    if kind == "events_api":
        envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
    return envelope
