"""The wall in front of Slack's address: signature over the raw body, five minutes, no request twice."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from cachetools import TTLCache
from yarl import URL

from bot.chats.background import Garbled, read, turned_away
from bot.measures import REFUSED_AT_THE_WALL

log = structlog.get_logger()
WINDOW = 300  # seconds; docs.slack.dev/authentication/verifying-requests-from-slack
LARGEST = 512 * 1024  # bytes; Slack's own views end at 250 kB
Payload = dict[str, Any]  # Slack's own shapes
Answer = Callable[[Payload], Awaitable[web.Response]]


class SignatureCheck:
    """Lets genuine requests through to `answer`, once each; a repeated one gets the first one's answer."""

    def __init__(self, secret: str, answer: Answer, wall_clock: Callable[[], float] = time.time) -> None:
        self.secret, self.answer, self.wall_clock = secret.encode(), answer, wall_clock
        self._answered: TTLCache[str, asyncio.Future[web.Response]] = TTLCache(20_000, 2 * WINDOW, timer=wall_clock)

    async def handle(self, request: web.Request) -> web.Response:
        """`POST /slack/events`. 401 for what is not Slack's or too old, 413 for what is too large, 400 for nonsense."""
        try:
            body = await read(request, LARGEST)
        except web.HTTPRequestEntityTooLarge:
            return turned_away(413, "too_large")
        except Garbled:
            return turned_away(401, "unreadable")
        except (OSError, ValueError):
            return turned_away(400, "broken_off")
        stamp, signature = (
            request.headers.get("X-Slack-Request-Timestamp", ""),
            request.headers.get("X-Slack-Signature", ""),
        )
        if why := self._forged(stamp, signature, body):
            return turned_away(401, why)
        payload = _read(body, request.content_type)
        if payload is None:
            log.warning("slack.unreadable", size=len(body))
            return turned_away(400, "unreadable")
        return await self._once(f"{stamp}:{signature}", payload)

    def _forged(self, stamp: str, signature: str, body: bytes) -> str:
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            return "no_timestamp"
        if abs(self.wall_clock() - int(stamp)) > WINDOW:
            return "stale"
        expected = "v0=" + hmac.digest(self.secret, b"v0:" + stamp.encode() + b":" + body, "sha256").hex()
        return "" if hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")) else "signature"

    async def _once(self, key: str, payload: Payload) -> web.Response:
        first = self._answered.get(key)
        if first is not None:
            REFUSED_AT_THE_WALL.labels("replayed").inc()
            return _same(await asyncio.shield(first))
        first = self._answered[key] = asyncio.get_running_loop().create_future()
        try:
            response = await self.answer(payload)
        except BaseException:
            self._answered.pop(key, None)
            first.set_result(web.Response(status=503))
            raise
        first.set_result(response)
        if response.status >= 300:
            self._answered.pop(key, None)
        return _same(response)


def _same(response: web.Response) -> web.Response:
    body = response.body if isinstance(response.body, bytes) else None
    headers = {"Content-Type": response.headers["Content-Type"]} if "Content-Type" in response.headers else None
    return web.Response(status=response.status, body=body, headers=headers)


def _read(body: bytes, content_type: str) -> Payload | None:
    """What Slack sends: a form (with JSON in `payload`, where there is one) or a JSON object; None for anything else."""
    try:
        text = body.decode()
        if content_type == "application/json":
            return _object(text)
        # The standard library takes ten times as long for a form of 6 kB as all the rest of this.
        form: Payload = dict(URL.build(query_string=text, encoded=True).query)
        if "payload" in form:
            return _object(form["payload"])
    except (ValueError, RecursionError):
        return None
    return form if "command" in form or "ssl_check" in form else None


def _object(text: str) -> Payload | None:
    found = json.loads(text)
    return found if isinstance(found, dict) and "type" in found else None
