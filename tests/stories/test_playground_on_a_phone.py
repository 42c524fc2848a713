"""The two chats of `demo-teams` on a phone: one at a time, whole, and the other goes on behind it."""

from __future__ import annotations

from asyncio.subprocess import Process
from pathlib import Path
from typing import cast

import pytest
from playwright.async_api import Page, ViewportSize, expect

from bot.rehearsal.playground import demo
from bot.rehearsal.playground.client import Playground
from bot.rehearsal.playground.people import named
from tests.stories.browser import a_browser, picture

pytestmark = pytest.mark.soak
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=800)
NARROWEST = 600  # pixels; the Playground's own pane is never narrower
NOBODY = cast("Process", None)  # what stands in the frames is not started here


def drawn() -> str:
    return demo.page([Playground(named(one), NOBODY, 9, Path()) for one in demo.PEOPLE])


async def inside(page: Page, at: int) -> tuple[int, int]:
    """How wide a frame is for what stands in it, and how wide it is on the screen, in pixels."""
    words = "one => [one.offsetWidth, Math.round(one.getBoundingClientRect().width)]"
    wide, seen = await page.locator("iframe").nth(at).evaluate(words)
    return wide, seen


async def test_on_a_phone_one_chat_is_shown_at_a_time_and_fits() -> None:
    async with a_browser() as browser:
        page = await browser.new_page(viewport=PHONE)
        await page.set_content(drawn())
        anna, tara = page.locator("section").nth(0), page.locator("section").nth(1)
        await expect(anna).to_be_visible()
        await expect(tara).to_be_hidden()
        await page.locator("iframe.new").first.wait_for(state="detached")
        wide, seen = await inside(page, 1)
        assert wide >= NARROWEST
        assert seen <= PHONE["width"]
        size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert await page.evaluate(size) == [PHONE["width"], PHONE["height"]]
        await page.get_by_role("button", name="Tara Lindqvist").click()
        await expect(tara).to_be_visible()
        await expect(anna).to_be_hidden()
        assert await page.get_by_role("button", name="Tara Lindqvist").get_attribute("aria-pressed") == "true"
        await picture(page, "playground-phone")


async def test_on_a_desk_both_are_shown_beside_each_other_as_large_as_they_are() -> None:
    async with a_browser() as browser:
        page = await browser.new_page(viewport=DESK)
        await page.set_content(drawn())
        await page.locator("iframe.new").first.wait_for(state="detached")
        for at in (0, 1):
            await expect(page.locator("section").nth(at)).to_be_visible()
            wide, seen = await inside(page, at)
            assert wide == seen
        await expect(page.get_by_role("navigation")).to_have_count(0)
