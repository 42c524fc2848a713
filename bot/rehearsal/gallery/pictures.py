"""Draws what was seen with the page's own renderer and takes pictures of it in a browser that nobody sees."""

from __future__ import annotations

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from aiohttp import web

from bot.rehearsal.demo import PAGE
from bot.rehearsal.gallery.shots import Shot
from bot.serving import listen

if TYPE_CHECKING:
    from playwright.async_api import Page, Playwright

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

    name: str
    scheme: Literal["light", "dark"]
    width: int


LOOKS = (
    Look("desktop-light", "light", 720),
    Look("desktop-dark", "dark", 720),
    Look("phone-light", "light", 390),
    Look("phone-dark", "dark", 390),
)


async def take(shots: Iterable[tuple[str, Shot]], folder: Path, looks: Iterable[Look] = LOOKS) -> None:
    """Write `folder/<path>.<look>.png` for every shot; raises `Undrawn`, also for one that the page can't draw."""
    listed = list(shots)
    async with _the_page() as page:
        browser = await page.context.new_cdp_session(page)  # Playwright's own picture takes twice as long
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        for look in looks:
            await page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
            await page.set_viewport_size({"width": look.width, "height": TALL})
            for path, shot in listed:
                box = await page.evaluate("drawing => window.draw(drawing)", shot.drawing())
                if faults:
                    raise Undrawn(f"The page can't draw {path} ({look.name}): {faults[0]}")
                asked = {"clip": {**box, "scale": 1}, "captureBeyondViewport": box["height"] > TALL}
                taken = await browser.send(
                    "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True, **asked}
                )
                (folder / f"{path}.{look.name}.png").write_bytes(base64.b64decode(taken["data"]))


@asynccontextmanager
async def _the_page() -> AsyncIterator[Page]:
    async with _server() as url, _playwright() as playwright:
        path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
        try:
            browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Exception as error:
            raise Undrawn("No Chromium starts here. Install one, or run: playwright install chromium") from error
        try:
            context = await browser.new_context(locale="en-GB", timezone_id="Australia/Sydney")
            page = await context.new_page()
            await page.goto(f"{url}/rehearsal/page/gallery.html")
            await page.wait_for_function("() => window.draw")
            yield page
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
