"""P8: a customer's link when something comes in between: a wrong passcode, a scanner, a day that is over, a second thought."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.stories import places
from tests.stories.browser import a_browser
from tests.stories.customer import another, come_in, download, enter, follow, is_playing, play
from tests.stories.errands import card
from tests.stories.house import ANNA, TARA
from tests.stories.mailed import (
    Mail,
    Mailed,
    a_mailed_house,
    a_mailed_town,
    done,
    file,
    mail,
    passcode,
    release,
    today,
)
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
GROUNDS = {"slack": places.SLACK, "teams": places.TEAMS}
NOT_FIT = "This doesn’t fit."
STOPPED = "Playing has stopped"
TRIES = 5


@pytest.fixture(params=GROUNDS)
def place(request: pytest.FixtureRequest) -> places.Place:
    return GROUNDS[request.param]


@pytest_asyncio.fixture
async def company(tmp_path: Path, place: places.Place) -> AsyncIterator[Mailed]:
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", place) as opened:
        yield opened


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as opened:
        yield opened


async def sent(company: Mailed) -> tuple[str, Mail]:
    """A request that was released, and its letter."""
    request = await file(company.town)
    await release(company.town, request)
    return request, await mail(company.office)


async def test_p8_the_fifth_wrong_passcode_locks_the_link_and_whoever_released_it_is_told(
    company: Mailed, browser: Browser
) -> None:
    town = company.town
    request, letter = await sent(company)
    digits = await passcode(town, request)
    page = await browser.new_page()
    await follow(page, letter)
    for _ in range(TRIES):
        await enter(page, another(digits))
        await expect(page.get_by_text(NOT_FIT).first).to_be_visible()
    await enter(page, digits)
    await expect(page.get_by_text(NOT_FIT).first).to_be_visible()
    told = await until(
        lambda: [one for one in town.somebody(TARA).lines() if "is locked after" in one.words], "Tara hears"
    )
    assert request in told[-1].words
    assert [one for one in town.somebody(ANNA).lines() if "locked" in one.words] == []
    await enter(page, await passcode(town, request))
    await expect(page.get_by_role("button", name="Leave this page")).to_be_visible()
    entries = [one for one in await town.audit() if one["action"] == "customer.open_link"]
    assert [one["detail"]["fits"] for one in entries] == [*[False] * TRIES, True]
    assert digits not in str(await town.audit())


async def test_p8_a_scanner_that_follows_links_runs_scripts_and_presses_burns_nothing(
    company: Mailed, browser: Browser
) -> None:
    request, letter = await sent(company)
    digits = await passcode(company.town, request)
    asked = list[str]()
    for _ in range(3):
        context = await browser.new_context()
        page = await context.new_page()
        page.on("request", lambda told: asked.append(f"{told.method} {told.url}"))
        await page.goto(letter.link, wait_until="networkidle")
        for button in await page.get_by_role("button").all():
            await button.click()
        for link in await page.get_by_role("link").all():
            assert not (await link.get_attribute("href") or "").startswith("/copy/")
        await context.close()
    assert [one for one in asked if letter.code in one.partition("#")[0]] == []
    page = await browser.new_page()
    await come_in(page, letter, digits)
    assert "customer.open_link" in done(await company.town.audit(), request)


async def listening(browser: Browser, company: Mailed) -> tuple[str, Mail, Page, str]:
    """Somebody is in the middle of the call."""
    request, letter = await sent(company)
    digits = await passcode(company.town, request)
    page = await browser.new_page()
    await come_in(page, letter, digits)
    await play(page)
    return request, letter, page, digits


async def ended(page: Page, browser: Browser, letter: Mail, digits: str) -> None:
    """What plays stops, nothing of it is left, and nobody comes in any more by what fitted."""
    await expect(page.get_by_role("heading", name=STOPPED)).to_be_visible()
    assert not await is_playing(page)
    assert await page.evaluate("!document.querySelector('#audio').hasAttribute('src')")
    late = await browser.new_page()
    await follow(late, letter)
    await enter(late, digits)
    await expect(
        late.get_by_role("heading", name="This link is over").or_(late.get_by_text(NOT_FIT).first)
    ).to_be_visible()


async def test_p8_the_customer_withdraws_while_the_page_is_open(company: Mailed, browser: Browser) -> None:
    town = company.town
    request, letter, page, digits = await listening(browser, company)
    me = town.somebody(ANNA)
    form = await me.open(card(town, ANNA, request), "Withdraw")
    await me.fill(form, {"When did they say so?": today(), "How did they say so?": "By phone, to me."})
    await ended(page, browser, letter, digits)
    await town.settled()
    for uid in (ANNA, TARA):
        seen = card(town, uid, request)
        assert "withdrawn" in seen.words
        assert "Passcode" not in seen.buttons


async def test_p8_p13_a_wrong_address_kills_the_link_while_it_plays_and_keeps_the_day(
    company: Mailed, browser: Browser
) -> None:
    town = company.town
    request, letter, page, digits = await listening(browser, company)
    due = [line for line in card(town, TARA, request).words.splitlines() if "7 Dec" in line or "Due" in line]
    await town.somebody(TARA).press(card(town, TARA, request), "Wrong address")
    await ended(page, browser, letter, digits)
    await town.settled()
    await until(lambda: "none named yet" in card(town, TARA, request).words, "it is open again, without an address")
    assert "Release" in card(town, TARA, request).buttons
    assert all(line in card(town, TARA, request).words for line in due if "Due" in line)
    assert done(await town.audit(), request)[-1] == "customer.wrong_address"


@pytest.mark.parametrize("where", GROUNDS)
async def test_p8_after_fourteen_days_the_link_is_over(
    tmp_path: Path, sqlite_url: str, browser: Browser, where: str
) -> None:
    async with a_mailed_house(tmp_path, sqlite_url, GROUNDS[where]) as company:
        house, office = company.town, company.office
        request = await file(house)
        await release(house, request)
        letter = await mail(office)
        digits = await passcode(house, request)
        page = await browser.new_page()
        await come_in(page, letter, digits)
        await play(page)
        ends = house.clock.now() + timedelta(days=14)
        await house.moving.move_to(ends - timedelta(minutes=2))
        late = await browser.new_page()
        await come_in(late, letter, digits)
        assert (await download(late))[1] == (tmp_path / "calls" / "call-0.wav").read_bytes()
        await house.moving.move_to(ends + timedelta(seconds=1))
        await ended(late if await is_playing(late) else page, browser, letter, digits)
        assert "sent to the customer" in card(house, TARA, request).words
        assert "Passcode" not in card(house, TARA, request).buttons
