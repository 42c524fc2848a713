"""The main job as people do it on the demo's page (P7): for the story, for the pictures in docs/, and for the film in
the README.
"""

import re
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from tests.stories.waiting import until

APP = "Recording Steward"
PURPOSE = "The customer says that we promised a refund."
Shown = Callable[[str, Page], Awaitable[object]]
"""Called with the name of each sight worth keeping, and its page."""


async def become(page: Page, name: str, *, phone: bool = False, place: str = APP) -> None:
    """Switch to a person and look at the messages with the app, or at another conversation."""
    if phone:
        back = page.get_by_role("button", name=re.compile("back", re.IGNORECASE))
        while await back.count():
            await back.first.click()
    if not await page.get_by_text(f"You are {name}").count():
        await page.get_by_test_id(re.compile("^person-")).filter(has_text=name).first.click()
    await page.get_by_test_id(re.compile("^conv-")).filter(has_text=place).first.click()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}")).first


async def ask(page: Page, shown: Shown, *, phone: bool = False) -> None:
    """As Anna, type the command in a channel, read what is missing, fill in the form and send it."""
    await become(page, "Anna Quill", phone=phone, place="general")
    composer, dialog = page.get_by_test_id("composer"), page.get_by_role("dialog")
    if not phone:
        await expect(composer).to_be_focused()
    await composer.fill("/rec")
    await shown("completion", page)
    await composer.press("Enter")
    await composer.press("Enter")
    await expect(dialog).to_be_visible()
    await shown("form", page)
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog.get_by_text("Please", exact=False).first).to_be_visible()
    await dialog.get_by_role("combobox", name="Why do you need it?").click()
    await page.get_by_role("option", name="Facts of feedback or a complaint").click()
    lookup = dialog.get_by_role("combobox", name="Which calls?")
    await lookup.fill("yesterday")
    await expect(page.get_by_role("option").first).to_be_visible()
    await shown("typeahead", page)
    await lookup.press("ArrowDown")
    await lookup.press("Enter")
    reference = dialog.get_by_label("CRM request reference")
    # The call's own comes by itself, also while somebody types.
    await expect(reference).to_have_value(re.compile("^CS-"))
    await reference.fill("CS-10442")
    await dialog.get_by_label("What is it for?").fill(PURPOSE)
    await shown("filled", page)
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog).to_be_hidden()


async def approve(page: Page, shown: Shown, *, phone: bool = False) -> None:
    """As Tara, read the card and press Approve."""
    await become(page, "Tara Lindqvist", phone=phone)
    await expect(button(page, "Approve")).to_be_visible()
    await shown("approver", page)
    await button(page, "Approve").click()
    await expect(page.get_by_text("You approved").first).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)
    await expect(page.locator("article:focus")).to_contain_text("You approved")
    await shown("decided", page)


async def listen(page: Page, shown: Shown, *, phone: bool = False) -> Page:
    """As Anna, open the player and hear the beginning; return the player's page."""
    await become(page, "Anna Quill", phone=phone)
    await button(page, "Listen").click()
    link = page.get_by_role("dialog").get_by_text("Open the player").first
    await expect(button(page, "Open the player")).to_be_focused()
    await shown("link", page)
    async with page.context.expect_page() as opened:
        await link.click()
    player = await opened.value
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await button(player, "Play").click()
    # The page's own policy forbids Playwright's waiting.
    await until(lambda: player.evaluate("document.querySelector('audio').currentTime > 1.5"), "it plays", 10)
    await shown("player", player)
    return player
