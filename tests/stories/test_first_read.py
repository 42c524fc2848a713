"""A8: whoever asks while the calls are read for the first time is answered, and told so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.app import Steward
from bot.chats.desk import READING
from bot.ports import Gone, Looked, Problem, Sighting
from bot.rehearsal.clock import MovableClock
from bot.rehearsal.slack import Person, routes
from bot.settings.config import policy
from tests.patience import unhurried
from tests.stories.house import ANNA, company, free_port, house_settings, sample_calls
from tests.stories.on_slack import open_form
from tests.stories.places import DECIDE, slack_settings
from tests.stories.waiting import found, until

pytestmark = pytest.mark.soak


class SlowToTell:
    """A recording system that tells its calls one by one, as fast as a test lets it."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain
        self.go_on = asyncio.Event()

    async def changes(self, *asked: Any) -> AsyncIterator[Sighting | Problem | Gone | Looked]:
        await self.go_on.wait()
        async for one in self._plain.changes(*asked):
            yield one

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)


async def ready(url: str) -> dict[str, Any]:
    async with ClientSession() as http, http.get(f"{url}/readyz") as answer:
        told: dict[str, Any] = await answer.json()
        return told


async def test_the_form_opens_and_says_that_calls_are_still_being_read(tmp_path: Path, sqlite_url: str) -> None:
    """It was closed to everybody for 24 seconds with 100,000 calls."""
    port, clock = free_port(), MovableClock()
    sample_calls(tmp_path / "calls", clock.now())
    workspace = company(port, clock.now)
    settings = house_settings(tmp_path, port, sqlite_url, slack_settings(workspace))
    settings = settings.model_copy(update={"tick_seconds": 0.2})
    steward = Steward(settings, policy(settings.policy_file, clock.now()), clock.now)
    slow = SlowToTell(steward.recorder)
    steward.recorder = steward.register.recorder = slow
    app = steward.build()
    app.add_routes(routes(workspace))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{port}"
    try:
        with unhurried():
            await steward.open()
            await steward.begin()
            told = await until(lambda: _ready(url), "it is ready though it reads")
            assert told["recordings"] == "being read"
            for uid in (*DECIDE, ANNA):
                await workspace.person(uid).open_home()
            anna = await open_form(workspace.person(ANNA))
            assert READING in str(anna.modal)
            await until(lambda: _offers_nothing(anna), "no call is offered yet")
            slow.go_on.set()
            await until(lambda: steward.register.read, "all are read")
            assert (await ready(url))["recordings"] == "read"
            assert len(await found(lambda: anna.options("Which calls?", "CS-1044"), 3)) == 3
            assert READING not in str((await open_form(workspace.person(ANNA))).modal)
    finally:
        await runner.cleanup()
        await steward.stop()
        await workspace.close()


async def _offers_nothing(me: Person) -> bool:
    return await me.options("Which calls?") == []


async def _ready(url: str) -> dict[str, Any] | None:
    told = await ready(url)
    return told if told["ready"] else None
