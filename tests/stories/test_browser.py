"""The main job as people do it, in a real browser: ask, approve, listen, and lose access (P7)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize, expect

from tests.stories.browser import a_browser, picture, the_demo

pytestmark = [pytest.mark.browser, pytest.mark.story]
DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
APP = "Recording Steward"


async def become(page: Page, name: str, *, phone: bool, place: str = APP) -> None:
    """Switch to a person and look at the messages with the app, or at another conversation."""
    if phone:
        back = page.get_by_role("button", name=re.compile("back", re.IGNORECASE))
        while await back.count():
            await back.first.click()
    if not await page.get_by_text(f"You are {name}").count():
        await page.get_by_test_id(re.compile("^person-")).filter(has_text=name).first.click()
    await page.get_by_test_id(re.compile("^conv-")).filter(has_text=place).first.click()


async def ask(page: Page, width: str) -> None:
    """Anna types the command in a channel, fills in the form and sends it."""
    await become(page, "Anna Quill", phone=width == "phone", place="general")
    await page.get_by_test_id("composer").fill("/rec")
    await picture(page, f"{width}-1-completion")
    await page.get_by_test_id("composer").press("Enter")
    await page.get_by_test_id("composer").press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await picture(page, f"{width}-2-form")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog.get_by_text("Please", exact=False).first).to_be_visible()
    await dialog.get_by_role("combobox", name="Why do you need it?").click()
    await page.get_by_role("option", name="Facts of feedback or a complaint").click()
    lookup = dialog.get_by_role("combobox", name="Which calls?")
    await lookup.fill("yesterday")
    await expect(page.get_by_role("option").first).to_be_visible()
    await picture(page, f"{width}-3-typeahead")
    await lookup.press("ArrowDown")
    await lookup.press("Enter")
    reference = dialog.get_by_label("CRM request reference")
    # The call's own comes by itself, also while somebody types.
    await expect(reference).to_have_value(re.compile("^CS-"))
    await reference.fill("CS-10442")
    await dialog.get_by_label("What is it for?").fill("The customer says that we promised a refund.")
    await picture(page, f"{width}-4-filled")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog).to_be_hidden()


async def until(page: Page, truth: str, seconds: float) -> None:
    """Wait for something of the page; its own policy forbids Playwright's waiting."""
    for _ in range(int(seconds * 10)):
        if await page.evaluate(truth):
            return
        await page.wait_for_timeout(100)
    raise AssertionError(f"not within {seconds} s: {truth}")


@pytest.mark.parametrize(
    ("width", "viewport"), [("desktop", DESKTOP), pytest.param("phone", PHONE, marks=pytest.mark.soak)]
)
async def test_p7_from_the_command_to_hearing_the_call(tmp_path: Path, width: str, viewport: ViewportSize) -> None:
    """Ask, be asked, approve, listen; then the approver takes access away in the middle of the call."""
    phone = width == "phone"
    async with the_demo(tmp_path) as url, a_browser() as browser:
        context = await browser.new_context(
            viewport=viewport, has_touch=phone, locale="en-GB", timezone_id="Australia/Sydney"
        )
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(url)
        await become(page, "Anna Quill", phone=phone)
        await expect(page.get_by_text("type /recording-request in a channel", exact=False)).to_be_visible()
        await expect(page.get_by_test_id("composer")).to_have_count(0)
        await picture(page, f"{width}-0-app")
        await ask(page, width)
        await become(page, "Anna Quill", phone=phone)
        await expect(page.get_by_text("waiting for Tara Lindqvist").first).to_be_visible()
        await picture(page, f"{width}-5-requester")
        await become(page, "Tara Lindqvist", phone=phone)
        await expect(page.get_by_role("button", name=re.compile("^Approve")).first).to_be_visible()
        await picture(page, f"{width}-6-approver")
        await page.get_by_role("button", name=re.compile("^Approve")).first.click()
        await expect(page.get_by_text("approved by you").first).to_be_visible()
        await expect(page.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)
        await picture(page, f"{width}-7-decided")
        await become(page, "Anna Quill", phone=phone)
        player = await heard(context, page, width, faults)
        await become(page, "Tara Lindqvist", phone=phone)
        await _taken_away(page, player, width)
        assert not faults


async def heard(context: BrowserContext, page: Page, width: str, faults: list[str]) -> Page:
    """Anna opens the player, and hears the beginning."""
    await page.get_by_role("button", name=re.compile("^Listen")).first.click()
    link = (
        page.get_by_role("dialog")
        .get_by_role("link", name="Open the player")
        .or_(page.get_by_role("dialog").get_by_role("button", name="Open the player"))
    )
    await expect(link.first).to_be_visible()
    await picture(page, f"{width}-8-link")
    other = await context.new_page()  # the same person, at another place
    await other.goto(page.url)
    await expect(other.get_by_test_id(re.compile("^person-")).first).to_be_attached()
    await expect(other.get_by_role("dialog")).to_have_count(0)
    await other.close()
    async with context.expect_page() as opened:
        await link.first.click()
    player = await opened.value
    await expect(page.get_by_role("dialog")).to_be_hidden()
    player.on("pageerror", lambda error: faults.append(str(error)))
    await player.get_by_role("button", name=re.compile("^Play")).first.click()
    await until(player, "document.querySelector('audio').currentTime > 1.5", 10)
    await picture(player, f"{width}-9-player")
    return player


async def _taken_away(page: Page, player: Page, width: str) -> None:
    """Tara takes the access away, behind Manage at her home, in the middle of the call."""
    await page.get_by_role("tab", name="Home").click()
    await picture(page, f"{width}-10-home")
    await page.get_by_role("button", name=re.compile(r"^Manage\b")).click()
    manage = page.get_by_role("dialog")
    await manage.get_by_role("button", name=re.compile("^(Withdraw|Show all)")).first.click()
    await picture(page, f"{width}-10-manage")
    confirm = page.get_by_role("alertdialog").or_(page.get_by_role("dialog"))
    await confirm.get_by_role("button", name=re.compile("Yes|Withdraw|Confirm")).last.click()
    await until(
        player, "document.querySelector('audio').paused && !document.querySelector('audio').hasAttribute('src')", 5
    )
    await expect(player.get_by_text("withdrawn", exact=False).first).to_be_visible()
    await picture(player, f"{width}-11-withdrawn")
