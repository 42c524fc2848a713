"""P13: the pages of confidential reports in a real browser: read by day, by night and by machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from storage.database.store import Database
from tests.bot.web.report_house import House, a_house
from tests.stories.looking import LOOKS, sound

pytestmark = pytest.mark.soak
REPORT = "B-7F3KQ2XM"
PRESSED = "main button, main select, main label.choice"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with a_house(database) as opened:
        yield opened


@pytest.mark.parametrize("look", ["desktop-light", "phone-dark"])
async def test_p13_every_page_reads_well_and_without_script(house: House, browser: Browser, look: str) -> None:
    page = await browser.new_page(**LOOKS[look], java_script_enabled=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{house.url}/report")
    await sound(page, f"report-form-{look}", 44, PRESSED)
    await page.get_by_label("When?").fill("Saturday")
    await page.get_by_role("button", name="Send in confidence").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page, f"report-errors-{look}", 44, PRESSED)
    await page.get_by_role("alert").get_by_role("link").click()
    await expect(page.get_by_label("What happened?")).to_be_focused()
    await page.keyboard.type("Helena played a call to friends.")
    await page.get_by_label("A deputy of the Head of Customer Success").check()
    house.stand.resort = "the Fair Work Ombudsman"
    await page.get_by_role("button", name="Send in confidence").click()
    receipt = await page.locator(".receipt").inner_text()
    await sound(page, f"report-filed-{look}", 44, PRESSED)
    await page.get_by_role("link", name="/report/follow").click()
    await page.get_by_label("Your receipt").fill("nonsense")
    await page.get_by_role("button", name="Show its status").click()
    await sound(page, f"report-follow-{look}", 44, PRESSED)
    await page.get_by_label("Your receipt").fill(receipt)
    await page.get_by_role("button", name="Show its status").click()
    await page.get_by_label("Your answer").fill("Two of Sales.")
    await page.get_by_role("button", name="Answer").click()
    await expect(page.get_by_text("Two of Sales.")).to_be_visible()
    await sound(page, f"report-own-{look}", 44, PRESSED)
    assert {url.removeprefix(house.url).partition("#")[0] for url in asked} <= {
        "/report", "/report/follow", "/report/add", "/report/assets/report.css", "/listen/assets/public.css", "/listen/assets/forms.css", "/favicon.ico",
    }  # fmt: skip
    assert await page.context.cookies() == []


@pytest.mark.parametrize("look", ["desktop-light", "phone-dark"])
async def test_p13_a_handlers_page_reads_well(house: House, browser: Browser, look: str) -> None:
    page = await browser.new_page(**LOOKS[look])
    await page.goto(f"{house.url}/report/handle")
    await sound(page, f"report-paste-{look}", 44, PRESSED)
    await page.goto("about:blank")
    await page.goto(f"{house.url}/report/handle#{await house.a_code()}")
    await sound(page, f"report-open-{look}", 44, PRESSED)
    await page.get_by_role("button", name="Open the report").click()
    await expect(page.get_by_role("heading", name=f"Report {REPORT}")).to_be_visible()
    await sound(page, f"report-handle-{look}", 44, PRESSED)
    await page.get_by_text("Write a note").click()
    await page.get_by_label("A note").fill("I have spoken to him.")
    await page.get_by_role("button", name="Keep the note").click()
    await expect(page).to_have_url(f"{house.url}/report/handle/{REPORT}#notes")
    await page.get_by_text("Close this report").click()
    await page.get_by_role("button", name="Close", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page, f"report-handle-errors-{look}", 44, PRESSED)
    house.stand.sessions.clear()
    await page.get_by_text("Write a note").click()
    await page.get_by_label("A note").fill("A second note.")
    await page.get_by_role("button", name="Keep the note").click()
    await sound(page, f"report-over-{look}", 44, PRESSED)
    await page.goto(f"{house.url}/report/none")
    await sound(page, f"report-sorry-{look}", 44, PRESSED)


async def test_p13_an_untouched_page_closes_and_keeps_what_was_typed(house: House, browser: Browser) -> None:
    page = await browser.new_page()
    await page.clock.install()
    await page.goto(f"{house.url}/report/handle#{await house.a_code()}")
    await page.get_by_role("button", name="Open the report").click()
    await page.get_by_text("Write a note").click()
    await page.get_by_label("A note").fill("Half a note")
    await page.clock.fast_forward("16:00")
    await expect(page.get_by_role("heading", name="This page has closed")).to_be_visible()
    assert "They laughed about her." not in await page.content()
    await expect(page.get_by_text("Half a note")).to_be_visible()
