"""Sends activities to the bot by HTTP, signed like Microsoft's, with Teams' patience."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from bot.rehearsal.teams.keys import KeyRing
from bot.rehearsal.teams.people import Json


class Unanswered(Exception):
    """The bot gave no usable answer; the text says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The bot's answer: its status, its JSON (None: an empty body)."""

    status: int
    json: Any = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as sent to the bot."""

    activity: Json
    headers: dict[str, str]

    @property
    def name(self) -> str:
        """Return the invoke's name, or the activity's type."""
        return str(self.activity.get("name") or self.activity["type"])


class Wire:
    """Signed POSTs to the bot's messaging endpoint at `url`; `sent` keeps the last thousand."""

    def __init__(self, url: str, app_id: str, keys: KeyRing, now: Callable[[], datetime]) -> None:
        self.url = url
        self._app_id, self._keys, self._now = app_id, keys, now
        self._session: aiohttp.ClientSession | None = None
        self.sent: deque[Sent] = deque(maxlen=1000)

    async def send(self, activity: Json, seconds: float, token: str | None = None) -> Reply:
        """Send within real `seconds`; `token` replaces the honest one ("": no header). Raises Unanswered."""
        if token is None:
            token = self._keys.token(self._app_id, str(activity["serviceUrl"]), self._now())
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Microsoft-SkypeBotApi"}
        sent = Sent(activity, headers | ({"Authorization": f"Bearer {token}"} if token else {}))
        self.sent.append(sent)
        return await self.repeat(sent, seconds)

    async def repeat(self, sent: Sent, seconds: float) -> Reply:
        """Send the very same activity and token again, as a retry or a replay would."""
        body = json.dumps(sent.activity).encode()
        try:
            async with asyncio.timeout(seconds):
                async with self._client().post(self.url, data=body, headers=sent.headers) as response:
                    return await _read(response)
        except TimeoutError:
            raise Unanswered(f"the bot took longer than {seconds:g} seconds") from None
        except aiohttp.ClientError as lost:
            raise Unanswered(f"the bot could not be reached ({type(lost).__name__})") from lost

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


async def _read(response: aiohttp.ClientResponse) -> Reply:
    text = await response.text()
    if not text or not response.ok:
        return Reply(response.status)
    if not response.content_type.endswith("json"):
        raise Unanswered(f"the bot answered {response.content_type}, which isn't JSON")
    try:
        return Reply(response.status, json.loads(text))
    except ValueError:
        raise Unanswered("the bot's answer isn't JSON") from None
