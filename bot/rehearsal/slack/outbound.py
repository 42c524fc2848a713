"""Sends what people do to the bot: signed HTTP like Slack's, with its three seconds and its retries of events."""

import asyncio
import hmac
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.rehearsal.slack.people import Json

Kind = Literal["slash_commands", "interactive", "events_api"]


class Unanswered(Exception):
    """The app gave no usable answer: `operation_timeout` or `dispatch_failed`, as Slack names it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the app answered: its JSON, its plain text, or nothing."""

    status: int
    json: Any = None
    text: str = ""
    no_retry: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    number: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as sent to the app."""

    kind: Kind
    payload: Json
    body: bytes
    headers: dict[str, str]


class Wire(Protocol):
    async def send(self, kind: Kind, payload: Json, attempt: Attempt) -> Reply:
        """Send it, and return the reply; raises Unanswered("dispatch_failed") if the app can't be reached."""


def signed(secret: str, body: bytes, at: float) -> dict[str, str]:
    """Return the v0 signature headers (docs.slack.dev/authentication/verifying-requests-from-slack)."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def encoded(kind: Kind, payload: Json) -> tuple[bytes, str]:
    """Return the raw body and its content type: forms for people's actions, JSON for events."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


class HttpWire:
    """Signed requests to the app's one address; `wall` gives real seconds since 1970; `sent` holds the latest."""

    def __init__(self, url: str, secret: str, wall: Callable[[], float] = time.time) -> None:
        self.url = url
        self._secret = secret
        self._wall = wall
        self.sent: deque[Sent] = deque(maxlen=1000)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, kind: Kind, payload: Json, attempt: Attempt) -> Reply:
        body, content_type = encoded(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0"}
        headers |= signed(self._secret, body, self._wall())
        if attempt.number:
            headers |= {"X-Slack-Retry-Num": str(attempt.number), "X-Slack-Retry-Reason": attempt.reason}
        self.sent.append(sent := Sent(kind, payload, body, headers))
        return await self.repeat(sent)

    async def repeat(self, sent: Sent) -> Reply:
        """Send the very same bytes and signature again, as a replay would."""
        try:
            async with self._client().post(self.url, data=sent.body, headers=sent.headers) as response:
                return await _read(response)
        except aiohttp.ClientError as lost:
            raise Unanswered("dispatch_failed") from lost

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


async def _read(response: aiohttp.ClientResponse) -> Reply:
    text = await response.text()
    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
    if not response.content_type.endswith("json"):
        return Reply(response.status, None, text, no_retry)
    try:
        return Reply(response.status, json.loads(text) if text else None, "", no_retry)
    except ValueError:
        raise Unanswered("dispatch_failed") from None


class Sender:
    """Sends the workspace's way, with Slack's patience. `seconds` is how long an answer may take; `retries` are the
    pauses before each repeat of an event.
    """

    def __init__(
        self, wire: Wire, seconds: float, retries: Sequence[float], pause: Callable[[float], Awaitable[None]]
    ) -> None:
        self.wire = wire
        self.seconds = seconds
        self._retries = retries
        self._pause = pause
        self._under_way: set[asyncio.Task[bool]] = set()

    async def ask(self, kind: Kind, payload: Json) -> Reply:
        """Try once, as for commands and interactions; raises Unanswered."""
        reply = await self._once(kind, payload, Attempt())
        if not 200 <= reply.status < 300:
            raise Unanswered("dispatch_failed")
        return reply

    async def event(self, payload: Json) -> bool:
        """Send an event until the app accepts it, says stop, or the retries are used up; return True if accepted."""
        reason = ""
        for number, wait in enumerate((None, *self._retries)):
            if wait is not None:
                await self._pause(wait)
            try:
                reply = await self._once("events_api", payload, Attempt(number, reason))
            except Unanswered as lost:
                reason = "http_timeout" if str(lost) == "operation_timeout" else "connection_failed"
                continue
            if 200 <= reply.status < 300 or reply.no_retry:
                return reply.status < 300
            reason = "http_error"
        return False

    def soon(self, work: Coroutine[Any, Any, bool]) -> None:
        """Do it in the background; `close` ends what is still under way."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Wait until nothing is under way in the background."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def close(self) -> None:
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _once(self, kind: Kind, payload: Json, attempt: Attempt) -> Reply:
        try:
            async with asyncio.timeout(self.seconds):
                return await self.wire.send(kind, payload, attempt)
        except TimeoutError:
            raise Unanswered("operation_timeout") from None
