"""The month at a glance: read at home in words, opened with pictures, looked at by day, by night, on a phone and by machine."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from handlers.rules.figures import adjacent_month, last_whole
from tests.stories.browser import LOOKS, picture, reach, sound
from tests.stories.errands import ask, ears, manage, press, press_in_manage
from tests.stories.house import ANNA, HELENA, RUTH, TARA, House

pytestmark = [pytest.mark.browser, pytest.mark.story]
WHAT = "The month at a glance"
WIDER = """for (const row of document.querySelectorAll('tbody tr'))
  row.insertAdjacentHTML('beforeend', '<td><span aria-hidden="true">–</span><span class="unseen">none</span></td>'.repeat(30))"""


async def _opened(house: House, browser: Browser, look: str) -> Page:
    """Ruth moves on to this month, and opens it with pictures."""
    seen = await press_in_manage(house, RUTH, WHAT)
    await house.somebody(RUTH).press(seen, "Month after")
    await house.settled()
    seen = house.somebody(RUTH).front()
    assert "the numbers so far" in seen.words
    address = await house.somebody(RUTH).link(seen, "Open the charts", "Open the page")
    page = await browser.new_page(**LOOKS[look])
    await page.goto(address.partition("#")[0])
    await page.get_by_role("button", name="Open the month").click()
    await expect(page.get_by_label("The link from your chat")).to_be_focused()  # an empty field is not sent
    await sound(page, f"month-{look}-1-open", 44)
    await page.goto("about:blank")
    await page.goto(address)
    await expect(page.get_by_role("rowheader", name="Staff requests", exact=True)).to_be_visible()
    assert page.url == address.partition("#")[0], "the code leaves the address bar at once"
    return page


async def test_the_month_is_read_at_home_and_looked_at_on_its_own_page(house: House, browser: Browser) -> None:
    before = last_whole(house.steward.policy, house.clock.now())
    assert WHAT not in (await manage(house, TARA)).words
    request = await ask(house, ANNA)
    await press(house, TARA, request, "Approve")
    async with ears(house, request) as heard:
        [call] = (await heard.told("access"))["recordings"][:1]
        await heard.status(f"{call['id']}/audio", Range="bytes=0-999")
        await heard.heard(str(call["id"]), 0, 0.9)
    await ask(house, ANNA, crm="CS-10443")
    assert "in numbers" in (await manage(house, HELENA)).words
    words = (await manage(house, RUTH)).words
    assert WHAT in words
    asked: list[str] = []
    for look in LOOKS:
        page = await _opened(house, browser, look)
        page.on("request", lambda one: asked.append(one.url))
        await page.reload()
        await expect(page.get_by_role("rowheader", name="Staff requests", exact=True)).to_be_visible()
        await expect(page.get_by_role("img", name="Bars of Requests")).to_be_visible()
        await sound(page, f"month-{look}-2-page")
        await page.evaluate(WIDER)
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "only the table scrolls"
    here = {urlsplit(page.url).netloc}
    assert {urlsplit(one).netloc for one in asked} == here
    await _as_a_reader_hears_it(page)
    await _away(house, page, adjacent_month(before, 1))
    assert [one["action"] for one in await house.audit()].count("figures.open") == 2


async def _as_a_reader_hears_it(page: Page) -> None:
    """A screen reader hears the picture named, and its numbers in a table with headings."""
    told = await page.locator("main").aria_snapshot()
    assert 'img "Bars of Requests; the table that follows has the same numbers."' in told
    assert re.search(r'table "Requests, \w+ \d{4}"', told)
    row = r'row "Staff requests 2 1 0 0 0 1 '
    assert re.search(row, told), told[:3000]
    assert 'columnheader "Median hours"' in told
    await page.evaluate("document.body.focus()")
    await reach(page, "Month before")
    await reach(page, "Requests as CSV")


async def _away(house: House, page: Page, month: str) -> None:
    """The file is fetched, and the month before is empty."""
    async with page.expect_download() as fetched:
        await page.get_by_role("link", name="Requests as CSV").click()
    file = await fetched.value
    assert file.suggested_filename == f"month-{month}-requests.csv"
    await page.get_by_role("link", name="Month before").click()
    await expect(page.get_by_text("No one asked for anything.")).to_be_visible()
    await picture(page, "month-before", whole=True)
