"""P8: the customers' mailbox of the demo in a real browser: looked at, by keyboard, by machine, and as letters come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, expect

from bot.mail.writing import Writing
from bot.ports import Letter
from bot.rehearsal.fence import put_up
from bot.rehearsal.mailbox import WHERE, Mailbox
from handlers.letters import Written
from tests.stories.browser import a_browser
from tests.stories.house import free_port
from tests.stories.looking import LOOKS, sound

pytestmark = pytest.mark.soak
WORDS = "Our page asks for a passcode of six digits. We ring you and tell you the passcode; it stands in no e-mail."
ROGUE = "<script>document.title = 'ran'</script><img src='/copy'><form action='/copy'><button>Press</button></form>"


@dataclass
class House:
    """A mailbox by itself, and a page that its letters lead to."""

    box: Mailbox
    url: str
    asked: list[str]

    async def send(self, subject: str, html: str = "") -> None:
        number = len(self.box.letters) + 1
        written = Written(subject, "Dear Jo,", (WORDS,), f"{self.url}/copy#code-{number}", "Open the page")
        body = Writing("Fernhill Telecare").write(written)
        letter = Letter(f"jo{number}@x.example", subject, body.plain, html or body.html, f"<{number}@fernhill.example>")
        await self.box.send(letter)


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    app, asked = web.Application(), list[str]()

    async def copy(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Referer", "nowhere"))
        return web.Response(
            text="<title>The copy</title><script>document.title += ' ran'</script>", content_type="text/html"
        )

    box, port = Mailbox(lambda: datetime(2026, 11, 25, 1, tzinfo=UTC)), free_port()
    app.add_routes([*box.routes(), web.get("/copy", copy)])
    put_up(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield House(box, f"http://127.0.0.1:{port}", asked)
    await runner.cleanup()


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as opened:
        yield opened


@pytest.mark.parametrize("look", LOOKS)
async def test_p8_the_mailbox_reads_well_in_each_state(house: House, browser: Browser, look: str) -> None:
    page, faults = await browser.new_page(**LOOKS[look]), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(house.url + WHERE)
    await sound(page, f"mailbox-empty-{look}")
    await house.send("Your call with Fernhill Telecare")
    await expect(page.get_by_role("status")).to_have_text("A letter came")
    await expect(page).to_have_title("(1) Customers’ mailbox · Fernhill Telecare")
    await sound(page, f"mailbox-list-{look}")
    await page.get_by_role("link", name="Your call with Fernhill Telecare").click()
    await expect(page.frame_locator("iframe").get_by_text("Dear Jo,")).to_be_visible()
    await sound(page, f"mailbox-letter-{look}")
    await page.get_by_role("link", name="As plain text").click()
    await expect(page.get_by_text("Dear Jo,")).to_be_visible()
    await sound(page, f"mailbox-plain-{look}")
    await page.goto(f"{house.url}{WHERE}/9")
    await sound(page, f"mailbox-missing-{look}")
    assert faults == []


async def test_p8_a_letter_can_do_nothing_by_itself(house: House, browser: Browser) -> None:
    await house.send("Of somebody with a template of their own", f"<html><head></head><body>{ROGUE}</body></html>")
    page = await browser.new_page()
    await page.goto(f"{house.url}{WHERE}/1", wait_until="networkidle")
    await page.frame_locator("iframe").get_by_role("button", name="Press").click()
    assert [await one.title() for one in page.frames] == [
        "Of somebody with a template of their own · Customers’ mailbox · Fernhill Telecare",
        "",
    ]
    assert house.asked == []
