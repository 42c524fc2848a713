"""Whatever stops a call, the listening page says what happened and what to do, in a real browser (P7, P11)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.stories.browser import a_browser, picture
from tests.stories.errands import ask, home, link, press, press_at_home
from tests.stories.house import TARA, House, a_house
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
LONG = 40  # times as long as the sample calls, so that no stream comes to its end meanwhile
CROWDED = "This access is being played in two other places. Close one of them, then press Play."


@asynccontextmanager
async def a_player(house: House) -> AsyncIterator[tuple[str, BrowserContext, Page, list[str]]]:
    """Anna has opened the player for a call; what goes wrong in its script is noted."""
    request = await ask(house)
    await press(house, TARA, request, "Approve")
    async with a_browser() as browser:
        context = await browser.new_context(locale="en-GB", timezone_id="Australia/Sydney")
        page, faults = await context.new_page(), list[str]()
        context.on("weberror", lambda error: faults.append(str(error.error)))
        await page.goto(await link(house, request))
        await ready(page)
        yield request, context, page, faults


async def ready(page: Page) -> None:
    """The player is there: before that a key means nothing to the page, however long its loading is over."""
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def lengthen(house: House) -> None:
    """The newest call is a long one."""
    audio = next(Path(house.steward.settings.recordings_url.removeprefix("file://")).glob("call-0.wav"))
    whole = audio.read_bytes()
    sound = whole[44:] * LONG
    sizes = (len(sound) + 36).to_bytes(4, "little"), len(sound).to_bytes(4, "little")
    audio.write_bytes(whole[:4] + sizes[0] + whole[8:40] + sizes[1] + sound)
    beside = audio.with_suffix(".json")
    beside.write_text(beside.read_text().replace("20.0", str(20.0 * LONG)))


async def playing(page: Page) -> bool:
    return not await page.evaluate("document.querySelector('audio').paused")


async def plays_when_pressed(page: Page) -> bool:
    """As somebody presses who was refused: once more, since a browser under load lets go of a closed page late."""
    if await playing(page):
        return True
    if await page.get_by_role("status").text_content() == CROWDED:
        await page.keyboard.press("k")
    return False


async def test_b9_the_third_place_says_that_there_are_two_others(tmp_path: Path, sqlite_url: str) -> None:
    async with a_house(tmp_path, sqlite_url) as house:
        lengthen(house)
        await house.steward.tick()
        async with a_player(house) as (_, context, first, faults):
            second, third = [await context.new_page() for _ in range(2)]
            await second.goto(first.url)
            for page in (first, second):
                await ready(page)
                await page.keyboard.press("k")
                await until(partial(playing, page), "it plays")
            await third.goto(first.url)
            await ready(third)
            await third.keyboard.press("k")
            notice = third.get_by_role("status")
            await expect(notice).to_have_text(CROWDED)
            await picture(third, "listening-third-place")
            await first.close()
            await until(partial(plays_when_pressed, third), "it plays once another is closed")
            await expect(notice).not_to_have_text(CROWDED)
            assert faults == []


async def test_p7_at_the_end_it_says_once_how_to_go_on(tmp_path: Path, sqlite_url: str) -> None:
    async with a_house(tmp_path, sqlite_url) as house:
        async with a_player(house) as (_request, _, page, faults):
            await page.keyboard.press("k")
            await home(house, TARA)
            await press_at_home(house, TARA, "Withdraw")
            for _ in range(2):
                await expect(page.get_by_role("heading", name="Your access has ended")).to_be_visible(timeout=30_000)
                told = await page.get_by_role("main").inner_text()
                assert (told.count("still need the call"), told.count("ask again")) == (1, 1), told
                assert "Playing has stopped." in told
                await picture(page, "listening-ended")
                await page.reload()
            assert faults == []


async def test_b2_a_call_that_changes_while_it_is_heard_stops_and_says_so(tmp_path: Path, sqlite_url: str) -> None:
    async with a_house(tmp_path, sqlite_url) as house:
        lengthen(house)
        await house.steward.tick()
        async with a_player(house) as (_, _context, page, faults):
            await page.keyboard.press("k")
            await until(lambda: playing(page), "it plays")
            audio = Path(house.steward.settings.recordings_url.removeprefix("file://")) / "call-0.wav"
            audio.write_bytes(audio.read_bytes()[:44] + b"\1" * 320_000 * LONG)
            await expect(page.get_by_role("heading", name="Your access has ended")).to_be_visible(timeout=30_000)
            await expect(page.get_by_text("no longer in the recording system")).to_be_visible()
            assert await page.evaluate("document.activeElement.id") == "heading"
            await picture(page, "listening-changed-call")
            assert faults == []
