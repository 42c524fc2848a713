"""`python -m tests.gallery.papers`: take the pictures of README and docs from the demo in a real browser."""

from __future__ import annotations

import asyncio
import re
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import FloatRect, Page, ViewportSize, expect

from tests.stories.browser import a_browser, the_demo
from tests.stories.house import ROOT
from tests.stories.test_browser import become, until

DOCS = ROOT / "docs"
PROGRAM = (str(ROOT / ".venv/bin/recording-steward"),)
VIEW = ViewportSize(width=1280, height=800)
CARD, HOME = FloatRect(x=452, y=146, width=828, height=654), FloatRect(x=452, y=44, width=828, height=490)
PLAYER = FloatRect(x=0, y=0, width=1280, height=660)
COLOURS = 200  # enough for flat pages, and a third of the bytes


async def _ask(page: Page) -> bytes:
    """Anna fills in the form; what she sees, before she sends it."""
    await become(page, "Anna Quill", phone=False, place="general")
    await page.get_by_test_id("composer").fill("/recording-request")
    await page.get_by_test_id("composer").press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="Why do you need it?").click()
    await page.get_by_role("option", name="Facts of feedback or a complaint").click()
    calls = dialog.get_by_role("combobox", name="Which calls?")
    await calls.fill("yesterday")
    await expect(page.get_by_role("option").first).to_be_visible()
    await calls.press("ArrowDown")
    await calls.press("Enter")
    await dialog.get_by_label("CRM request reference").fill("CS-10442")
    await dialog.get_by_label("What is it for?").fill("The customer says that we promised a refund.")
    taken = await page.screenshot(clip=await dialog.bounding_box())
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog).to_be_hidden()
    return taken


async def _decide(page: Page) -> tuple[bytes, bytes]:
    """Tara has the card, and presses Approve; the whole page and the conversation alone, before she does."""
    await become(page, "Tara Lindqvist", phone=False)
    approve = page.get_by_role("button", name=re.compile("^Approve")).first
    await expect(approve).to_be_visible()
    whole, alone = await page.screenshot(), await page.screenshot(clip=CARD)
    await approve.click()
    await expect(page.get_by_text("approved by you").first).to_be_visible()
    return whole, alone


async def _listen(page: Page) -> bytes:
    """Anna hears the call; the page after its first second."""
    await become(page, "Anna Quill", phone=False)
    await page.get_by_role("button", name=re.compile("^Listen")).first.click()
    async with page.context.expect_page() as opened:
        await page.get_by_role("dialog").get_by_text("Open the player").first.click()
    player = await opened.value
    await player.get_by_role("button", name=re.compile("^Play")).first.click()
    await until(player, "document.querySelector('audio').currentTime > 1.5", 10)
    return await player.screenshot(clip=PLAYER)


async def _home(page: Page) -> bytes:
    """What Anna has at home, with access to a call."""
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="Home").click()
    await expect(page.get_by_role("button", name=re.compile(r"^Manage\b"))).to_be_visible()
    return await page.screenshot(clip=HOME)


def _kept(name: str, width: int, *parts: bytes) -> None:
    """One below the other, as wide as that, in few colours."""
    images = [Image.open(BytesIO(one)).convert("RGB") for one in parts]
    whole = Image.new("RGB", (images[0].width, sum(one.height for one in images)), "white")
    top = 0
    for one in images:
        whole.paste(one, (0, top))
        top += one.height
    small = whole.resize((width, round(whole.height * width / whole.width)), Image.Resampling.LANCZOS)
    small.quantize(COLOURS, dither=Image.Dither.NONE).save(DOCS / name, optimize=True)


async def _taken(folder: Path) -> None:
    async with the_demo(folder, PROGRAM) as url, a_browser() as browser:
        context = await browser.new_context(viewport=VIEW, locale="en-GB", timezone_id="Australia/Sydney")
        page = await context.new_page()
        await page.goto(url)
        form, (whole, card), player = await _ask(page), await _decide(page), await _listen(page)
        _kept("staff-ask.png", 520, form)
        _kept("staff-decide.png", 760, card)
        _kept("staff-listen.png", 760, player)
        _kept("staff-home.png", 760, await _home(page))
        _kept("main-job.png", 1000, whole, player)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(_taken(Path(place)))
