"""The main job in a real browser, in the demo: ask, approve, listen, and lose access (P7); and the demo obeys this machine alone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.moments import moment
from tests.stories.browser import picture, sound, the_demo
from tests.stories.in_the_demo import Shown, approve, ask, become, button, listen
from tests.stories.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.story]
DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
LOOKED_AT = ("form", "approver", "player", "manage")
"""On a phone every sight is looked at by `axe`."""
SILENT = "(one => one.paused && !one.hasAttribute('src'))(document.querySelector('audio'))"


@pytest.mark.parametrize(
    ("width", "viewport"), [("desktop", DESKTOP), pytest.param("phone", PHONE, marks=pytest.mark.soak)]
)
async def test_p7_from_the_command_to_hearing_the_call(
    tmp_path: Path, browser: Browser, width: str, viewport: ViewportSize
) -> None:
    """Ask, be asked, approve, listen; then the approver takes access away in the middle of the call."""
    phone, faults = width == "phone", list[str]()

    async def shown(name: str, page: Page) -> None:
        await (sound if phone or name in LOOKED_AT else picture)(page, f"{width}-{name}")

    async with the_demo(tmp_path) as url:
        context = await browser.new_context(
            viewport=viewport, has_touch=phone, locale="en-GB", timezone_id="Australia/Sydney"
        )
        context.on("weberror", lambda error: faults.append(str(error.error)))
        page = await context.new_page()
        await page.goto(url)
        await become(page, "Anna Quill", phone=phone)
        await expect(page.get_by_text("type /recording-request in a channel", exact=False)).to_be_visible()
        await ask(page, shown, phone=phone)
        await page.reload()
        await expect(page.locator(".hint [data-done]")).to_have_count(1)
        await become(page, "Anna Quill", phone=phone)
        await expect(page.get_by_text("waiting for Tara Lindqvist").first).to_be_visible()
        await approve(page, shown, phone=phone)
        await become(page, "Anna Quill", phone=phone)
        await button(page, "More time").press("Enter")  # a second Enter must not press Withdraw, which is next to it
        await expect(page.locator("article:focus")).to_contain_text("You asked for more time")
        player = await listen(page, shown, phone=phone)
        await become(page, "Tara Lindqvist", phone=phone)
        await _taken_away(page, player, shown)
        assert not faults


async def _taken_away(page: Page, player: Page, shown: Shown) -> None:
    """Tara takes the access away, behind Manage at her home, in the middle of the call."""
    await page.get_by_role("tab", name="Home").click()
    await button(page, "Manage").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await shown("manage", page)
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Withdraw|Show all)")).first.click()
    confirm = page.get_by_role("alertdialog").or_(page.get_by_role("dialog"))
    await confirm.get_by_role("button", name=re.compile("Yes|Withdraw|Confirm")).last.click()
    await until(lambda: player.evaluate(SILENT), "the player is silent", 5)
    await expect(player.get_by_text("withdrawn", exact=False).first).to_be_visible()


SAY = "/rehearsal/api/people/U0ANNAQUILL/say", {"channel": "C0GENERAL", "text": "Hello"}
MOOD = "/rehearsal/api/faults", {"mode": "ok"}
OTHERS = [
    {"Origin": "https://evil.example"}, {"Origin": "http://localhost:1"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Host": "rebound.example"}, {"Host": "rebound.example:3000", "Origin": "http://rebound.example:3000"},
    {"Host": "localhost.evil.example"}, {"Host": "["},
]  # fmt: skip


async def test_only_its_page_and_a_program_move_the_demos_clock_and_speak_as_a_person(tmp_path: Path) -> None:
    later = "/rehearsal/clock", {"now": (moment() + timedelta(hours=1)).isoformat()}
    async with the_demo(tmp_path) as demo, ClientSession(cookie_jar=DummyCookieJar()) as http:

        async def posted(told: tuple[str, dict[str, str]], headers: dict[str, str]) -> int:
            async with http.post(demo + told[0], json=told[1], headers=headers) as answer:
                return answer.status

        for headers in OTHERS:
            assert [await posted(told, headers) for told in (later, SAY, MOOD)] == [403, 403, 403], headers
        async with http.get(f"{demo}/rehearsal/api/state", headers={"Host": "rebound.example"}) as answer:
            assert answer.status == 403
        async with http.get(demo) as page:
            assert (page.status, page.headers["X-Frame-Options"]) == (200, "DENY")
        here = f"127.0.0.1:{demo.rpartition(':')[2]}"
        own: list[dict[str, str]] = [{}, {"Origin": demo}, {"Origin": f"http://{here}", "Host": here}]
        for headers in own:
            assert [await posted(told, headers) for told in (later, SAY)] == [200, 200]
