"""The main job in Microsoft's own local client: two people, two Agents Playgrounds, a real browser (P7)."""

import asyncio
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession
from playwright.async_api import Browser, FrameLocator, Locator, Page, expect

from tests.stories.browser import a_browser, picture
from tests.stories.house import ROOT, free_port
from tests.stories.waiting import until

pytestmark = [pytest.mark.soak, pytest.mark.story]
ADDRESS = re.compile(r"http://localhost:\d+")
NO_NODE = "NOT TRIED: the main job in Microsoft's own client. It needs Node.js 18 or newer, with npm."
PURPOSE = "The customer says that we promised a refund."


@pytest.fixture
def node(capsys: pytest.CaptureFixture[str]) -> None:
    """Skips where Microsoft's client can't run at all, and says so above the dots."""
    if not (shutil.which("node") and shutil.which("npm")):
        with capsys.disabled():
            print(f"\n{NO_NODE}")
        pytest.skip(NO_NODE)


@asynccontextmanager
async def the_demo(folder: Path) -> AsyncIterator[list[str]]:
    """`recording-steward demo-teams` in a process of its own; gives the addresses that it tells."""
    arguments = ["-m", "bot", "demo-teams", "--port", str(free_port()), "--no-browser", "--data", str(folder)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, env=dict(os.environ), stdout=PIPE
    )
    told: list[str] = []
    try:
        told += await asyncio.wait_for(_addresses(process), 120)  # the first time the client is fetched
        yield told
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0
    assert [url for url in told if await _answers(url)] == []


async def _addresses(process: Process) -> list[str]:
    assert process.stdout is not None
    told: list[str] = []
    while len(told) < 3:
        line = (await process.stdout.readline()).decode()
        assert line, "the program ended"
        told += ADDRESS.findall(line)
    return told


async def _answers(url: str) -> bool:
    async with ClientSession() as http:
        try:
            async with http.get(url):
                return True
        except ClientConnectionError:
            return False


async def both(browser: Browser, url: str) -> tuple[Page, FrameLocator, FrameLocator]:
    """Anna's and Tara's chats side by side; each has been met by the bot."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Australia/Sydney"
    )
    context.set_default_timeout(10_000)
    page = await context.new_page()
    await page.goto(url, timeout=60_000)  # Microsoft's client is large, twice
    anna, tara = (page.frame_locator(f'iframe[title^="{name}"]') for name in ("Anna", "Tara"))
    for chat in (anna, tara):
        await expect(chat.get_by_role("button", name="Ask for a recording")).to_be_visible(timeout=20_000)
        await expect(chat.get_by_text("Log Panel")).to_have_count(0)
    return page, anna, tara


async def ask(page: Page, chat: FrameLocator) -> None:
    """Write the command, be told what is missing, fill in the form and send it."""
    box = chat.locator("[data-lexical-editor]")
    await box.click()
    await box.press_sequentially("recording-request")
    await box.press("Enter")
    form = card(chat, "Why do you need it?")
    await press(form, "Send")
    await expect(form.get_by_text("Please choose one.")).to_be_visible()
    for label, place in (("Why do you need it?", 3), ("Which calls?", 1)):
        await form.get_by_role("combobox", name=label).click()
        await chat.get_by_role("option").or_(chat.get_by_role("menuitemcheckbox")).nth(place).click()
    await page.keyboard.press("Escape")
    await form.get_by_label("CRM request reference").fill("CS-10442")
    await form.get_by_label("What is it for?").fill(PURPOSE)
    await picture(page, "teams-1-filled")
    await press(form, "Send")
    await expect(chat.get_by_text("Sent to ").last).to_be_visible()


async def press(card: Locator, button: str) -> None:
    await card.get_by_role("button", name=button, exact=True).click()


def card(chat: FrameLocator, words: str) -> Locator:
    """The newest card that says this."""
    return chat.locator(".ac-adaptiveCard").filter(has_text=words).last


@pytest.mark.browser
@pytest.mark.usefixtures("node")
@pytest.mark.machine_clock  # which Microsoft's client has
async def test_p7_two_people_in_microsofts_own_client(tmp_path: Path) -> None:
    """A request is asked about, answered, approved and heard."""
    async with the_demo(tmp_path) as told, a_browser() as browser:
        # Its own setting would let in everybody of the network.
        assert [_listening(int(url.rpartition(":")[2])) for url in told[1:]] == [{"0100007F"}] * 2
        async with ClientSession() as http, http.get(f"{told[0]}/readyz") as answer:
            assert (await answer.json())["waits"] == {}
        page, anna, tara = await both(browser, told[0])
        await ask(page, anna)
        await expect(card(tara, PURPOSE).get_by_role("button", name="Approve")).to_be_visible()
        await press(card(tara, PURPOSE), "Ask a question")
        await tara.get_by_role("textbox", name=re.compile("question", re.IGNORECASE)).last.fill("Which invoice is it?")
        await press(card(tara, "Ask the requester"), "Send")
        await expect(anna.get_by_text("Which invoice is it?").last).to_be_visible()
        await picture(page, "teams-2-asked")
        await anna.get_by_role("button", name="Answer").last.click()
        await anna.get_by_role("textbox", name=re.compile("answer", re.IGNORECASE)).last.fill("The one of October.")
        await press(card(anna, "Answer the question"), "Send")
        await expect(tara.get_by_text("The one of October.").last).to_be_visible()
        await press(card(tara, "The one of October."), "Approve")
        await expect(tara.get_by_text("You approved").last).to_be_visible()
        await expect(tara.get_by_role("button", name="Approve")).to_have_count(0)
        await picture(page, "teams-3-approved")
        await heard(page, anna)


async def heard(page: Page, anna: FrameLocator) -> None:
    await anna.get_by_role("button", name="Listen").last.click()
    link = anna.get_by_role("button", name="Open the player").or_(anna.get_by_role("link", name="Open the player"))
    await expect(link.last).to_be_visible()
    async with page.context.expect_page() as opened:
        await link.last.click()
    player = await opened.value
    await player.get_by_role("button", name=re.compile("^Play")).first.click()
    await until(lambda: player.evaluate("document.querySelector('audio').currentTime > 1.5"), "it plays", 10)
    await expect(link).to_have_count(0, timeout=30_000)  # the card is back in its place


def _listening(port: int) -> set[str]:
    """The addresses at which a program listens on a port, as the kernel writes them."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    return {row[1].split(":")[0] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}
