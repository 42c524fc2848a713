"""P8: whoever tries the demo goes the whole way of a customer's call: filed as Anna, released as Tara, read, opened, heard, kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.stories.browser import a_browser, now, picture, the_demo
from tests.stories.customer import download, play
from tests.stories.mailed import VOICES, today
from tests.stories.test_browser import DESKTOP, PHONE, become

pytestmark = pytest.mark.soak
ADDRESS = "pemberly@customer.example"
LOOKS = {"desktop": DESKTOP, "phone": PHONE}


async def choose(page: Page, dialog: Locator, label: str, option: str, typed: str = "") -> None:
    field = dialog.get_by_role("combobox", name=label)
    await field.click()
    if typed:
        await field.fill(typed)
    await page.get_by_role("option", name=option).first.click()


async def file(page: Page, day: str, *, phone: bool) -> None:
    """Anna writes the command in a channel, and fills in both steps; they first asked on this day."""
    await become(page, "Anna Quill", phone=phone, place="general")
    await page.get_by_test_id("composer").fill("/recording-request")
    await page.get_by_test_id("composer").press("Enter")
    dialog = page.get_by_role("dialog")
    await choose(page, dialog, "Why do you need it?", "A customer wants their own call")
    await choose(page, dialog, "Who asks?", "The customer")
    await choose(page, dialog, "What do they want?", "A copy to keep")
    await dialog.get_by_label("When did they first ask anybody here?").fill(day)
    await choose(page, dialog, "Which calls?", "CS-10442", "CS-10442")
    await page.keyboard.press("Escape")
    await picture(page, f"demo-copies-{phone}-1-which")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog.get_by_label("Their name")).to_be_visible()
    await dialog.get_by_label("Their name").fill("Mrs Pemberly")
    await choose(page, dialog, "How did you check who they are?", "Called back")
    await dialog.get_by_label("E-mail address that they name").fill(ADDRESS)
    await dialog.get_by_label("The same address again").fill(ADDRESS)
    await dialog.get_by_label("What do they know about the call?").fill("Her pendant beeps all night.")
    await picture(page, f"demo-copies-{phone}-2-person")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog.get_by_text("Your card shows how it stands.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


async def release(page: Page, *, phone: bool) -> None:
    """Tara reads the letter and the address, and presses Release."""
    await become(page, "Tara Lindqvist", phone=phone)
    await page.get_by_role("button", name=re.compile("^Release")).first.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text(f"To: {ADDRESS}")).to_be_visible()
    await choose(page, dialog, VOICES, "No, only the customer")
    await picture(page, f"demo-copies-{phone}-3-release")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("sent to the customer").first).to_be_visible()


async def passcode(page: Page) -> str:
    """Tara presses Passcode, chooses the number, and reads."""
    await page.get_by_role("button", name=re.compile("^Passcode")).first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=re.compile("^Show the passcode")).click()
    shown = dialog.get_by_text(re.compile(r"^\d{3} \d{3}$"))
    await expect(shown).to_be_visible()
    digits = await shown.inner_text()
    await dialog.get_by_role("button", name="Close").first.click()
    await expect(dialog).to_be_hidden()
    return digits


async def read(page: Page, *, phone: bool) -> tuple[Page, Page]:
    """The letter in the customers' mailbox, and where its button leads."""
    if phone:
        await page.get_by_role("button", name="Back to the list").click()
    link = page.get_by_test_id("mailbox")
    await expect(link).to_contain_text("1")
    async with page.context.expect_page() as opening:
        await link.click()
    mailbox = await opening.value
    await mailbox.get_by_role("link", name="Your call with Fernhill Telecare").click()
    async with page.context.expect_page() as opened:
        await mailbox.frame_locator("iframe").get_by_role("link", name="Open the page").click()
    return mailbox, await opened.value


@pytest.mark.parametrize("look", LOOKS)
async def test_p8_the_whole_way_in_the_demo(tmp_path: Path, look: str) -> None:
    phone = look == "phone"
    async with the_demo(tmp_path) as url, a_browser() as browser:
        context = await browser.new_context(
            viewport=LOOKS[look], has_touch=phone, locale="en-GB", timezone_id="Australia/Sydney"
        )
        page, faults = await context.new_page(), list[str]()
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(url)
        await file(page, today(await now(url)), phone=phone)
        await release(page, phone=phone)
        digits = await passcode(page)
        mailbox, copy = await read(page, phone=phone)
        await expect(copy.get_by_text("Your link is filled in.")).to_be_visible()
        await expect(page.get_by_test_id("mailbox")).to_have_attribute("href", "/rehearsal/mail")
        await expect(page.get_by_test_id("mailbox")).not_to_contain_text("1")
        await copy.get_by_label("Passcode").fill(digits)
        await copy.get_by_role("button", name="Open my calls").click()
        await play(copy)
        await picture(copy, f"demo-copies-{phone}-4-heard", whole=True)
        name, audio = await download(copy)
        assert name.endswith(".mp3")
        assert audio in [one.read_bytes() for one in (tmp_path / "calls").glob("*.mp3")]
        await expect(mailbox).to_have_title("Your call with Fernhill Telecare · Customers’ mailbox · Fernhill Telecare")
        assert faults == []
