"""A name with marks that turn the writing leaves the sentence around it as it is, in a real browser (P7, P11)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from storage.database.store import Store
from storage.records import Person, Recording
from tests.stories.browser import a_browser, picture
from tests.stories.errands import ask, link, press
from tests.stories.house import TARA, House, a_house

pytestmark = pytest.mark.soak
TURNED = "Bram \u202eTolliver\u2067"
WHERE = """([id, words]) => {
    const text = document.getElementById(id).firstChild, range = document.createRange();
    return words.map((word) => {
        const at = text.data.indexOf(word);
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect().left;
    });
}"""


async def rename(house: House, name: str) -> None:
    """The operator, the listener and the approver are called that now."""

    def renamed(store: Store) -> None:
        store.audit.session.execute(update(Recording).values(operator_name=name))
        store.audit.session.execute(update(Person).values(name=name))

    await house.steward.database.write(renamed)


async def stand_in_order(page: Page, place: str, *words: str) -> None:
    left = await page.evaluate(WHERE, [place, list(words)])
    assert left == sorted(left), (place, words, left)


async def test_p11_a_name_turns_nothing_around_it(tmp_path: Path, sqlite_url: str) -> None:
    async with a_house(tmp_path, sqlite_url) as house, a_browser() as browser:
        request = await ask(house)
        await press(house, TARA, request, "Approve")
        address = await link(house, request)
        await rename(house, TURNED)
        page = await browser.new_page(locale="en-GB", timezone_id="Australia/Sydney")
        await page.goto(address)
        await expect(page.locator("#staff")).to_contain_text("Customer Success")
        await stand_in_order(page, "staff", "Answered", "by", "Bram", "Tolliver", "lliver", "·", "Customer", "Success")
        for place in ("person", "approved_by"):
            await stand_in_order(page, place, "Bram", "Tolliver", "lliver", "ver")
        assert "\u202e" not in await page.inner_text("body")
        await picture(page, "turned-names")
        await rename(house, "יעל כהן")
        await page.reload()
        await expect(page.locator("#person")).to_contain_text("יעל")
        await stand_in_order(page, "staff", "Answered", "by", "כהן", "יעל", "·", "Customer", "Success")
        await picture(page, "turned-names-hebrew")
