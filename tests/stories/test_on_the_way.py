"""Whoever moves the sample company's clock reads what happened on the way, and who got what (P7): reminded, escalated, lapsed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.stories.browser import a_browser, picture, the_demo
from tests.stories.test_browser import DESKTOP, PHONE, ask

pytestmark = pytest.mark.soak
ON_THE_WAY = re.compile(r"^\d+ things? happened on the way$")
SILENCE = (
    r"Tara Lindqvist was reminded of Anna Quill’s request R-\w+",
    r"Deven Okafor was asked about Anna Quill’s request R-\w+, as deputy",
    r"Helena Marsh was asked about Anna Quill’s request R-\w+, as the next authority",
    r"Anna Quill’s request R-\w+ lapsed, since no one decided it",
    r"Anna Quill were told that request R-\w+ has lapsed|Anna Quill was told that request R-\w+ has lapsed",
)
"""What silence brings, in its order."""


def clock(page: Page) -> Locator:
    return page.get_by_role("region", name="Company clock")


async def moved(page: Page, button: str) -> None:
    """Move the clock by a button whose name begins so, and wait until it has arrived."""
    async with page.expect_response(lambda one: one.url.endswith("/clock") and one.request.method == "POST"):
        await clock(page).get_by_role("button", name=re.compile(f"^{re.escape(button)}")).click()
    await expect(clock(page)).to_have_attribute("aria-busy", "false")


async def read(page: Page) -> list[str]:
    """The list, line by line; nothing where the sentence says that nothing happened."""
    if await clock(page).get_by_text("Nothing happened on the way").count():
        return []
    sentence = clock(page).get_by_role("button", name=ON_THE_WAY)
    if await sentence.get_attribute("aria-expanded") == "false":
        await sentence.click()
    lines = await page.get_by_role("region", name="What happened on the way").get_by_role("listitem").all_inner_texts()
    assert int((await sentence.inner_text()).split()[0]) == len(lines)
    return lines


@pytest.mark.parametrize("width", ["desktop", "phone"])
async def test_p7_a_newcomer_watches_a_request_be_reminded_escalated_and_lapse(tmp_path: Path, width: str) -> None:
    async with the_demo(tmp_path) as url, a_browser() as browser:
        phone = width == "phone"
        page = await browser.new_page(
            viewport=PHONE if phone else DESKTOP, has_touch=phone, locale="en-GB", timezone_id="Australia/Sydney",
            reduced_motion="reduce",
        )  # fmt: skip
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(url)
        await ask(page, width)
        if phone:
            await page.get_by_role("button", name="Clock and mood").click()
        seen: list[str] = []
        wanted = list(SILENCE)
        while wanted and len(seen) < 250:
            await moved(page, "Next: " if len(seen) % 2 else "+1 working day")
            for line in await read(page):
                seen.append(line)
                if wanted and re.search(wanted[0], line):
                    await picture(page, f"on-the-way-{width}-{len(SILENCE) - len(wanted)}")
                    wanted.pop(0)
        assert not wanted, seen
        assert all(re.match(r"\w{3} \d+ \w{3}, \d\d:\d\d\s", line) for line in seen)
        assert not faults
