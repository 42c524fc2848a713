"""Whoever tries the demo goes to the next Monday, sees the card of the week, and reads the month on the first working day of the next one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from bot.settings.config import policy
from handlers.rules.notices import next_working_morning
from tests.stories.browser import a_browser, move, now, picture, the_demo
from tests.stories.house import ROOT
from tests.stories.test_browser import DESKTOP, PHONE, become

pytestmark = pytest.mark.soak
LOOKS = {"desktop": DESKTOP, "phone": PHONE}
SYDNEY = ZoneInfo("Australia/Sydney")


def monday(after: datetime) -> datetime:
    """Five past nine on the next Monday, in Sydney."""
    local = after.astimezone(SYDNEY)
    return (local + timedelta(days=7 - local.weekday())).replace(hour=9, minute=5, second=0, microsecond=0)


def next_month(after: datetime) -> datetime:
    """Five past nine on the first working day of the month after a moment's."""
    first = (after.astimezone(SYDNEY).replace(day=1) + timedelta(days=32)).replace(day=1, hour=1)
    return next_working_morning(policy(ROOT / "policy.yaml"), first - timedelta(days=1)) + timedelta(minutes=5)


async def see(page: Page, look: str) -> None:
    """Helena opens the details of the card of the week, and presses Seen."""
    card = page.get_by_role("article").filter(has_text="please look through it").last
    await expect(card).to_be_visible(timeout=20_000)
    await card.scroll_into_view_if_needed()
    await picture(page, f"demo-week-{look}-1-asked")
    await card.get_by_role("button", name=re.compile("^Details")).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("verified to entry").first).to_be_visible(timeout=20_000)
    await picture(page, f"demo-week-{look}-2-details")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await card.get_by_role("button", name=re.compile("^Seen")).click()
    await expect(page.get_by_text("seen by you").first).to_be_visible(timeout=20_000)
    await picture(page, f"demo-week-{look}-3-seen")


async def read(page: Page, look: str) -> None:
    """Ruth is told of the month, reads it in words, and opens it with pictures."""
    told = page.get_by_role("log").get_by_role("button", name=re.compile("at a glance")).last
    await expect(told).to_be_visible(timeout=20_000)
    await told.scroll_into_view_if_needed()
    await picture(page, f"demo-month-{look}-1-told")
    await told.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Requests").first).to_be_visible(timeout=20_000)
    await picture(page, f"demo-month-{look}-2-words")
    await dialog.get_by_role("button", name=re.compile("^Open with pictures")).click()
    async with page.expect_popup() as opened:
        await (
            dialog.get_by_role("link", name=re.compile("^Open the page"))
            .or_(dialog.get_by_role("button", name=re.compile("^Open the page")))
            .click()
        )
    month = await opened.value
    await expect(month.get_by_text("Your link works once")).to_be_visible()
    await month.get_by_role("button", name="Open the month").click()
    await expect(month.get_by_role("heading", level=1)).to_contain_text("at a glance")
    await month.wait_for_load_state("load")  # its pictures, too
    await picture(month, f"demo-month-{look}-3-page", whole=True)


@pytest.mark.parametrize("look", LOOKS)
async def test_the_week_is_seen_and_the_month_is_read(tmp_path: Path, look: str) -> None:
    async with the_demo(tmp_path) as url, a_browser() as browser:
        page = await browser.new_page(viewport=LOOKS[look])
        await page.goto(url)
        week = monday(await now(url))
        await move(url, week)
        await become(page, "Helena Marsh", phone=look == "phone")
        await see(page, look)
        await move(url, next_month(week))
        await become(page, "Ruth Adeyemi", phone=look == "phone")
        await read(page, look)
