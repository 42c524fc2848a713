"""P3: what the bot says of a page with shadow roots is what a browser shows of it."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from handlers.rules.notice_pages import carries
from tests.rules.test_page_shadows import LEFT, SHOWN, W
from tests.stories.browser import a_browser

pytestmark = pytest.mark.soak

_DRAWN = """() => {
    const found = [], range = document.createRange();
    const look = within => within.childNodes.forEach(node => {
        if (node.shadowRoot) look(node.shadowRoot);
        look(node);
        if (node.nodeType !== Node.TEXT_NODE) return;
        range.selectNodeContents(node);
        const at = range.getBoundingClientRect();
        if (range.getClientRects().length) found.push([at.top, at.left, node.data]);
    });
    look(document.body);
    return found.sort((one, other) => one[0] - other[0] || one[1] - other[1]).map(one => one[2]).join(" ");
}"""
"""Every text that is drawn, in the order in which it stands on the page."""


async def _drawn(page: Page, html: str) -> str:
    """As a server sends it: what is written into a page by a script has no shadow roots."""
    await page.route("**/*", lambda route: route.fulfill(content_type="text/html", body=f"<!doctype html>{html}"))
    await page.goto("https://a.example/")
    await page.unroute("**/*")
    return " ".join(str(await page.evaluate(_DRAWN)).split())


async def test_p3_a_yes_is_what_a_browser_shows_and_a_no_is_what_it_does_not() -> None:
    async with a_browser() as browser:
        page = await browser.new_page()
        for html in SHOWN:
            assert W in await _drawn(page, html), html
            assert carries(html, W).answer == "yes"
        for html, (answer, _) in LEFT:
            assert answer != "no" or W not in await _drawn(page, html), html
