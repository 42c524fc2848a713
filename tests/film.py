"""`python -m tests.film`: film the demo for the README."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.async_api import BrowserContext, Locator, Page, ViewportSize, expect

from tests.stories.browser import a_browser, the_demo
from tests.stories.house import ROOT
from tests.stories.test_browser import become

OUT = ROOT / "docs" / "demo.gif"
VIEWPORT = ViewportSize(width=920, height=620)
COLOURS, LARGEST = 96, 600_000  # of the palette; bytes that a reader of the README waits for
KEY, LOOK, READ = 90, 550, 1500  # milliseconds that a frame stands: a key, a glance, a sentence
HEARD = 12  # frames of the player at work
CALL = "yesterday"
CAPTION = """words => {
  const box = document.getElementById('film') ?? document.body.appendChild(document.createElement('div'));
  box.id = 'film';
  box.textContent = words;
  Object.assign(box.style, {
    position: 'fixed', left: '50%', top: '7px', transform: 'translateX(-50%)', zIndex: 9999, padding: '6px 18px',
    borderRadius: '99px', background: '#1b1b3a', color: '#fff', font: '600 15px system-ui, sans-serif', pointerEvents: 'none',
  });
  (document.querySelector('dialog[open]') ?? document.body).appendChild(box);
}"""


@dataclass
class Film:
    """Frames, and for how many milliseconds each stands."""

    frames: list[Image.Image] = field(default_factory=list)
    stands: list[int] = field(default_factory=list)
    caption: str = ""

    async def take(self, page: Page, stands: int = LOOK) -> None:
        """What stands there now, with the caption above."""
        await page.evaluate(CAPTION, self.caption)
        self.frames.append(Image.open(BytesIO(await page.screenshot())).convert("RGB"))
        self.stands.append(stands)

    async def typed(self, page: Page, where: Locator, words: str, step: int = 3) -> None:
        """Type, a few keys a frame."""
        for end in range(step, len(words) + step, step):
            await where.fill(words[:end])
            await self.take(page, KEY)

    async def pressed(self, page: Page, what: Locator) -> None:
        """The pointer comes to it, and it is pressed."""
        await expect(what).to_be_visible()
        await what.hover()
        await self.take(page, LOOK)
        if box := await what.bounding_box():
            x, y = box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7
            draw = ImageDraw.Draw(self.frames[-1])
            draw.polygon([(x, y), (x, y + 20), (x + 5, y + 15), (x + 14, y + 14)], "#fff", "#1b1b3a", 2)
        await what.click()

    def keep(self, out: Path) -> int:
        """Write it with one palette for all frames, so that what stands still costs nothing; its bytes."""
        wide, high = VIEWPORT["width"], VIEWPORT["height"]
        sample = Image.new("RGB", (wide, high * 4))
        for at in range(4):
            sample.paste(self.frames[at * (len(self.frames) - 1) // 3], (0, high * at))
        palette = sample.quantize(COLOURS, dither=Image.Dither.NONE)
        drawn = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in self.frames]
        drawn[0].save(out, save_all=True, append_images=drawn[1:], duration=self.stands, loop=0, optimize=False)
        return out.stat().st_size


async def asks(film: Film, page: Page) -> None:
    """Anna types the command in a channel, fills in the form and sends it."""
    await become(page, "Anna Quill", phone=False, place="general")
    composer = page.get_by_test_id("composer")
    await expect(composer).to_be_visible()
    film.caption = "Anna needs to hear a call"
    await film.take(page, READ)
    await film.typed(page, composer, "/recording-request")
    await film.take(page)
    await composer.press("Enter")
    await composer.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await film.take(page)
    await dialog.get_by_role("combobox", name="Why do you need it?").click()
    await film.take(page)
    await page.get_by_role("option", name="Facts of feedback or a complaint").click()
    lookup = dialog.get_by_role("combobox", name="Which calls?")
    await film.typed(page, lookup, CALL)
    await expect(page.get_by_role("option").first).to_be_visible()
    await film.take(page)
    await lookup.press("ArrowDown")
    await lookup.press("Enter")
    await dialog.get_by_label("CRM request reference").fill("CS-10442")
    await film.typed(page, dialog.get_by_label("What is it for?"), "The customer says that we promised a refund.", 6)
    await film.pressed(page, dialog.get_by_test_id("modal-submit"))
    await expect(dialog).to_be_hidden()
    await film.take(page)


async def approves(film: Film, page: Page) -> None:
    """Tara reads the card, and presses Approve."""
    film.caption = "Tara, the team leader, decides"
    await become(page, "Tara Lindqvist", phone=False)
    await page.get_by_role("tab", name="Messages").click()
    await expect(page.get_by_role("button", name=re.compile("^Approve")).first).to_be_visible()
    await film.take(page, READ)
    await film.pressed(page, page.get_by_role("button", name=re.compile("^Approve")).first)
    await expect(page.get_by_text("approved", exact=False).first).to_be_visible()
    await page.wait_for_timeout(800)
    await page.get_by_role("heading", name=re.compile("approved", re.IGNORECASE)).last.scroll_into_view_if_needed()
    await film.take(page, READ)


async def hears(film: Film, page: Page, context: BrowserContext) -> None:
    """Anna presses Listen, and hears the call in the player."""
    film.caption = "Anna hears it, and every listening is on record"
    await become(page, "Anna Quill", phone=False)
    await page.get_by_role("tab", name="Messages").click()
    await film.pressed(page, page.get_by_role("button", name=re.compile("^Listen")).first)
    link = page.get_by_role("dialog").get_by_role("button", name="Open the player")
    await expect(link.first).to_be_visible()
    async with context.expect_page() as opened:
        await film.pressed(page, link.first)
    player = await opened.value
    await player.set_viewport_size(VIEWPORT)
    play = player.get_by_role("button", name=re.compile("^Play")).first
    await expect(play).to_be_visible()
    await film.take(player, LOOK)
    await play.click()
    for _ in range(HEARD):
        await player.wait_for_timeout(700)
        await film.take(player, 250)
    film.stands[-1] = 2 * READ


async def filmed(url: str) -> Film:
    """The whole way, from the command to the call."""
    film = Film()
    async with a_browser() as browser:
        context = await browser.new_context(
            viewport=VIEWPORT,
            locale="en-GB",
            timezone_id="Australia/Sydney",
            color_scheme="light",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        await page.goto(url)
        await page.get_by_role("button", name="Dismiss").first.click()
        await asks(film, page)
        await approves(film, page)
        await hears(film, page, context)
    return film


async def main() -> None:
    """Film the demo, and fail where the film is too large for the README."""
    with tempfile.TemporaryDirectory(prefix="film-") as place:
        async with the_demo(Path(place), (str(ROOT / ".venv/bin/recording-steward"),)) as url:
            film = await filmed(url)
    size = film.keep(OUT)
    print(f"{OUT}: {len(film.frames)} frames, {sum(film.stands) / 1000:.0f} seconds, {size:,} bytes")
    assert size <= LARGEST


if __name__ == "__main__":
    asyncio.run(main())
