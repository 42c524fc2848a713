"""P10: whoever tries the demo goes to the next month's draw, and hears a drawn call."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.settings.config import policy
from handlers.rules.random_review import next_opening
from tests.stories.browser import a_browser, move, now, picture, the_demo
from tests.stories.house import ROOT
from tests.stories.test_browser import DESKTOP, PHONE, become

pytestmark = pytest.mark.soak
LOOKS = {"desktop": DESKTOP, "phone": PHONE}
NOTHING_YET = datetime(2026, 12, 1, 2, tzinfo=UTC)
"""The first of a month, after its draw: the next is of this month, in which no call is over yet."""
QUINN = "Quinn Abara"


async def reviewer(page: Page, look: str) -> Locator:
    """Whoever has a drawn call to review looks at the card; of a month that has just begun there may be one call, and one reviewer."""
    await become(page, "Miles Fairweather", phone=look == "phone")
    drawn = page.get_by_text(re.compile(r"Random review, .* · \d+ calls? for you to review")).first
    if not await _comes(drawn):
        await become(page, QUINN, phone=look == "phone")
    await expect(drawn).to_be_visible(timeout=20_000)
    return drawn


async def _comes(card: Locator) -> bool:
    try:
        await expect(card).to_be_visible(timeout=5_000)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(("look", "at"), [("desktop", None), ("phone", NOTHING_YET)])
async def test_p10_a_month_is_drawn_and_a_call_of_it_is_reviewed(
    tmp_path: Path, look: str, at: datetime | None
) -> None:
    async with the_demo(tmp_path, at=at) as url, a_browser() as browser:
        page = await browser.new_page(viewport=LOOKS[look])
        opens = next_opening(policy(ROOT / "policy.yaml"), await now(url))
        await page.goto(url)
        await move(url, opens + timedelta(minutes=20))
        drawn = await reviewer(page, look)
        await drawn.scroll_into_view_if_needed()
        await picture(page, f"demo-draw-{look}-4-drawn", whole=True)
        await page.get_by_role("button", name=re.compile("^Details")).first.click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_text("It was drawn at random, and it is your turn.").first).to_be_visible()
        await picture(page, f"demo-draw-{look}-5-call")
        await dialog.get_by_role("button", name=re.compile("^Review this call")).click()
        await expect(page.get_by_label("What was good?").first).to_be_visible()
        await picture(page, f"demo-draw-{look}-6-review")
