"""A town with real bots in it: `recording-steward run` in processes of their own, the chat in the test's.

Most are forked off a process that has imported the program, at a tenth of what a start costs. That a shell can start it is tried by the stories that
start `program()`, and by tests/stories/test_wheel.py.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import ClientError, ClientSession, web

from bot.rehearsal import slack
from bot.rehearsal.clock import MovableClock, send_its_date
from bot.rehearsal.slack import outbound
from storage.database.store import Database
from storage.inbox import Incoming
from tests.keys import KEY
from tests.stories.forked_child import Start, live
from tests.stories.house import ROOT, SECRET, SLACK, TOKEN, People, company, free_port, sample_calls, served, tenancy
from tests.stories.waiting import until

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([
    "tests.stories.forked_child", "tests.stories.crashing_child", "aiosqlite", "asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite", "sqlalchemy.dialects.postgresql.asyncpg",
])  # fmt: skip
A_WHILE = 120.0  # seconds after which a process is taken to hang


def read_ahead() -> None:
    """Let the processes that others are forked from load the program now, without waiting."""
    forkserver.ensure_running()


class Forked:
    """Wrap such a process, to be used like one of asyncio's."""

    def __init__(self, start: Start) -> None:
        self._process: ForkServerProcess = PROCESSES.Process(target=live, args=(start,), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it lives; negative if a signal ended it."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        await until(lambda: self.returncode is not None, f"process {self.pid} ends", A_WHILE)
        return self.returncode or 0


Process = Forked | asyncio.subprocess.Process


async def said(words: Sequence[str], folder: Path, settings: Mapping[str, str]) -> tuple[int, str]:
    """Run a command to its end; return its exit code and output."""
    with TemporaryDirectory() as elsewhere:
        log = Path(elsewhere) / "said"
        process = Forked(Start(words, folder, dict(settings), log))
        try:
            code = await process.wait()
        finally:
            process.kill()
        return code, await asyncio.to_thread(log.read_text)


A_START = 120.0  # seconds, on a machine that does much else
FORKED = ()  # not started by a shell, but forked off a process that has imported the program


class SlackTakingTurns(outbound.HttpWire):
    """Sends each request to the next of several bots, as a load balancer does."""

    def __init__(self, urls: Sequence[str]) -> None:
        super().__init__(urls[0], SECRET)
        self._turns = cycle(urls)

    async def repeat(self, sent: outbound.Sent) -> outbound.Reply:
        self.url = f"{next(self._turns)}/slack/events"
        return await super().repeat(sent)


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
        """Ask it to stop, and return its exit code."""
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
    """The chats, the bots, and the test's own view of their database."""

    database: Database
    folder: Path
    database_url: str
    command: Sequence[str] = FORKED  # or the program as a shell starts it
    more: Mapping[str, str] = field(default_factory=dict)  # settings
    clock: MovableClock = field(default_factory=MovableClock)  # the one that the chats tell in each answer
    bots: list[Bot] = field(default_factory=list)

    async def audit(self) -> list[dict[str, Any]]:
        return await self.database.read(lambda store: list(store.audit.exported()))

    async def settled(self) -> None:
        """Wait until the bots have nothing left to deliver, and nothing kept for later."""
        await until(self._idle, "outbox and inbox run empty")

    async def open_bots(self, number: int) -> None:
        """Start so many bots, which take turns from then on."""
        self.bots += [await self._run() for _ in range(number)]
        for bot in self.bots:
            await bot.ready()
        urls = [bot.url for bot in self.bots]
        if self.workspace.http is not None:  # of bots that were there before
            await self.workspace.http.close()
        self.workspace.http = self.workspace.sender.wire = SlackTakingTurns(urls)
        await self.settled()

    async def close(self) -> None:
        for bot in self.bots:
            await bot.stop()
        await self.workspace.close()
        await self.tenant.close()
        await self.database.close()

    async def _idle(self) -> bool:
        return await self.database.read(
            lambda store: store.outbox.next_due() is None and not store.has(Incoming.id > 0)
        )

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
            "PATH": os.environ["PATH"], "DATABASE_URL": self.database_url, "POLICY_FILE": str(ROOT / "policy.yaml"),
            "RECORDINGS_URL": f"file://{self.folder / 'calls'}", "JOURNAL_URL": f"file://{self.folder}",
            "SECRET_KEY": KEY, "PUBLIC_URL": f"http://127.0.0.1:{port}", "PORT": str(port), "METRICS_PORT": "0",
            "TICK_SECONDS": "1", "SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": f"{self.workspace.public_url}/rehearsal/slack/api/", **self.more,
        }  # fmt: skip


@asynccontextmanager
async def a_town(
    folder: Path, database_url: str, bots: int, command: Sequence[str] = FORKED, more: Mapping[str, str] | None = None
) -> AsyncIterator[Town]:  # fmt: skip
    """Open a town with so many running bots, and close it again; `command` is the program that runs one, with `more`
    settings.
    """
    port, clock = free_port(), MovableClock()
    sample_calls(folder / "calls", clock.now())
    workspace = company(port, clock.now)
    app = web.Application()
    app.add_routes(slack.routes(workspace))
    send_its_date(app, clock)
    tenant = tenancy(port, SLACK)  # with no one in it
    town = Town(SLACK, workspace, tenant, Database(database_url), folder, database_url, command, more or {}, clock)
    async with served(app, port):
        try:
            await town.open_bots(bots)
            yield town
        finally:
            await town.close()
