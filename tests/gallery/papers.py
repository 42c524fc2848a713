"""`python -m tests.gallery.papers`: take the pictures in README and docs, and the film `docs/demo.gif`, from the demo in a real browser."""

import asyncio
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import BrowserContext, FloatRect, Page, ViewportSize, expect

from tests.stories.browser import a_browser, the_demo
from tests.stories.house import ROOT
from tests.stories.in_the_demo import approve, ask, button, listen

DOCS, PROGRAM = ROOT / "docs", str(ROOT / ".venv/bin/recording-steward")
VIEW, FILM = ViewportSize(width=1280, height=800), ViewportSize(width=920, height=620)
CARD, HOME = FloatRect(x=452, y=146, width=828, height=654), FloatRect(x=452, y=44, width=828, height=490)
PLAYER = FloatRect(x=0, y=0, width=1280, height=660)
COLOURS, OF_FILM, LARGEST = 200, 96, 600_000  # enough for flat pages, and a third of the bytes; bytes of the film
READ, HEARD = 2000, 12  # milliseconds that a frame is shown; frames of the player at work
CAPTIONS = {
    "completion": "Anna needs to hear a call", "approver": "Tara, the team leader, decides",
    "link": "Anna hears it, and every listen is logged",
}  # fmt: skip
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


def _kept(name: str, width: int, *parts: bytes) -> None:
    """Put pictures one below the other, at that width, in few colours."""
    images = [Image.open(BytesIO(one)).convert("RGB") for one in parts]
    whole = Image.new("RGB", (images[0].width, sum(one.height for one in images)), "white")
    top = 0
    for one in images:
        whole.paste(one, (0, top))
        top += one.height
    small = whole.resize((width, round(whole.height * width / whole.width)), Image.Resampling.LANCZOS)
    small.quantize(COLOURS, dither=Image.Dither.NONE).save(DOCS / name, optimize=True)


async def _pictures(page: Page) -> None:
    seen = dict[str, bytes]()

    async def shown(name: str, page: Page) -> None:
        seen[name] = await page.screenshot(clip=PLAYER if name == "player" else None)
        if name == "filled":
            seen[name] = await page.screenshot(clip=await page.get_by_role("dialog").bounding_box())
        if name == "approver":
            seen["card"] = await page.screenshot(clip=CARD)

    await ask(page, shown)
    await approve(page, shown)
    await listen(page, shown)
    await page.get_by_role("tab", name="Home").click()
    await expect(button(page, "Manage")).to_be_visible()
    _kept("staff-ask.png", 520, seen["filled"])
    _kept("staff-decide.png", 760, seen["card"])
    _kept("staff-listen.png", 760, seen["player"])
    _kept("staff-home.png", 760, await page.screenshot(clip=HOME))
    _kept("main-job.png", 1000, seen["approver"], seen["player"])


async def _film(page: Page) -> None:
    """Film the whole way, from the command to the call, with a caption above; one palette, so that unchanged parts cost
    nothing.
    """
    frames, lasting, caption = list[Image.Image](), list[int](), ""

    async def shown(name: str, page: Page) -> None:
        nonlocal caption
        caption = CAPTIONS.get(name, caption)
        await page.evaluate(CAPTION, caption)
        frames.append(
            Image.open(BytesIO(await page.screenshot())).convert("RGB").resize((FILM["width"], FILM["height"]))
        )
        lasting.append(READ if name != "player" else 250)

    await page.get_by_role("button", name="Dismiss").first.click()
    await ask(page, shown)
    await approve(page, shown)
    player = await listen(page, shown)
    for _ in range(HEARD):
        await player.wait_for_timeout(700)
        await shown("player", player)
    palette = frames[len(frames) // 2].quantize(OF_FILM, dither=Image.Dither.NONE)
    first, *others = (one.quantize(palette=palette, dither=Image.Dither.NONE) for one in frames)
    out = DOCS / "demo.gif"
    first.save(out, save_all=True, append_images=others, duration=lasting, loop=0, optimize=False)
    assert out.stat().st_size <= LARGEST, "too large for the README"


async def main() -> None:
    """Each in a demo of its own."""
    for take, view in ((_pictures, VIEW), (_film, FILM)):
        with tempfile.TemporaryDirectory() as place:
            async with the_demo(Path(place), PROGRAM) as url, a_browser() as browser:
                context: BrowserContext = await browser.new_context(
                    viewport=view, locale="en-GB", timezone_id="Australia/Sydney", reduced_motion="reduce"
                )
                page = await context.new_page()
                await page.goto(url)
                await take(page)


if __name__ == "__main__":
    asyncio.run(main())
