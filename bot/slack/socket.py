"""Slack's socket (Socket Mode), kept open: an address is good for one try, so each try asks Slack for a new one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from aiohttp import ClientError, WSServerHandshakeError
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.ports import Unavailable, Unreachable

log = structlog.get_logger()
PATIENCE = 10.0  # seconds for one try: its address does not live much longer
LONGEST_PAUSE = 30.0  # seconds between two tries
PING = 10.0  # seconds
Rest = Callable[[float], Awaitable[object]]


class Socket(SocketModeClient):
    """The SDK's client, but for how it connects: that tries one address for ever, and holds its lock meanwhile.

    `address` says where one socket can be opened; `seconds` counts and never goes back; `rest` waits that many.
    """

    def __init__(
        self, app: AsyncApp, address: Callable[[], Awaitable[str]], seconds: Callable[[], float] = time.monotonic,
        rest: Rest = asyncio.sleep,
    ) -> None:  # fmt: skip
        super().__init__("", app.logger, app.client, ping_interval=PING)
        self.app, self.address, self.seconds, self.rest = app, address, seconds, rest
        self._unheard_since: float | None = seconds()
        self._tries = 0
        self.message_listeners.append(self._heard)
        self.socket_mode_request_listeners.append(self._answer)

    def unheard(self) -> float:
        """For how many seconds Slack could tell us nothing; 0 while its socket is open and has said so."""
        return 0.0 if self._unheard_since is None else self.seconds() - self._unheard_since

    async def connect(self) -> None:
        """Open a socket, with longer and longer pauses between the tries, until one is open. Raises nothing of Slack's."""
        pause, self.auto_reconnect_enabled = self._lost(), False
        if self.current_session is not None:
            with suppress(ClientError, OSError):  # it may be broken already
                await self.current_session.close()
        while await self._rested(pause):
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._opened()
            except Exception as error:  # noqa: BLE001  whatever it is, another try may find Slack well
                log.error("slack.unheard", why=_why(error), tries=self._tries, seconds=round(self.unheard(), 1))
                named = error.retry_after if isinstance(error, Unavailable) else None
                pause = max(self._lost(), named or 0.0)
            else:
                return self._listen()
        return None

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002  as the SDK calls it
        """One at a time: whoever waited meanwhile finds another socket than the one that was lost."""
        lost = self.current_session
        async with self.connect_operation_lock:
            if self.current_session is lost and (force or not await self.is_connected()):
                await self.connect()

    def _lost(self) -> float:
        """Nothing is heard from now on, or still; how long to wait before the next try: not at all before the first."""
        if self._unheard_since is None:
            self._unheard_since = self.seconds()
        self._tries += 1
        return min(2.0 ** min(self._tries - 2, 10), LONGEST_PAUSE) if self._tries > 1 else 0.0

    async def _rested(self, pause: float) -> bool:
        """Whether to go on after it."""
        if pause:
            await self.rest(pause)
        return not self.closed

    async def _opened(self) -> None:
        address = await self.address()
        ssl = True if self.web_client.ssl is None else self.web_client.ssl
        self.current_session = await self.aiohttp_client_session.ws_connect(
            address, autoping=False, heartbeat=self.ping_interval, proxy=self.proxy, ssl=ssl
        )
        self.auto_reconnect_enabled, self.stale, self.last_ping_pong_time = True, False, None

    def _listen(self) -> None:
        """Whoever watched and read the socket before may be the very task that is here, so nothing is waited for after this."""
        for one in (self.current_session_monitor, self.message_receiver):
            if one is not None:
                one.cancel()
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())

    async def _heard(self, _: object, message: dict[str, Any], __: str | None = None) -> None:
        """Only what Slack says over it shows that a socket is one: beyond ten it takes the handshake and says goodbye."""
        if "type" in message and self._unheard_since is not None:
            log.info("slack.heard", tries=self._tries, seconds=round(self.unheard(), 1))
            self._unheard_since, self._tries = None, 0

    async def _answer(self, _: object, request: Any) -> None:
        began = time.time()
        await send_async_response(self, request, await run_async_bolt_app(self.app, request), began)


def _why(error: Exception) -> str:
    """In a word; what an error says of itself may have the address in it, which is a key."""
    if isinstance(error, (Unavailable, Unreachable)):
        return error.code
    return f"http_{error.status}" if isinstance(error, WSServerHandshakeError) else type(error).__name__
