"""Draws the cards, pages and forms of the golden files with the pages' own renderers, and takes pictures of them in a browser without a window."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from playwright.async_api import Browser, Page

from bot.rehearsal.demo import PAGE
from bot.serving import start_listening
from bot.slack import render as slack
from bot.teams import forms
from bot.teams import render as teams
from tests.golden.cases import READER
from tests.golden.requests import NOW
from tests.golden.test_golden import FORMS, PAGES
from tests.words import CARDS

Json = dict[str, Any]
Platform = Literal["slack", "teams"]
PLATFORMS: tuple[Platform, ...] = ("slack", "teams")
BOT = "Recording Steward"


@dataclass(frozen=True, slots=True)
class Shot:
    """One card, page or form; `drawings` are what `draw` of each platform's page takes, `spoken` its notification."""

    name: str
    drawings: Mapping[Platform, Json]
    spoken: str = ""

    @property
    def group(self) -> str:
        return self.name.partition("-")[0].title()


def _shot(name: str, kind: str, seen: Json, card: Json) -> Shot:
    about = {"uid": "U1", "zone": READER, "now": NOW.isoformat(), "names": {}, "errors": {}}
    return Shot(
        name,
        {"slack": {"kind": kind, "seen": seen, **about}, "teams": {"from": BOT, "at": "03:00", "card": card, "words": "", "unfold": ""}},
        str(seen.get("text", "")),
    )  # fmt: skip


def _message(drawn: Mapping[str, Any]) -> Json:
    author = {"id": "UBOT", "name": BOT, "bot": True, "initials": "", "colour": ""}
    return {**_named(drawn), "ts": "1", "at": NOW.isoformat(), "from": author, "ephemeral": False, "edited": False}


def _view(drawn: Mapping[str, Any]) -> Json:
    return {**_named(drawn), "id": "V1", "state": {"values": {}}}


def _named(drawn: Mapping[str, Any]) -> Json:
    """Slack gives each block a name that has none."""
    return {**drawn, "blocks": [{"block_id": f"b{at}", **one} for at, one in enumerate(drawn["blocks"])]}


SHOTS = (
    *(_shot(name, "message", _message(slack.render_message(one, READER)), teams.card_content(one, READER)) for name, one in CARDS.items()),
    *(_shot(name, "modal", _view(slack.render_page(one, READER)), teams.render_page(one, READER, dialog=True)) for name, one in PAGES.items()),
    *(_shot(name, "modal", _view(slack.render_modal(one)), forms.draw_form(one)) for name, one in FORMS.items()),
)  # fmt: skip


TALL = 2400  # pixels: dialogs end with the window, and none is to scroll
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DEVICES = (("desktop", 720), ("phone", 390))


@dataclass(frozen=True, slots=True)
class Look:
    """How a person looks at it: `width` in pixels."""

    platform: Platform
    device: str
    scheme: Literal["light", "dark"]
    width: int

    @property
    def name(self) -> str:
        return f"{self.platform}-{self.device}-{self.scheme}"


LOOKS = tuple(
    Look(platform, device, scheme, width) for scheme in SCHEMES for device, width in DEVICES for platform in PLATFORMS
)
DRAWING = {"slack": "gallery.html", "teams": "teams.html"}


class Studio:
    """One browser page for each look; `take` draws in one after the other."""

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
            await page.goto(f"{url}/rehearsal/page/{DRAWING[look.platform]}")
            await page.wait_for_function("() => window.draw")
            self._easels.append((look, page))

    async def take(self, shot: Shot) -> None:
        """Write a picture of it for each look; fail if a page can't draw it."""
        for look, page in self._easels:
            box = await page.evaluate("one => window.draw(one)", shot.drawings[look.platform])
            assert not self._faults, f"the page can't draw {shot.name} ({look.name}): {self._faults[0]}"
            await page.screenshot(
                path=self.folder / f"{shot.name}.{look.name}.png", clip=box, full_page=box["height"] > TALL
            )


@asynccontextmanager
async def a_studio(browser: Browser, folder: Path) -> AsyncIterator[Studio]:
    """Yield pages that are ready to draw into `folder`."""
    app = web.Application()
    app.add_routes([web.static("/rehearsal/page", PAGE)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    studio = Studio(folder)
    try:
        await studio.prepare(browser, f"http://127.0.0.1:{await start_listening(runner, '127.0.0.1', 0)}")
        yield studio
    finally:
        await runner.cleanup()
