"""Whoever moves the sample company's clock reads what happened on the way, and who got what (P7): reminded, escalated, lapsed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.rehearsal.clock import ClockRoutes
from bot.rehearsal.demo import ticking
from bot.rehearsal.slack.faults import Faults
from tests.stories.browser import a_browser, picture, the_demo
from tests.stories.errands import ask as asked
from tests.stories.house import TARA, a_house
from tests.stories.test_browser import DESKTOP, PHONE, ask

pytestmark = pytest.mark.soak
ON_THE_WAY = re.compile(r"^\d+ things? happened on the way$")
SILENCE = (
    r"Tara Lindqvist was reminded of Anna Quill’s request R-\w+",
    r"Deven Okafor was asked about Anna Quill’s request R-\w+, as deputy",
    r"Helena Marsh was asked about Anna Quill’s request R-\w+, as the next authority",
    r"Anna Quill’s request R-\w+ lapsed, since nobody decided it",
    r"Anna Quill were told that request R-\w+ has lapsed|Anna Quill was told that request R-\w+ has lapsed",
)
"""What silence brings, in its order."""
NOON = datetime(2026, 11, 25, 1, tzinfo=UTC)
"""On a Wednesday in Sydney: no day begins within two hours, and none is closed."""


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


async def test_nothing_is_said_kindly_and_the_list_is_read_by_keyboard(tmp_path: Path) -> None:
    async with the_demo(tmp_path, at=NOON) as url, a_browser() as browser:
        page = await browser.new_page(viewport=DESKTOP)
        await page.goto(url)
        await moved(page, "+1 hour")
        [line] = await read(page)
        assert line.endswith("The register of calls was brought up to date")
        await moved(page, "+1 hour")
        assert await read(page) == []
        await moved(page, "+1 week")
        sentence = clock(page).get_by_role("button", name=ON_THE_WAY)
        await sentence.focus()
        await page.keyboard.press("Enter")
        told = page.get_by_role("region", name="What happened on the way")
        checkpoints = told.get_by_role("listitem").filter(has_text="checkpoint of the audit log was taken")
        await expect(checkpoints.first).to_be_visible()
        await page.keyboard.press("Tab")
        await expect(told).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(told).to_have_count(0)
        await expect(sentence).to_be_focused()


async def test_p7_messages_come_at_their_moment_also_when_the_workspace_takes_its_time(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with a_house(tmp_path, sqlite_url) as house:
        await asked(house)
        house.workspace.faults = Faults(slow_seconds=0.2)
        house.workspace.faults.mode = "slow"
        steward, clock = house.steward, house.clock
        moving = ClockRoutes(
            clock, steward.database, steward.policy, ticking(steward, clock, lambda: None), lambda: None
        )
        await moving.move_to(clock.now() + timedelta(weeks=1))
        [tell_at] = [
            datetime.fromisoformat(one["at"])
            for one in await house.audit()
            if one["action"] == "matters.remind" and one["detail"]["told"][0]["step"] == "access.remind"
        ]
        [came] = [one.at for one in house.workspace.dm(TARA) if "waits for your decision" in one.text]
        assert timedelta(0) < came - tell_at < timedelta(minutes=5)
