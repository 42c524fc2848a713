"""P8: a customer's own call from the first word to the download, by the real program, a real mail server and a real browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.stories import places
from tests.stories.browser import picture
from tests.stories.customer import come_in, download, play
from tests.stories.errands import card
from tests.stories.house import ANNA, CORA, TARA
from tests.stories.mailed import (
    ADDRESS,
    CUSTOMER,
    MAIL_FROM,
    NAME,
    Mail,
    Mailed,
    a_mailed_town,
    done,
    file,
    mail,
    passcode,
    release,
)

pytestmark = [pytest.mark.browser, pytest.mark.story]
GROUNDS = {"slack": places.SLACK, "teams": places.TEAMS, "mixed": places.MIXED}
UNSAID = ("CS-10442", "412 345 600", "412345600", "Bram", "Anna", "Tara", "pendant", "Slack", "Teams", "call-0")
"""What a letter must not tell any other reader: the call, who saw to it, where it was filed."""


@pytest.fixture(params=["slack", "teams", pytest.param("mixed", marks=pytest.mark.soak)])
def place(request: pytest.FixtureRequest) -> places.Place:
    return GROUNDS[request.param]


@pytest_asyncio.fixture
async def company(tmp_path: Path, place: places.Place) -> AsyncIterator[Mailed]:
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", place) as opened:
        yield opened


async def test_p8_filed_released_mailed_opened_played_and_downloaded(company: Mailed, browser: Browser) -> None:
    town = company.town
    request = await file(town)
    for uid in (TARA, CORA):
        assert "Release" in card(town, uid, request).buttons
    assert "Release" not in card(town, ANNA, request).buttons

    preview = await release(town, request)
    letter = await mail(company.office)
    await read(letter, preview.words)
    await town.settled()
    assert "Passcode" not in str([one.buttons for one in town.somebody(ANNA).cards(request)])

    page = await browser.new_page(locale="en-AU", timezone_id="Australia/Sydney", accept_downloads=True)
    faults, asked = list[str](), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda sent: asked.append(sent.url))
    await come_in(page, letter, await passcode(town, request))
    await expect(page.get_by_text("One of our staff, Customer Success")).to_be_visible()
    await play(page)
    await picture(page, "copies-page", whole=True)
    name, audio = await download(page)
    recording = (town.folder / "calls" / "call-0.wav").read_bytes()
    assert re.fullmatch(r"call-\d{4}-\d\d-\d\d-\d{4}\.wav", name)
    assert audio == recording
    assert letter.code not in str([url.partition("#")[0] for url in asked])
    assert faults == []
    await page.get_by_role("button", name="Leave this page").click()
    await on_record(company, request)


async def read(letter: Mail, preview: str) -> None:
    """What came is what was shown beforehand, to one address, in two forms; and no more of anybody than their name."""
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


async def on_record(company: Mailed, request: str) -> None:
    """Everybody's card says how it went, and the log says who did what, and verifies."""
    town = company.town
    await town.settled()
    for uid in (TARA, CORA, ANNA):
        seen = card(town, uid, request)
        assert "· heard" in seen.words, uid
        assert "→ opened" in seen.words
    entries = await town.audit()
    assert done(entries, request) == [
        "customer.file", "customer.release", "customer.collect", "customer.accepted", "customer.passcode", "customer.open_link",
        "customer.played", "customer.downloaded", "customer.heard", "customer.leave_page",
    ]  # fmt: skip
    verdict = await town.database.read(lambda store: store.audit.verify())
    assert verdict.fault == ""
