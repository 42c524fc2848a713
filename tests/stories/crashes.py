"""A scene in which the bot may die: the workspace lives on, people press again, and the bot is started once more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, web

from bot.rehearsal.clock import MovableClock, send_its_date
from bot.rehearsal.slack import Outcome, Person, Workspace, routes
from storage.database.store import Database
from tests.stories.at_moment import booted_at
from tests.stories.crashing_child import Orders, live
from tests.stories.forked import PROCESSES
from tests.stories.house import company, free_port, house_settings
from tests.stories.on_slack import OnSlack
from tests.stories.places import slack_settings
from tests.stories.waiting import until

A_LEASE = timedelta(seconds=30)


@dataclass
class Scene:
    """The workspace, and the bot in its first life or, after its death, in its second."""

    workspace: Workspace
    database: Database
    clock: MovableClock
    orders: Orders
    http: ClientSession
    life: ForkServerProcess = field(init=False)
    deaths: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.orders.settings.port}"

    def person(self, uid: str) -> Person:
        return self.workspace.person(uid)

    def somebody(self, uid: str, platform: str = "") -> OnSlack:
        return OnSlack(self.person(uid))

    async def audit(self) -> list[dict[str, Any]]:
        return await self.database.read(lambda store: list(store.audit.rows()))

    async def begin(self) -> None:
        """Starts a life and waits until it takes work."""
        self.life = PROCESSES.Process(target=live, args=(self.orders, booted_at()), daemon=True)
        self.life.start()
        await until(self._ready, "the bot is ready", pause=0.01)

    async def settled(self) -> None:
        """Waits until all is done; where the bot died, it is started again after the lease of what it had in hand."""
        while not await self._told("settled"):
            self.deaths += 1
            await until(lambda: not self.life.is_alive(), "the bot is dead")
            self.clock.offset += A_LEASE
            self.orders = replace(self.orders, die_at=0, ahead=self.clock.offset)
            await self.begin()

    async def arm(self) -> None:
        assert await self._told("arm")

    def end(self) -> None:
        self.life.kill()
        self.life.join()
        self.life.close()

    async def insist(self, ctx: Callable[[], Awaitable[Outcome]], seen: Callable[[], object], *, binding: bool) -> None:
        """Do something until it went well and shows, as people do; what is `binding` shows as soon as it went well."""
        for _ in range(4):
            outcome = await ctx()
            await self.settled()
            if outcome.ok and seen():
                return
            assert not (outcome.ok and binding), "it was acknowledged, and it is lost"
        raise AssertionError(f"it never went well: {outcome}")

    async def _told(self, what: str) -> bool:
        try:
            async with self.http.post(f"{self.url}/story/{what}") as answer:
                return answer.status == 200
        except ClientError:
            return False

    async def _ready(self) -> bool:
        assert self.life.is_alive(), "the bot died while it started"
        try:
            async with self.http.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except ClientError:
            return False


@asynccontextmanager
async def a_scene(folder: Path, database_url: str, trace: Path, die_at: int) -> AsyncIterator[Scene]:
    """Opens a scene around the recordings of `folder`; its bot dies at boundary `die_at` (0: never)."""
    here, clock = free_port(), MovableClock()
    workspace = company(here, clock.now)
    settings = house_settings(folder, free_port(), database_url, slack_settings(workspace))
    assert workspace.http
    workspace.http.url = f"http://127.0.0.1:{settings.port}/slack/events"
    app = web.Application()
    app.add_routes(routes(workspace))
    send_its_date(app, clock)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", here).start()
    orders = Orders(settings, timedelta(0), trace, die_at)
    async with ClientSession() as http:
        scene = Scene(workspace, Database(database_url), clock, orders, http)
        await scene.begin()
        try:
            yield scene
        finally:
            scene.end()
            await workspace.close()
            await scene.database.close()
            await runner.cleanup()
