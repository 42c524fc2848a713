"""Builds the whole house by hand: the only file that knows every room."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot import clock
from bot.config import Settings
from bot.delivery import Delivery
from bot.directory import Directory
from bot.measures import ACKS
from bot.ports import Recorder, Unavailable, Unreachable
from bot.recorders import open_recorder
from bot.register import RegisterKeeper
from bot.slack.adapter import SlackAdapter
from bot.slack.chat import SlackChat
from bot.slack.http import LARGEST, Payload, Wall
from bot.web.health import Health
from bot.web.pages import ListeningPages, kindly
from handlers import HANDLERS
from handlers.door import Door
from handlers.rules.policy import Policy
from storage.store import Database, DatabaseDown
from storage.upgrade import upgrade

log = structlog.get_logger()
BUSY = 0.05  # seconds: three requests within it are a rush, and their answers go first


def utc_now() -> datetime:
    """The moment, aware."""
    return datetime.now(UTC)


class Steward:
    """The running program. `start` makes it ready, `stop` finishes what is in flight."""

    def __init__(self, settings: Settings, policy: Policy, now: Callable[[], datetime] = utc_now) -> None:
        self.settings, self.policy, self.now = settings, policy, now
        self.database = Database(settings.database_url)
        self.recorder: Recorder = open_recorder(settings.recordings_url)
        self.door = Door(self.database, policy, HANDLERS, now, self._wake)
        self.register = RegisterKeeper(self.door, self.recorder, settings.recordings_url.partition(":")[0])
        self._why_not = "starting"
        self._running: list[asyncio.Task[None]] = []
        self._ticking = clock.ticker(self.tick, settings.tick_seconds)
        self._ticks = asyncio.Lock()
        self._answering = 0
        self._asked: deque[float] = deque([float("-inf")] * 3, maxlen=3)

    def build(self) -> web.Application:
        """The web application, within a running loop: Slack's address, the listening page, health."""
        self.http = ClientSession(timeout=ClientTimeout(total=10), connector=TCPConnector(limit=64))
        token = self.settings.slack_bot_token
        client = AsyncWebClient(
            token=token.get_secret_value() if token else "", base_url=self.settings.slack_api_url,
            session=self.http, timeout=10, retry_handlers=[],
        )  # fmt: skip
        self.chat = SlackChat(client)
        self.directory = Directory(self.chat, self.door, self.policy, time.monotonic)
        self.delivery = Delivery(self.door, self.chat, self.directory, busy=self._busy)
        self.slack = SlackAdapter(self.chat, self.door, self.directory, self.settings.public_url)
        app = web.Application(client_max_size=LARGEST, middlewares=[kindly])
        app.add_routes(Health(self.database, lambda: self._why_not).routes())
        app.add_routes(ListeningPages(self.door, self.recorder, self.settings.public_url).routes())
        if self.settings.slack_signing_secret:
            wall = Wall(self.settings.slack_signing_secret.get_secret_value(), self._to_bolt)
            app.add_routes([web.post("/slack/events", wall.handle)])
        return app

    async def start(self) -> None:
        """Bring the database up to date and begin to work; Slack may still be away."""
        log.info("database.ready", revision=await upgrade(self.database))
        await self.tick()
        self._running = [asyncio.create_task(self.delivery.run()), asyncio.create_task(self._greet())]
        self._ticking.start()
        if self.settings.slack_app_token:
            self._sockets = AsyncSocketModeHandler(self.slack.app, self.settings.slack_app_token.get_secret_value())
            connected = self._sockets.connect_async()  # type: ignore[no-untyped-call]
            self._running.append(asyncio.create_task(connected))

    async def stop(self) -> None:
        """Take nothing new, finish what is in flight, close."""
        self._why_not = "stopping"
        if self._ticking.running:
            self._ticking.shutdown(wait=False)
        if self.settings.slack_app_token:
            await self._sockets.close_async()  # type: ignore[no-untyped-call]
        await self.slack.finish()
        await self.delivery.stop()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.database.close()
        await self.http.close()

    async def tick(self) -> None:
        """What the clock asks for: due deadlines, and what the recording system has that is new."""
        async with self._ticks:
            try:
                await clock.act_on_due(self.door)
                await self.register.sync()
            except (DatabaseDown, Unavailable) as error:
                log.warning("tick.later", why=type(error).__name__)
        self.delivery.wake()

    def _wake(self) -> None:
        self.delivery.wake()

    def _busy(self) -> bool:
        return self._answering > 0 or time.perf_counter() - self._asked[0] < BUSY

    async def _greet(self) -> None:
        """Ask Slack who we are, until it answers; only our own workspace's people are ours."""
        while self._why_not == "starting":
            try:
                await self.chat.whoami()
                self._why_not = ""
                await self._meet_officers()
            except (Unavailable, Unreachable) as error:
                log.error("slack.not_reached", why=str(error))
                await asyncio.sleep(5)

    async def _meet_officers(self) -> None:
        """Look up whoever holds an office or deputises, so that their names and zones stand on the first card."""
        offices = self.policy.roles.offices().values()
        for email in dict.fromkeys(email for office in offices for email in (office.holder, *office.deputies)):
            try:
                await self.directory.meet(await self.chat.find(email))
            except (Unavailable, Unreachable) as error:
                log.warning("officer.not_found", code=error.code)
            except DatabaseDown:
                log.warning("officer.not_found", code="database")

    async def _to_bolt(self, payload: Payload) -> web.Response:
        started = time.perf_counter()
        self._asked.append(started)
        self._answering += 1
        # Read by the wall already; no header goes in, since headers are not signed and Bolt obeys some.
        bolt = AsyncBoltRequest(body=payload, mode="socket_mode")
        try:
            answer = await self.slack.app.async_dispatch(bolt)
        finally:
            self._answering -= 1
        ACKS.labels("slack").observe(time.perf_counter() - started)
        headers = {name: value for name, values in answer.headers.items() for value in values[:1]}
        return web.Response(status=answer.status, body=answer.body.encode(), headers=headers)
