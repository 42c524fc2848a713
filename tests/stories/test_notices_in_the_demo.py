"""P3: whoever tries the demo goes to the next working morning, rings a line that says too little, and enters the outage; and spoils a page."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.settings.config import policy
from handlers.rules.notices import next_working_morning
from tests.stories.browser import a_browser, move, now, picture, the_demo
from tests.stories.house import ROOT
from tests.stories.test_browser import DESKTOP, PHONE, become

pytestmark = pytest.mark.soak
LOOKS = {"desktop": DESKTOP, "phone": PHONE}
YES = ("Was it in exactly these words?", "Did it come before anybody answered?")


async def choose(page: Page, dialog: Locator, question: str, option: str) -> None:
    await dialog.get_by_role("combobox", name=question).click()
    await page.get_by_role("option", name=option).first.click()


async def ring(page: Page, look: str) -> None:
    """Helena rings the Australian line, and the announcement is cut off."""
    card = page.get_by_role("article").filter(has_text="Phone announcement")
    confirm = card.get_by_role("button", name=re.compile("^Confirm")).first
    await confirm.scroll_into_view_if_needed()
    await picture(page, f"demo-notices-{look}-1-asked")
    await confirm.click()
    dialog = page.get_by_role("dialog")
    await choose(page, dialog, "Which line did you ring?", "Australia and New Zealand")
    for question in YES:
        await choose(page, dialog, question, "Yes")
    await choose(page, dialog, "Was all of it heard, to its end?", "No")
    await dialog.get_by_label("What did you hear or see?").fill("Rang from my mobile. It stops after “quality”.")
    await picture(page, f"demo-notices-{look}-2-rung")
    await dialog.get_by_test_id("modal-submit").click()
    enter = page.get_by_role("button", name=re.compile("^Enter an outage")).last
    await expect(enter).to_be_visible(timeout=20_000)
    await enter.scroll_into_view_if_needed()
    await picture(page, f"demo-notices-{look}-3-no")
    await enter.click()
    await expect(dialog.get_by_label("What was wrong?")).to_have_value(re.compile("It stops after"))
    await picture(page, f"demo-notices-{look}-4-outage")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(page.get_by_text("was entered").first).to_be_visible(timeout=20_000)
    await picture(page, f"demo-notices-{look}-5-entered")
    close = page.get_by_role("dialog").get_by_role("button", name="Close")
    if await close.count():
        await close.first.click()


@pytest.mark.parametrize("look", LOOKS)
async def test_p3_a_line_that_says_too_little_and_a_page_that_is_spoilt(tmp_path: Path, look: str) -> None:
    async with the_demo(tmp_path) as url, a_browser() as browser:
        page = await browser.new_page(viewport=LOOKS[look])
        morning = next_working_morning(policy(ROOT / "policy.yaml"), await now(url))
        await move(url, morning + timedelta(minutes=1))
        await page.goto(url)
        await become(page, "Helena Marsh", phone=look == "phone")
        await expect(
            page.get_by_text(re.compile("nothing in the two pages themselves hides either")).first
        ).to_be_visible(timeout=20_000)
        await ring(page, look)
        contact = tmp_path / "website" / "contact.html"
        contact.write_text(contact.read_text().replace('href="/privacy"', 'href="/prices"'))
        await move(url, morning + timedelta(minutes=20))
        gone = page.get_by_text("the Contact us page has no link to the notice").first
        await expect(gone).to_be_visible(timeout=20_000)
        await gone.scroll_into_view_if_needed()
        await picture(page, f"demo-notices-{look}-6-link-gone")
        await page.get_by_text("Home", exact=True).first.click()
        outage = page.get_by_text("When callers were not told").first
        await expect(outage).to_be_visible(timeout=20_000)
        await outage.scroll_into_view_if_needed()
        await picture(page, f"demo-notices-{look}-7-home")
