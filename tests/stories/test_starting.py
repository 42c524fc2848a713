"""A4, A8: the order in which the shipped program starts, and that a stop meanwhile is heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, web

from bot import app, serving
from bot.ports import Gone, Looked, Problem, Sighting
from bot.recorders import open_recorder
from bot.rehearsal.slack import Workspace, routes
from bot.settings.config import Settings
from tests.moments import moment
from tests.stories.house import company, free_port, house_settings, sample_calls
from tests.stories.places import slack_settings
from tests.stories.waiting import until

pytestmark = pytest.mark.story
IN_TIME = 8.0  # seconds


class SlowToTell:
    """A recording system that tells its first call, and then the others, when a test lets it."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain
        self.first, self.others = asyncio.Event(), asyncio.Event()

    async def changes(self, *asked: Any) -> AsyncIterator[Sighting | Problem | Gone | Looked]:
        await self.first.wait()
        async for one in self._plain.changes(*asked):
            yield one
            await self.others.wait()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)


class Running:
    """What `run` does, in this process: told to stop by a test, and never ended by force."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told, self.forced, self.url = asyncio.Event(), 0, f"http://127.0.0.1:{settings.port}"
        self.heard = ""
        monkeypatch.setattr(serving, "told_to_stop", lambda: self.told)
        monkeypatch.setattr(serving, "for_certain", self._for_certain)
        # A worker of ours holds what hundreds of tests left: to look through that takes seconds, in which nobody is answered.
        monkeypatch.setattr(serving, "gc", SimpleNamespace(collect=lambda: None, freeze=lambda: None))
        self.task = asyncio.create_task(serving._serve_until_told(settings))

    async def stop(self) -> None:
        """Tell it to, and wait until it has. Where a test failed, what it said last stands beside that."""
        print(self.heard)
        self.told.set()
        async with asyncio.timeout(IN_TIME):
            await self.task
        assert self.forced == 1, "a disk that hangs would hold it for ever"

    async def says(self, path: str, *words: str) -> bool:
        """Whether these words are answered there."""
        assert not self.task.done(), "it ended"
        try:
            async with ClientSession() as http, http.get(self.url + path) as answer:
                self.heard = await answer.text()
        except ClientError as error:
            self.heard = f"{error!r}"
        return all(one in self.heard for one in words)

    def _for_certain(self) -> None:
        self.forced += 1


@asynccontextmanager
async def a_workspace() -> AsyncIterator[Workspace]:
    """Slack, which is there before the bot and stays after it."""
    port, site = free_port(), web.Application()
    workspace = company(port, moment)
    site.add_routes(routes(workspace))
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield workspace
    finally:
        await runner.cleanup()
        await workspace.close()


async def test_the_port_answers_while_the_calls_are_read(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A8: also before a recording system has told its first call, for which 100,000 files took seconds."""
    sample_calls(tmp_path / "calls", moment())
    slow = SlowToTell(open_recorder(f"file://{tmp_path / 'calls'}"))
    monkeypatch.setattr(app, "open_recorder", lambda *_: slow)
    async with a_workspace() as workspace:
        settings = house_settings(tmp_path, free_port(), sqlite_url, slack_settings(workspace))
        running = Running(settings.model_copy(update={"metrics_port": 0, "tick_seconds": 0.2}), monkeypatch)
        try:
            await until(lambda: running.says("/healthz", "alive"), "it lives", IN_TIME)
            assert await running.says("/readyz", '"ready": false', '"recordings": "being read"')
            slow.first.set()
            await until(lambda: running.says("/readyz", '"ready": true', '"being read"'), "it works", IN_TIME)
            slow.others.set()
            await until(lambda: running.says("/readyz", '"ready": true', '"recordings": "read"'), "all are read")
        finally:
            await running.stop()
