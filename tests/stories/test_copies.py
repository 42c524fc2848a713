"""P8: a customer's own call from the first word to the download, by the real program, a real mail server and a real browser."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ledgers import verdict_of
from tests.stories.browser import picture
from tests.stories.errands import card, done
from tests.stories.house import ANNA, CORA, TARA
from tests.stories.mailed import ADDRESS, CUSTOMER, MAIL_FROM, NAME, Mail, a_mailed_town, file, mail, passcode, release
from tests.stories.process import Town
from tests.stories.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.story]
UNSAID = ("CS-10442", "412 345 600", "412345600", "Bram", "Anna", "Tara", "pendant", "Slack", "Teams", "call-0")
"""What a letter must not tell any other reader: the call, who saw to it, where it was filed."""
PLAYS = "(one => !one.paused && one.currentTime > 0.3)(document.querySelector('#audio'))"


async def test_p8_filed_released_mailed_opened_played_and_downloaded(tmp_path: Path, browser: Browser) -> None:
    async with a_mailed_town(tmp_path) as (town, office):
        request = await file(town)
        for uid in (TARA, CORA):
            assert "Release" in card(town, uid, request).buttons
        assert "Release" not in card(town, ANNA, request).buttons
        preview = await release(town, request)
        letter = await mail(office)
        await read(letter, preview.words)
        await town.settled()
        assert "Passcode" not in str([one.buttons for one in town.somebody(ANNA).cards(request)])

        page = await browser.new_page(locale="en-AU", timezone_id="Australia/Sydney", accept_downloads=True)
        faults, asked = list[str](), list[str]()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda sent: asked.append(sent.url))
        name, audio = await hears_and_downloads(page, letter, await passcode(town, request))
        assert re.fullmatch(r"call-\d{4}-\d\d-\d\d-\d{4}\.wav", name)
        assert audio == (tmp_path / "calls" / "call-0.wav").read_bytes()
        assert letter.code not in str([url.partition("#")[0] for url in asked])
        assert faults == []
        await page.get_by_role("button", name="Leave this page").click()
        await on_record(town, request)


async def hears_and_downloads(page: Page, letter: Mail, digits: str) -> tuple[str, bytes]:
    """The customer presses the link, types the passcode, plays the call and downloads it: under which name, and what is in it."""
    await page.goto(letter.link)
    await expect(page.get_by_text("Your link is filled in.")).to_be_visible()
    await page.get_by_label("Passcode").fill(digits)
    await page.get_by_role("button", name="Open my calls").click()
    await expect(page.get_by_text("One of our staff, Customer Success")).to_be_visible()
    await page.get_by_role("button", name="Play", exact=True).click()
    await until(lambda: page.evaluate(PLAYS), "it plays")
    await picture(page, "copies-page", whole=True)
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download").first.click()
    file = await downloading.value
    return file.suggested_filename, (await file.path()).read_bytes()


async def read(letter: Mail, preview: str) -> None:
    """What arrived is what was shown beforehand, to one address, in two versions; and no more about anyone than their
    name.
    """
    message = letter.message
    assert (message["To"], message["From"], message["Cc"]) == (ADDRESS, MAIL_FROM, None)
    assert message["Auto-Submitted"] == "auto-generated"
    told = [one for one in letter.plain.split("\n\n") if "/copy#" not in one and one.strip() != "Fernhill Telecare"]
    assert [one for one in told if one.strip() not in preview] == []
    assert f"To: {ADDRESS}" in preview
    assert f"Dear {NAME}," in letter.plain
    whole = f"{letter.message} {letter.plain} {letter.html}"
    assert [one for one in UNSAID if one in whole] == []
    assert CUSTOMER.search(whole) is None


async def on_record(town: Town, request: str) -> None:
    """Everyone's card says how it went, and the log says who did what, and verifies."""

    async def left() -> bool:
        return (await done(town, request))[-1] == "customer.leave_page"

    await until(left, "the page has told that the customer left it")
    await town.settled()
    for uid in (TARA, CORA, ANNA):
        seen = card(town, uid, request)
        assert "· heard" in seen.words, uid
        assert "→ opened" in seen.words
    assert await done(town, request) == [
        "customer.file", "customer.release", "customer.collect", "customer.accepted", "customer.passcode", "customer.open_link",
        "customer.played", "customer.downloaded", "customer.heard", "customer.leave_page",
    ]  # fmt: skip
    verdict = await town.database.read(verdict_of)
    assert verdict.fault == ""
