"""P8, P13: the pages for customers and of confidential reports in a real browser, read by day, by night, by machine and by a scanner."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.web.limits import REAL
from storage.database.store import Database
from tests.bot.web import report_house
from tests.bot.web.copy_house import CopyHouse, a_copy_house
from tests.handlers.builders import Clock, a_company
from tests.handlers.customers.test_links import other
from tests.stories.browser import LOOKS, sound
from tests.stories.house import free_port
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
COPY, REPORT = (
    "main form button, main .press, main .choose, .controls button",
    "main button, main select, main label.choice",
)
PLAYS = "(one => !one.paused && one.currentTime > 0.3)(document.querySelector('#audio'))"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def copies(database: Database) -> AsyncIterator[CopyHouse]:
    port, company = free_port(), await a_company(database, Clock())
    async with a_copy_house(company, f"http://127.0.0.1:{port}", seconds=(20.0, 2.0), pace=REAL, port=port) as opened:
        yield opened


@pytest_asyncio.fixture
async def reports(database: Database) -> AsyncIterator[report_house.House]:
    async with report_house.a_house(database) as opened:
        yield opened


@pytest_asyncio.fixture(params=LOOKS)
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A page on which nothing goes wrong, and which asks no other host for anything."""
    opened, faults, asked = await browser.new_page(**LOOKS[request.param]), list[str](), set[str]()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda sent: asked.add(sent.url))
    yield opened
    assert faults == []
    assert [one for one in asked if not one.startswith("http://127.0.0.1:")] == []


async def press(page: Page, button: str, **more: Any) -> None:
    await page.get_by_role("button", name=button, **more).click()


async def test_p8_every_page_for_customers_reads_well(copies: CopyHouse, page: Page) -> None:
    one = await copies.sent()
    await page.goto(f"{copies.url}/copy#{one.code}")
    await expect(page.get_by_label("Passcode")).to_be_focused()
    await sound(page, "copy-open", 44, COPY)
    await page.keyboard.type("123")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page, "copy-errors", 44, COPY)
    await page.get_by_role("alert").get_by_role("link").click()
    for passcode in (other(one.passcode), one.passcode):
        await page.get_by_label("Passcode").fill(passcode)
        await press(page, "Open my calls")
        if passcode != one.passcode:
            await expect(page.get_by_text("That passcode or link isn’t right.")).to_be_visible()
            await expect(page.get_by_text("Your link is filled in.")).to_be_visible()
            await sound(page, "copy-wrong", 44, COPY)
    await press(page, "Play", exact=True)
    await until(lambda: page.evaluate(PLAYS), "it plays")
    await sound(page, "copy-calls", 44, COPY)
    await one.to_state("withdrawn")
    await expect(page.get_by_role("heading", name="Playback has stopped")).to_be_focused()
    await sound(page, "copy-stopped", 44, COPY)


async def test_p8_a_scanner_with_scripts_burns_nothing_and_keeps_no_code(copies: CopyHouse, browser: Browser) -> None:
    one = await copies.sent()
    asked: list[str] = []
    for _ in range(2):
        page = await browser.new_page()
        page.on("request", lambda request: asked.append(f"{request.method} {request.url} {request.post_data}"))
        await page.goto(f"{copies.url}/copy#{one.code}", wait_until="networkidle")
        assert page.url == f"{copies.url}/copy"
        await page.close()
    assert [told for told in asked if one.code in told.partition("#")[0] or told.startswith("POST")] == []
    row = await one.row()
    assert (row.opened_at, row.tries, row.session) == (None, 0, "")


async def test_p13_the_pages_for_reporters_read_well(reports: report_house.House, page: Page) -> None:
    await page.goto(f"{reports.url}/report")
    await sound(page, "report-form", 44, REPORT)
    await page.get_by_label("When? (optional)").fill("Saturday")
    await press(page, "Send in confidence")
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page, "report-errors", 44, REPORT)
    await page.get_by_role("alert").get_by_role("link").click()
    await expect(page.get_by_label("What happened?")).to_be_focused()
    await page.keyboard.type("Helena played a call to friends.")
    await page.get_by_label("A deputy of the Head of Customer Success").check()
    await press(page, "Send in confidence")
    receipt = await page.locator(".receipt").inner_text()
    await sound(page, "report-filed", 44, REPORT)
    await page.get_by_role("link", name="/report/follow").click()
    await page.get_by_label("Your receipt").fill(receipt)
    await press(page, "Show its status")
    await page.get_by_label("Your answer").fill("Two of Sales.")
    await press(page, "Answer")
    await expect(page.get_by_text("Two of Sales.")).to_be_visible()
    await sound(page, "report-own", 44, REPORT)
    assert await page.context.cookies() == []


async def test_p13_a_handlers_page_reads_well_and_closes_untouched_with_what_was_typed(
    reports: report_house.House, page: Page
) -> None:
    await page.clock.install()
    await page.goto(f"{reports.url}/report/handle")
    await sound(page, "report-open", 44, REPORT)
    await page.goto("about:blank")
    await page.goto(f"{reports.url}/report/handle#{await reports.a_code()}")  # as Open the page in the chat does
    await expect(page.get_by_role("heading", name="Confidential report of Tue 24 Nov")).to_be_visible()
    await sound(page, "report-handle", 44, REPORT)
    await page.get_by_text("Close this report").click()
    await press(page, "Close", exact=True)
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page, "report-handle-errors", 44, REPORT)
    await page.get_by_text("Write a note").click()
    await page.get_by_label("A note").fill("Half a note")
    await page.clock.fast_forward("16:00")
    await expect(page.get_by_role("heading", name="This page has closed")).to_be_visible()
    assert "They laughed about her." not in await page.content()
    await expect(page.get_by_text("Half a note")).to_be_visible()
