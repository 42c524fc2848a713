"""P8: a customer's pages in a real browser, read by day, by night, by machine and by a scanner."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.web.limits import REAL
from storage.database.store import Database
from tests.bot.web.copy_house import CopyHouse, a_copy_house
from tests.handlers.builders import Clock, Company, a_company
from tests.handlers.customers.builders import Sent
from tests.handlers.customers.test_links import other
from tests.stories.house import free_port
from tests.stories.looking import LOOKS, sound
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
PRESSED = "main form button, main .press, main .choose, .controls button"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


@pytest_asyncio.fixture
async def house(company: Company) -> AsyncIterator[CopyHouse]:
    port = free_port()
    async with a_copy_house(company, f"http://127.0.0.1:{port}", seconds=(20.0, 2.0), pace=REAL, port=port) as opened:
        yield opened


async def open_link(page: Page, house: CopyHouse, one: Sent) -> None:
    """From the mail to the page of calls."""
    await page.goto(f"{house.url}/copy#{one.code}")
    await page.get_by_label("Passcode").fill(one.passcode)
    await page.get_by_role("button", name="Open my calls").click()
    await expect(page.get_by_role("button", name="Leave this page")).to_be_visible()


async def place(page: Page) -> float:
    found: float = await page.evaluate("document.querySelector('#audio').currentTime")
    return found


async def plays(page: Page) -> bool:
    return await place(page) > 0.3 and not await page.evaluate("document.querySelector('#audio').paused")


@pytest.mark.parametrize("look", ["desktop-light", "desktop-dark", "phone-dark"])
async def test_p8_every_page_reads_well(house: CopyHouse, browser: Browser, look: str) -> None:
    one = await house.sent()
    page = await browser.new_page(**LOOKS[look])
    asked, faults = list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(f"{house.url}/copy")
    await sound(page, f"copy-paste-{look}", 44, PRESSED)
    await page.goto("about:blank")
    await page.goto(f"{house.url}/copy#{one.code}")
    await expect(page.get_by_label("Passcode")).to_be_focused()
    await sound(page, f"copy-open-{look}", 44, PRESSED)
    await page.keyboard.type("123")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page, f"copy-errors-{look}", 44, PRESSED)
    await page.get_by_role("alert").get_by_role("link").click()
    await page.get_by_label("Passcode").fill(other(one.passcode))
    await page.get_by_role("button", name="Open my calls").click()
    await expect(page.get_by_text("That passcode or link isn’t right.")).to_be_visible()
    await expect(page.get_by_text("Your link is filled in.")).to_be_visible()
    await sound(page, f"copy-wrong-{look}", 44, PRESSED)
    await page.get_by_label("Passcode").fill(one.passcode)
    await page.get_by_role("button", name="Open my calls").click()
    await page.get_by_role("button", name="Play", exact=True).click()
    await until(lambda: plays(page), "it plays")
    await sound(page, f"copy-calls-{look}", 44, PRESSED)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await sound(page, f"copy-keys-{look}", 44, PRESSED)
    await page.get_by_role("button", name="Close").click()
    await one.to_state("withdrawn")
    await expect(page.get_by_role("heading", name="Playing has stopped")).to_be_focused()
    await sound(page, f"copy-stopped-{look}", 44, PRESSED)
    await page.goto(f"{house.url}/copy/{one.link}")
    await sound(page, f"copy-sorry-{look}", 44, PRESSED)
    assert [url for url in asked if not url.startswith((house.url, "about:"))] == []
    assert faults == []


async def test_p8_a_scanner_with_scripts_burns_nothing_and_keeps_no_code(house: CopyHouse, browser: Browser) -> None:
    one = await house.sent()
    asked: list[str] = []
    for _ in range(2):
        page = await browser.new_page()
        page.on("request", lambda request: asked.append(f"{request.method} {request.url} {request.post_data}"))
        await page.goto(f"{house.url}/copy#{one.code}", wait_until="networkidle")
        assert page.url == f"{house.url}/copy"
        await page.close()
    assert [told for told in asked if one.code in told.partition("#")[0] or told.startswith("POST")] == []
    row = await one.row()
    assert (row.opened_at, row.tries, row.session) == (None, 0, "")
    page = await browser.new_page()
    await open_link(page, house, one)
