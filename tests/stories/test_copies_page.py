"""P8: a customer's pages as the running program serves them: by day, by night, on a phone, by keyboard, by machine, without scripts."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.stories.browser import a_browser
from tests.stories.customer import OPEN, another, download, enter, follow, is_playing, play
from tests.stories.looking import LOOKS, reach, sound
from tests.stories.mailed import Mail, Mailed, a_mailed_town, asked, file, mail, passcode, release
from tests.stories.somebody import Looked
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
FINGER, POINTER = (
    44,
    24,
)  # pixels of what can be pressed: what a finger finds, and what a pointer does (WCAG 2.2, 2.5.8)


@pytest_asyncio.fixture
async def company(tmp_path: Path) -> AsyncIterator[Mailed]:
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}") as opened:
        yield opened


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as opened:
        yield opened


async def sent(company: Mailed) -> tuple[Mail, str]:
    """Three calls were released; the letter, and what was read on the phone."""
    request = await file(company.town, asked(other={"Which calls?": Looked("", 3)}))
    await release(company.town, request)
    return await mail(company.office), await passcode(company.town, request)


def recorded(company: Mailed) -> list[bytes]:
    """The recordings as they lie there."""
    return [one.read_bytes() for one in (company.town.folder / "calls").glob("*.wav")]


async def test_p8_every_page_reads_well_in_every_light_and_width(company: Mailed, browser: Browser) -> None:
    letter, digits = await sent(company)
    for look, told in LOOKS.items():
        context = await browser.new_context(**told)
        page, least = await context.new_page(), FINGER if "phone" in look else POINTER
        asked_for, faults = list[str](), list[str]()
        page.on("request", lambda one: asked_for.append(one.url))  # noqa: B023  it ends with this round
        page.on("pageerror", lambda error: faults.append(str(error)))  # noqa: B023
        await follow(page, letter)
        await sound(page, f"copies-open-{look}", least)
        await page.get_by_role("button", name=OPEN).click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await sound(page, f"copies-missing-{look}", least)
        if look == "phone-dark":
            await enter(page, another(digits))
            await expect(page.get_by_text("This doesn’t fit.").first).to_be_visible()
            await sound(page, f"copies-wrong-{look}", least)
        await enter(page, digits)
        await play(page)
        await sound(page, f"copies-calls-{look}", least)
        await page.get_by_role("button", name="Leave this page").click()
        await expect(page.get_by_role("heading", name="You have left your calls")).to_be_visible()
        await sound(page, f"copies-left-{look}", least)
        assert {one.partition("#")[0].startswith(company.url) for one in asked_for} == {True}
        assert faults == []
        await context.close()


async def test_p8_a_phone_plays_downloads_and_turns_the_page_alone(company: Mailed, browser: Browser) -> None:
    letter, digits = await sent(company)
    page = await browser.new_page(**LOOKS["phone-light"])
    await follow(page, letter)
    await page.get_by_label("Passcode").fill(f"{digits[:3]} {digits[3:]}")
    assert await page.get_by_label("Passcode").get_attribute("inputmode") == "numeric"
    await page.get_by_role("button", name=OPEN).tap()
    await page.get_by_role("button", name="Play this call").first.tap()
    await until(lambda: is_playing(page), "the call that was chosen plays")
    name, audio = await download(page, "Download (WAV")
    assert name.endswith(".wav")
    assert audio in recorded(company)


async def test_p8_the_keyboard_alone_is_enough(company: Mailed, browser: Browser) -> None:
    letter, digits = await sent(company)
    page = await browser.new_page()
    await follow(page, letter)
    await expect(page.get_by_label("Passcode")).to_be_focused()
    await page.keyboard.type(digits)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    await page.keyboard.press("k")
    await until(lambda: is_playing(page), "k plays")
    await page.keyboard.press("k")
    assert not await is_playing(page)
    await reach(page, "Play this call")
    await page.keyboard.press("Enter")
    await until(lambda: is_playing(page), "the call that was reached plays")
    await page.keyboard.press("k")
    async with page.expect_download() as downloading:
        await reach(page, "Download")
        await page.keyboard.press("Enter")
    assert read(Path(await (await downloading.value).path())) in recorded(company)
    await reach(page, "Leave this page")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="You have left your calls")).to_be_visible()


def read(path: Path) -> bytes:
    return path.read_bytes()


async def test_p8_without_scripts_two_fields_open_it_and_everything_is_there(company: Mailed, browser: Browser) -> None:
    letter, digits = await sent(company)
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(letter.link)
    await expect(page.get_by_text("Two things open them: the link from our e-mail, and a passcode")).to_be_visible()
    await page.get_by_label("The link from our e-mail").fill(letter.link)
    await enter(page, digits)
    await expect(page.locator("audio[controls]")).to_have_count(3)
    sound_of = await page.locator("audio").first.get_attribute("src")
    heard = await context.request.get(f"{company.url}{sound_of}", headers={"Range": "bytes=0-"})
    assert (heard.status, (await heard.body())[:4]) == (206, b"RIFF")
    name, whole = await download(page, "Download all 3 as one ZIP")
    assert name.endswith(".zip")
    in_words(company, whole)
    await left(page)


def in_words(company: Mailed, whole: bytes) -> None:
    """Each recording as it lies there, and beside it what its customer may know of it: when, line, length, by whom, fingerprint."""
    recordings = recorded(company)
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        assert opened.testzip() is None
        files = {one: opened.read(one) for one in opened.namelist()}
    texts = [one.decode() for name, one in files.items() if name.endswith(".txt")]
    assert sorted(one for name, one in files.items() if name.endswith(".wav")) == sorted(recordings)
    told = "\n".join(texts)
    assert [one for one in recordings if hashlib.sha256(one).hexdigest() not in told] == []
    assert "One of our staff, Customer Success" in told
    assert "20 seconds" in told or "20 s" in told
    assert "Bram" not in told


async def left(page: Page) -> None:
    where = page.url
    await page.get_by_role("button", name="Leave this page").click()
    await expect(page.get_by_role("heading", name="You have left your calls")).to_be_visible()
    await page.goto(where)
    await expect(page.get_by_text("This page is open no longer.")).to_be_visible()
