"""A real Chromium, the sample company as `make demo` starts it, and looking at a page: by day on a desk, by night on a
phone, by machine, by keyboard alone.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from aiohttp import ClientSession
from aiohttp.client_exceptions import ClientError
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.patience import PATIENCE
from tests.stories.forked_child import Start
from tests.stories.house import ROOT, free_port
from tests.stories.process import Forked, Process
from tests.stories.waiting import until

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--mute-audio",
]  # fmt: skip
PICTURES = ROOT / "build" / "stories"
expect.set_options(timeout=PATIENCE * 1000)


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """Return this machine's Chromium, or the one that Playwright has installed."""
    async with async_playwright() as playwright:
        path = next((found for name in NAMES if (found := shutil.which(name))), None)
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def the_demo(folder: Path, *program: str) -> AsyncIterator[str]:
    """Run `recording-steward demo` in its own process, at the test's moment unless a shell starts a `program`; yield
    its address.
    """
    port = free_port()
    words = ["demo", "--port", str(port), "--no-browser", "--data", str(folder)]
    environment = {**os.environ, "PYTHONPATH": ""}
    process: Process = (
        await asyncio.create_subprocess_exec(*program, *words, cwd=ROOT, env=environment)
        if program
        else Forked(Start(words, ROOT, environment))
    )
    try:
        await until(lambda: _answers(f"http://localhost:{port}"), "the demo is ready", 120)
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def _answers(url: str) -> bool:
    try:
        async with ClientSession() as http, http.get(f"{url}/readyz") as answer:
            return answer.status == 200
    except ClientError:
        return False


async def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Save a picture of what the person sees, or of the `whole` page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)


LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1100, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
}


SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
SETTLED = "document.getAnimations().forEach((one) => { try { one.finish() } catch { one.cancel() } })"
PRESSED = "main button, main input:not([type=range]), main a[class]"


async def sound(page: Page, name: str, least: int = 0, pressed: str = PRESSED) -> None:
    """Check by day and by night that `axe` finds nothing, nothing is wider than the screen, and nothing to press is
    lower than `least` pixels; save pictures.
    """
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.evaluate(SETTLED)
        found = await Axe().run(page)
        assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == [], (name, scheme)
        await picture(page, f"{name}-{scheme}", whole=True)
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, name
    low = await page.evaluate(
        "([pressed, least]) => [...document.querySelectorAll(pressed)]"
        ".filter((one) => one.offsetHeight && one.offsetHeight < least).map((one) => one.outerHTML)",
        [pressed, least],
    )
    assert low == [], (name, low)


async def reach(page: Page, name: str) -> None:
    """Press Tab until something of this name has the focus, at most forty times."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        said = "document.activeElement.ariaLabel || document.activeElement.innerText || ''"
        if name in await page.evaluate(said):
            return
    raise AssertionError(f"{name} can't be reached with the keyboard")
