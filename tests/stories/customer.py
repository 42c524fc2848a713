"""A customer at a browser of their own: with the link of a mail and six digits that were read to them on the phone (P8)."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.stories.mailed import Mail
from tests.stories.waiting import until

OPEN = "Open my calls"


async def follow(page: Page, mail: Mail) -> None:
    """Press the link in the mail: the page has the code, and nothing is sent yet."""
    await page.goto(mail.link)
    await expect(page.get_by_text("Your link is filled in.")).to_be_visible()


async def enter(page: Page, passcode: str) -> None:
    """Type the passcode and press."""
    await page.get_by_label("Passcode").fill(passcode)
    await page.get_by_role("button", name=OPEN).click()


async def come_in(page: Page, mail: Mail, passcode: str) -> None:
    """From the mail to the page of calls."""
    await follow(page, mail)
    await enter(page, passcode)
    await expect(page.get_by_role("button", name="Leave this page")).to_be_visible()


async def is_playing(page: Page) -> bool:
    return bool(await page.evaluate("(one => !one.paused && one.currentTime > 0.3)(document.querySelector('#audio'))"))


async def play(page: Page) -> None:
    await page.get_by_role("button", name="Play", exact=True).click()
    await until(lambda: is_playing(page), "it plays")


async def download(page: Page, name: str = "Download") -> tuple[str, bytes]:
    """Press a link that brings a file: under which name it comes, and what is in it."""
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name=name).first.click()
    file = await downloading.value
    return file.suggested_filename, _read(await file.path())


def _read(path: Path) -> bytes:
    return path.read_bytes()
