"""P1, P13: whoever tries the demo types a wish and questions in words of their own, and looks at what comes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.stories.browser import a_browser, picture, the_demo
from tests.stories.test_browser import DESKTOP, PHONE, become

pytestmark = pytest.mark.soak
LOOKS = {"desktop": DESKTOP, "phone": PHONE}
WORDS = {
    "/recording-request I need the call CS-10442 because the price was wrong": ("This call was found", "1-wish"),
    "/recording-request a customer wants a copy of her call": ("Who asks?", "2-customer"),
    "/recording-policy where is my request?": ("asked for nothing", "3-where"),
    "/recording-policy who listened to my calls?": ("Open investigations are shown once closed", "5-listened"),
    "/recording-policy approve it": ("nothing by words", "6-by-press"),
    "/recording-policy the customer does not want to be recorded": ("while you are on the call", "7-declines"),
    "/recording-policy Tom played a call to his friends": ("nobody whom it is about", "8-in-confidence"),
    "/recording-policy tell me a joke": ("I make nothing up", "9-unknown"),
    "/recording-policy how long are recodings kept?": ("12 calendar months", "10-question"),
}


async def typed(page: Page, words: str, shows: str) -> None:
    """It is typed in a channel, and what comes says so."""
    await page.get_by_test_id("composer").fill(words)
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_role("dialog").get_by_text(re.compile(re.escape(shows))).first).to_be_visible(
        timeout=20_000
    )


@pytest.mark.parametrize("look", LOOKS)
async def test_p1_words_of_ones_own_in_the_demo(tmp_path: Path, look: str) -> None:
    async with the_demo(tmp_path) as url, a_browser() as browser:
        page = await browser.new_page(viewport=LOOKS[look])
        await page.goto(url)
        await become(page, "Anna Quill", phone=look == "phone", place="general")
        for words, (shows, name) in WORDS.items():
            await typed(page, words, shows)
            await picture(page, f"demo-plain-words-{look}-{name}")
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_be_hidden()
