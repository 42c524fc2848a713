"""P5: whoever tries the demo says that the caller on Anna's line declines, and sees that it is off; and Bram says so after a call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.stories.browser import a_browser, picture, the_demo
from tests.stories.test_browser import DESKTOP, PHONE, become

pytestmark = pytest.mark.soak
LOOKS = {"desktop": DESKTOP, "phone": PHONE}


async def command(page: Page, who: str, *, phone: bool) -> None:
    """Somebody writes the command in a channel, and looks at the bot's chat."""
    await become(page, who, phone=phone, place="general")
    await page.get_by_test_id("composer").fill("/recording-declined")
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_text("I am looking for your call. The card in our chat tells you")).to_be_visible()
    await picture(page, f"demo-declined-{phone}-{who.split(maxsplit=1)[0]}-1-said")
    if phone:
        await page.get_by_role("button", name="Back to the list").click()
    await become(page, who, phone=phone)


@pytest.mark.parametrize("look", LOOKS)
async def test_p5_the_caller_on_the_line_declines_and_one_who_had_declined(tmp_path: Path, look: str) -> None:
    phone = look == "phone"
    async with the_demo(tmp_path) as url, a_browser() as browser:
        page = await browser.new_page(viewport=LOOKS[look])
        await page.goto(url)
        await command(page, "Anna Quill", phone=phone)
        await expect(
            page.get_by_text(re.compile(r"Recording is off, confirmed at .*\d:\d\d:\d\d")).first
        ).to_be_visible(timeout=20_000)
        await picture(page, f"demo-declined-{phone}-2-off")
        if phone:
            await page.get_by_role("button", name="Back to the list").click()
        await command(page, "Bram Tolliver", phone=phone)
        await expect(page.get_by_text("Which of your last calls was it?").first).to_be_visible()
        await picture(page, f"demo-declined-{phone}-3-which")
        await page.get_by_role("button", name=re.compile("^This call")).first.click()
        await expect(page.get_by_text("nothing goes by itself").first).to_be_visible()
        await picture(page, f"demo-declined-{phone}-4-waits")
        if phone:
            await page.get_by_role("button", name="Back to the list").click()
        await become(page, "Helena Marsh", phone=phone)
        await expect(page.get_by_text("nothing goes by itself").first).to_be_visible()
        await picture(page, f"demo-declined-{phone}-5-head")
        await page.get_by_role("button", name=re.compile("^Keep")).last.click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("combobox", name="Why is it kept?").click()
        await page.get_by_role("option", name="It was pressed by mistake").click()
        await picture(page, f"demo-declined-{phone}-6-keep")
        await dialog.get_by_test_id("modal-submit").click()
        await expect(page.get_by_text("It is in reach again").first).to_be_visible()
        await picture(page, f"demo-declined-{phone}-7-kept")
