"""A4, A8: the shipped program answers while it starts, and hears a stop meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, web

from bot import app, serving
from bot.ports import Gone, LookFinished, Problem, Sighting
from bot.recorders import open_recorder
from bot.rehearsal.slack import routes
from tests.moments import moment
from tests.stories.house import company, free_port, house_settings, sample_calls, served, slack_settings
from tests.stories.waiting import until

pytestmark = pytest.mark.story
IN_TIME = 8.0  # seconds


class SlowToTell:
    """A recording system that tells its first call, and then the others, when a test lets it."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain
        self.first, self.others = asyncio.Event(), asyncio.Event()

    async def changes(self, *asked: Any) -> AsyncIterator[Sighting | Problem | Gone | LookFinished]:
        await self.first.wait()
        async for one in self._plain.changes(*asked):
            yield one
            await self.others.wait()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)


async def test_the_port_answers_while_the_calls_are_read(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A8: also before a recording system has told its first call, for which 100,000 files took seconds."""
    sample_calls(tmp_path / "calls", moment())
    slow, stop, forced = SlowToTell(open_recorder(f"file://{tmp_path / 'calls'}")), asyncio.Event(), list[bool]()
    monkeypatch.setattr(app, "open_recorder", lambda *_: slow)
    monkeypatch.setattr(serving, "stop_event", lambda: stop)
    monkeypatch.setattr(serving, "end_process_after", lambda: forced.append(True))
    # A worker of ours holds what hundreds of tests left: looking through that takes seconds without answers.
    monkeypatch.setattr(serving, "gc", SimpleNamespace(collect=lambda: None, freeze=lambda: None))
    workspace, slack = company(port := free_port(), moment), web.Application()
    slack.add_routes(routes(workspace))
    async with served(slack, port):
        settings = house_settings(tmp_path, free_port(), sqlite_url, slack_settings(workspace))
        settings = settings.model_copy(update={"metrics_port": 0, "tick_seconds": 0.2})
        running = asyncio.create_task(serving._serve_until_stopped(settings))
        url = f"http://127.0.0.1:{settings.port}"
        try:
            await until(lambda: says(f"{url}/healthz", "alive"), "it lives", IN_TIME)
            assert await says(f"{url}/readyz", '"ready": false', '"recordings": "being read"')
            slow.first.set()
            await until(lambda: says(f"{url}/readyz", '"ready": true', '"being read"'), "it works", IN_TIME)
            slow.others.set()
            await until(lambda: says(f"{url}/readyz", '"ready": true', '"recordings": "read"'), "all are read")
        finally:
            stop.set()
            async with asyncio.timeout(IN_TIME):
                await running
            await workspace.close()
        assert len(forced) == 1, "a disk that hangs would hold it for ever"


async def says(url: str, *words: str) -> bool:
    """Whether these words are answered there."""
    try:
        async with ClientSession() as http, http.get(url) as answer:
            heard = await answer.text()
    except ClientError as error:
        heard = repr(error)
    return all(one in heard for one in words)
