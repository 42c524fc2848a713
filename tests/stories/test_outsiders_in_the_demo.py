"""Whoever has no home in the demo reads why: a guest, somebody of another organisation, and whoever has left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.stories.browser import a_browser, picture, the_demo
from tests.stories.test_browser import become

pytestmark = pytest.mark.soak
WHY = {
    "Pip Larkin": "recordings are for the company's own staff",
    "Otto Brindle": "nothing about them may leave it",
    "Wren Calloway": "What waited for this person went to whoever is next",
}


async def test_each_reads_why_there_is_no_home(tmp_path: Path) -> None:
    async with the_demo(tmp_path) as url, a_browser() as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.goto(url)
        for name, words in WHY.items():
            await become(page, name, phone=False)
            await page.get_by_role("tab", name="Home").click()
            await expect(page.get_by_text(re.compile(words)).first).to_be_visible()
            await expect(page.get_by_role("button", name="Ask for a recording")).to_have_count(0)
            await picture(page, f"outside-{name.split()[0].lower()}")
