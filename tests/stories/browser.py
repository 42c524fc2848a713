"""A real Chromium and the sample company as `make demo` starts it, for stories that people would tell."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import ClientSession
from aiohttp.client_exceptions import ClientError
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.patience import PATIENCE
from tests.stories.at_moment import booted_at
from tests.stories.forked import Forked, Process
from tests.stories.forked_child import Start
from tests.stories.house import ROOT, free_port

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--mute-audio",
]  # fmt: skip
PICTURES = ROOT / "build" / "stories"
expect.set_options(timeout=PATIENCE * 1000)


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """The Chromium of this machine, or the one that Playwright has installed."""
    async with async_playwright() as playwright:
        path = next((found for name in NAMES if (found := shutil.which(name))), None)
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def the_demo(
    folder: Path, program: Sequence[str] = (), place: Path = ROOT, at: datetime | None = None
) -> AsyncIterator[str]:
    """`recording-steward demo` in a process of its own, started at a place; gives its address.

    `program` is started by a shell; without one the demo starts `at` a moment (aware), or at that of the test.
    """
    port = free_port()
    words = ["demo", "--port", str(port), "--no-browser", "--data", str(folder)]
    environment = {**os.environ, "PYTHONPATH": ""}
    process: Process = (
        await asyncio.create_subprocess_exec(*program, *words, cwd=place, env=environment)
        if program
        else Forked(Start(words, place, environment, booted=booted_at(at)))
    )
    try:
        await _ready(f"http://localhost:{port}")
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def now(url: str) -> datetime:
    """The moment (aware) of the demo at an address: that of the machine is another, and may be another day."""
    async with ClientSession() as http, http.get(f"{url}/rehearsal/clock") as answer:
        return datetime.fromisoformat((await answer.json())["now"])


async def move(url: str, to: datetime) -> None:
    """Move its clock on."""
    async with ClientSession() as http, http.post(f"{url}/rehearsal/clock", json={"now": to.isoformat()}) as answer:
        assert answer.status == 200, await answer.text()


async def _ready(url: str) -> None:
    async with ClientSession() as http:
        for _ in range(2400):
            try:
                async with http.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except ClientError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError("the demo never became ready")


async def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep what the person sees, to be looked at; or the `whole` page, as far as it goes."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
