"""Draws what was seen with the page's own renderer and takes pictures of it in a browser that nobody sees."""

from __future__ import annotations

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from aiohttp import web

from bot.rehearsal.demo import PAGE
from bot.serving import listen
from tests.gallery.shots import Platform, Shot

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page, Playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip
TALL = 2400  # pixels: dialogs end with the window, and none is to scroll


class Undrawn(Exception):
    """Pictures can't be made; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at it: `width` in pixels."""

    platform: Platform
    device: Literal["desktop", "phone"]
    scheme: Literal["light", "dark"]
    width: int

    @property
    def name(self) -> str:
        return f"{self.platform}-{self.device}-{self.scheme}"


DEVICES: tuple[tuple[Literal["desktop", "phone"], int], ...] = (("desktop", 720), ("phone", 390))
LOOKS = tuple(
    Look(platform, device, scheme, width)
    for scheme in ("light", "dark")
    for device, width in DEVICES
    for platform in ("slack", "teams")
)
PAGES = {"slack": "gallery.html", "teams": "teams.html"}


class Studio:
    """One page of the browser for each look, all open at once; `take` draws one after the other."""

    def __init__(self, folder: Path, looks: Sequence[Look]) -> None:
        self.folder, self.looks = folder, looks
        self._easels: list[tuple[Look, Page, CDPSession]] = []
        self._faults: list[str] = []
        self._busy = asyncio.Lock()

    async def prepare(self, browser: Browser, url: str) -> None:
        """Open the pages."""
        for look in self.looks:
            context = await browser.new_context(
                viewport={"width": look.width, "height": TALL}, color_scheme=look.scheme, reduced_motion="reduce",
                locale="en-GB",
            )  # fmt: skip
            page = await context.new_page()
            page.on("pageerror", lambda error: self._faults.append(str(error)))
            await page.goto(f"{url}/rehearsal/page/{PAGES[look.platform]}")
            await page.wait_for_function("() => window.draw")
            # Playwright's own picture takes twice as long.
            self._easels.append((look, page, await context.new_cdp_session(page)))

    async def take(self, path: str, shot: Shot) -> None:
        """Write `folder/<path>.<look>.png` for each look; raises `Undrawn` where the page can't draw it."""
        async with self._busy:
            for look, page, session in self._easels:
                box = await self._drawn(page, shot, look, path)
                asked = {"clip": {**box, "scale": 1}, "captureBeyondViewport": box["height"] > TALL}
                taken = await session.send(
                    "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True, **asked}
                )
                (self.folder / f"{path}.{look.name}.png").write_bytes(base64.b64decode(taken["data"]))

    async def _drawn(self, page: Page, shot: Shot, look: Look, path: str) -> dict[str, float]:
        """Where on the page it stands."""
        try:
            box: dict[str, float] = await page.evaluate("one => window.draw(one)", shot.drawing(look.platform))
        except Exception as error:
            raise Undrawn(f"The page can't draw {path} ({look.name}): {error}") from error
        if self._faults:
            raise Undrawn(f"The page can't draw {path} ({look.name}): {self._faults[0]}")
        return box


@asynccontextmanager
async def a_studio(folder: Path, looks: Sequence[Look] = LOOKS) -> AsyncIterator[Studio]:
    """A browser that nobody sees, ready to draw into `folder`; raises `Undrawn` where there is none."""
    async with _server() as url, a_browser() as browser:
        studio = Studio(folder, looks)
        await studio.prepare(browser, url)
        yield studio


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """One that nobody sees; raises `Undrawn` where there is none."""
    async with _playwright() as playwright:
        path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
        try:
            browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Exception as error:
            raise Undrawn("No Chromium starts here. Install one, or run: playwright install chromium") from error
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def _playwright() -> AsyncIterator[Playwright]:
    try:
        from playwright.async_api import async_playwright
    except ImportError as error:
        raise Undrawn(
            "Playwright is missing. `make gallery` installs it with the other tools for development."
        ) from error
    async with async_playwright() as playwright:
        yield playwright


@asynccontextmanager
async def _server() -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([web.static("/rehearsal/page", PAGE)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    try:
        yield f"http://127.0.0.1:{await listen(runner, '127.0.0.1', 0)}"
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)
