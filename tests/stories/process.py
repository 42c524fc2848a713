"""A town with real bots in it: `recording-steward run` in processes of their own, the chats in the test's."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, web
from pydantic import SecretStr

from bot.rehearsal import slack, teams
from bot.rehearsal.clock import MovableClock, send_its_date
from bot.rehearsal.slack import outbound as to_slacks_address
from bot.rehearsal.teams import outbound as to_teams_address
from storage.database.store import Database
from tests.databases import lay_migrated
from tests.keys import KEY
from tests.stories.forked import Forked, Process
from tests.stories.forked_child import Start
from tests.stories.house import ANNA, ROOT, People, chat_settings, free_port, sample_calls
from tests.stories.places import DECIDE, SECRET, SLACK, Place, company, tenancy
from tests.stories.waiting import until

A_START = 120.0  # seconds, on a machine that does much else
FORKED = ()  # not started by a shell, but forked off a process that has imported the program


class SlackTakingTurns(to_slacks_address.HttpWire):
    """Sends each request to the next of several bots, as a load balancer does."""

    def __init__(self, urls: Sequence[str]) -> None:
        super().__init__(urls[0], SECRET)
        self._turns = cycle(urls)

    async def repeat(self, sent: to_slacks_address.Sent) -> to_slacks_address.Reply:
        self.url = f"{next(self._turns)}/slack/events"
        return await super().repeat(sent)


class TeamsTakingTurns(to_teams_address.Wire):
    """The same for Teams."""

    def __init__(self, urls: Sequence[str], tenant: teams.Tenant) -> None:
        super().__init__(urls[0], tenant.app_id, tenant.keys, tenant.now)
        self._turns = cycle(urls)

    async def repeat(self, sent: to_teams_address.Sent, seconds: float) -> to_teams_address.Reply:
        self.url = f"{next(self._turns)}/api/messages"
        return await super().repeat(sent, seconds)


@dataclass
class Bot:
    """One `recording-steward run`; `log` has what it wrote."""

    process: Process
    url: str
    log: Path

    async def ready(self) -> None:
        await until(self._answers, f"{self.url} is ready; it said:\n{self.said}", A_START)

    @property
    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    async def stop(self) -> int:
        """Asks it to stop, and gives its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 20)

    async def _answers(self) -> bool:
        assert self.process.returncode is None, self.said
        try:
            async with ClientSession() as http, http.get(f"{self.url}/readyz") as answer:
                return answer.status == 200 and (await answer.json())["recordings"] == "read"
        except ClientError:
            return False


@dataclass
class Town(People):
    """The chats, the bots, and a look of the test's own into their database."""

    database: Database
    folder: Path
    database_url: str
    command: Sequence[str] = FORKED  # or the program as a shell starts it
    more: Mapping[str, str] = field(default_factory=dict)  # settings
    clock: MovableClock = field(default_factory=MovableClock)  # the one that the chats tell in each answer
    bots: list[Bot] = field(default_factory=list)

    async def audit(self) -> list[dict[str, Any]]:
        return await self.database.read(lambda store: list(store.audit.rows()))

    async def settled(self) -> None:
        """Waits until the bots have nothing left to deliver, and nothing that they keep to be done later."""
        await until(self._idle, "outbox and inbox run empty")

    async def open_bots(self, number: int) -> None:
        """Starts so many bots, which take turns from then on; the deciders meet them, and so does Anna."""
        self.bots += [await self._run() for _ in range(number)]
        for bot in self.bots:
            await bot.ready()
        urls = [bot.url for bot in self.bots]
        if self.workspace.http is not None:  # of bots that were there before
            await self.workspace.http.close()
        await self.tenant.wire.close()
        wire = SlackTakingTurns(urls)
        self.workspace.http = self.workspace.sender.wire = wire
        self.tenant.wire = TeamsTakingTurns(urls, self.tenant)
        await self.arrive([*DECIDE, ANNA])
        await self.settled()

    async def close(self) -> None:
        for bot in self.bots:
            await bot.stop()
        await self.workspace.close()
        await self.tenant.close()
        await self.database.close()

    async def _idle(self) -> bool:
        return await self.database.read(lambda store: store.outbox.next_due() is None and not store.inbox.has_any())

    async def _run(self) -> Bot:
        port = free_port()
        log = self.folder / f"bot-{port}.log"
        here = f"http://127.0.0.1:{port}"
        return Bot(await self._process(port, log), here, log)

    async def _process(self, port: int, log: Path) -> Process:
        settings = self._settings(port)
        if not self.command:
            return Forked(Start(("run",), self.folder, settings, log))
        with log.open("wb") as file:
            return await asyncio.create_subprocess_exec(
                *self.command, "run", cwd=self.folder, env=settings, stdout=file, stderr=file
            )

    def _settings(self, port: int) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": self.database_url,
            "POLICY_FILE": str(ROOT / "policy.yaml"),
            "RECORDINGS_URL": f"file://{self.folder / 'calls'}",
            "JOURNAL_URL": f"file://{self.folder}",
            "SECRET_KEY": KEY,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "METRICS_PORT": "0",
            "TICK_SECONDS": "1",
            **self._chats(),
            **self.more,
        }

    def _chats(self) -> dict[str, str]:
        chats = chat_settings(self.place, self.workspace, self.tenant)
        return {name.upper(): _open(value) for name, value in chats.items()}


def _open(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


@asynccontextmanager
async def a_town(
    folder: Path, database_url: str, bots: int, place: Place = SLACK, command: Sequence[str] = FORKED,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[Town]:  # fmt: skip
    """Opens a town with so many running bots, and closes it again; `command` is the program that runs one, with `more` settings.

    A bot that is started by a shell migrates a new database itself; a forked one finds that done.
    """
    port, clock = free_port(), MovableClock()
    sample_calls(folder / "calls", clock.now())
    if command == FORKED:
        await asyncio.to_thread(lay_migrated, database_url)
    workspace, tenant = company(port, clock.now, place=place), tenancy(port, place)
    app = web.Application()
    app.add_routes([*slack.routes(workspace), *teams.routes(tenant)])
    send_its_date(app, clock)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    town = Town(place, workspace, tenant, Database(database_url), folder, database_url, command, more or {}, clock)
    try:
        await town.open_bots(bots)
        yield town
    finally:
        await town.close()
        await runner.cleanup()
