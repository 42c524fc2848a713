"""Draws cards and forms with the pages' own renderers, and takes pictures of them in a browser without a window."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aiohttp import web
from playwright.async_api import Browser, Page

from bot.rehearsal.demo import PAGE
from bot.serving import start_listening
from tests.gallery.shots import PLATFORMS, Platform, Shot

TALL = 2400  # pixels: dialogs end with the window, and none is to scroll
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DEVICES = (("desktop", 720), ("phone", 390))


@dataclass(frozen=True, slots=True)
class Look:
    """How a person looks at it: `width` in pixels."""

    platform: Platform | Literal["mail"]
    device: str
    scheme: Literal["light", "dark"]
    width: int

    @property
    def name(self) -> str:
        return f"{self.platform}-{self.device}-{self.scheme}"


LOOKS = tuple(
    Look(platform, device, scheme, width) for scheme in SCHEMES for device, width in DEVICES for platform in PLATFORMS
)
PAGES = {"slack": "gallery.html", "teams": "teams.html"}


class Studio:
    """One page of the browser for each look; `take` draws in one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._easels, self._faults = folder, list[tuple[Look, Page]](), list[str]()

    async def prepare(self, browser: Browser, url: str) -> None:
        """Open the pages."""
        for look in LOOKS:
            page = await browser.new_page(
                viewport={"width": look.width, "height": TALL}, color_scheme=look.scheme, reduced_motion="reduce",
                locale="en-GB",
            )  # fmt: skip
            page.on("pageerror", lambda error: self._faults.append(str(error)))
            await page.goto(f"{url}/rehearsal/page/{PAGES[look.platform]}")
            await page.wait_for_function("() => window.draw")
            self._easels.append((look, page))

    async def take(self, shot: Shot) -> None:
        """Write a picture of it for each look; fail where a page can't draw it."""
        for look, page in self._easels:
            box = await page.evaluate("one => window.draw(one)", shot.drawings[look.platform])  # type: ignore[index]
            assert not self._faults, f"the page can't draw {shot.name} ({look.name}): {self._faults[0]}"
            await page.screenshot(
                path=self.folder / f"{shot.name}.{look.name}.png", clip=box, full_page=box["height"] > TALL
            )


@asynccontextmanager
async def a_studio(browser: Browser, folder: Path) -> AsyncIterator[Studio]:
    """Pages that are ready to draw into `folder`."""
    app = web.Application()
    app.add_routes([web.static("/rehearsal/page", PAGE)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    studio = Studio(folder)
    try:
        await studio.prepare(browser, f"http://127.0.0.1:{await start_listening(runner, '127.0.0.1', 0)}")
        yield studio
    finally:
        await runner.cleanup()
