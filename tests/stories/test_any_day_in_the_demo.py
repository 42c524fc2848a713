"""P7: the demo may be started on any day and at any hour: its newcomer finds a call, is let in, hears it, and moves the clock on."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.stories.browser import a_browser, move, now, picture, the_demo
from tests.stories.test_browser import DESKTOP, ask, become, heard

pytestmark = pytest.mark.soak
MOMENTS = {
    "a year ends in Sydney within the story": datetime(2026, 12, 31, 12, 59, 52, tzinfo=UTC),
    "daylight saving ends in Sydney this night": datetime(2027, 4, 3, 15, 30, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 29, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("at", MOMENTS.values(), ids=MOMENTS.keys())
async def test_p7_the_first_steps_on_an_awkward_day(tmp_path: Path, at: datetime) -> None:
    async with the_demo(tmp_path, at=at) as url, a_browser() as browser:
        context = await browser.new_context(viewport=DESKTOP, locale="en-GB", timezone_id="Australia/Sydney")
        page, faults = await context.new_page(), list[str]()
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(url)
        await ask(page, "any-day")
        await become(page, "Tara Lindqvist", phone=False)
        await page.get_by_role("button", name=re.compile("^Approve")).first.click()
        await expect(page.get_by_text("approved by you").first).to_be_visible()
        await become(page, "Anna Quill", phone=False)
        await heard(context, page, "any-day", faults)
        began = await now(url)
        assert timedelta(0) < began - at < timedelta(minutes=10)
        await move(url, began + timedelta(days=31))
        assert timedelta(days=31) <= await now(url) - began < timedelta(days=31, minutes=10)
        await expect(page.get_by_text("Access ended", exact=True)).to_be_visible()
        await picture(page, "any-day-moved")
        assert not faults
