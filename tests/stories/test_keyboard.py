"""The listening page by keyboard alone, in a real browser: several calls of one grant, each heard and on record (P7, P11)."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.stories.browser import a_browser, picture, reach
from tests.stories.errands import link, press, requests
from tests.stories.house import ANNA, TARA, House, a_house
from tests.stories.somebody import Looked
from tests.stories.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.story]
ASKED = {"Why do you need it?": "complaint", "CRM request reference": "CS-10442", "What is it for?": "He complains."}


async def place(page: Page) -> float:
    """The player's position in the call, in seconds."""
    found: float = await page.evaluate("document.querySelector('audio').currentTime")
    return found


async def playing(page: Page) -> bool:
    return not await page.evaluate("document.querySelector('audio').paused")


async def heard(house: House) -> dict[int, float]:
    """Up to which second each recording was heard, as the audit log says."""
    found: dict[int, float] = {}
    for one in await house.audit():
        if one["action"] == "listening.part":
            about = one["detail"]["recording"]
            found[about] = max(found.get(about, 0.0), one["detail"]["to_ms"] / 1000)
    return found


async def keys_move_and_stop(page: Page) -> None:
    """Space and k play and pause; arrows, j and l move."""
    await page.keyboard.press("Space")
    await until(lambda: playing(page), "the space bar plays")
    await until(lambda: _past(page, 0.3), "it goes on")
    await page.keyboard.press("k")
    await until(lambda: _paused(page), "k pauses")
    for key, by in (("l", 10), ("ArrowLeft", -5), ("ArrowRight", 5), ("j", -10)):
        before = await place(page)
        await page.keyboard.press(key)
        assert await place(page) - before == pytest.approx(by, abs=0.3), key


async def _past(page: Page, seconds: float) -> bool:
    return await place(page) > seconds


async def _paused(page: Page) -> bool:
    return not await playing(page)


async def test_p7_p11_several_calls_are_heard_by_keyboard_alone(tmp_path: Path, sqlite_url: str) -> None:
    async with a_house(tmp_path, sqlite_url) as house, a_browser() as browser:
        anna = house.on_slack(ANNA)
        await anna.begin()
        await anna.fill({**ASKED, "Which calls?": Looked("", 3)})
        await house.settled()
        [request] = await until(lambda: requests(house, ANNA), "the card")
        await press(house, TARA, request, "Approve")
        page = await browser.new_page(locale="en-GB", timezone_id="Australia/Sydney")
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(await link(house, request))
        await expect(page.get_by_text("Call 1 of 3")).to_be_visible()
        await keys_move_and_stop(page)
        for number in (2, 3):
            await choose(page, number)
            await page.keyboard.press("k")
            await until(lambda: _past(page, 0.3), f"call {number} plays")
        await page.keyboard.press("k")
        await until(lambda: _paused(page), "k pauses")
        await picture(page, "keyboard-calls")
        await until(lambda: _all_heard(house), "each call is on record")
        assert faults == []


async def choose(page: Page, number: int) -> None:
    """Tab to a call of the list and press Enter; it is the one that is played then."""
    await reach(page, await page.locator("#calls button").nth(number - 1).inner_text())
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(f"Call {number} of 3")).to_be_visible()
    assert await page.evaluate("document.activeElement.ariaCurrent") == "true"


async def _all_heard(house: House) -> bool:
    """Whether more than a moment of each call is on record; the page sends its parts one by one."""
    found = await heard(house)
    return len(found) == 3 and all(end > 0.2 for end in found.values())
