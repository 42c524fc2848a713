"""What the stories start from: the whole bot with the sample company in Slack, which must be sound at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, DummyCookieJar
from playwright.async_api import Browser

from tests.ledgers import verdict_of
from tests.stories.browser import a_browser
from tests.stories.errands import Client
from tests.stories.house import SLACK, House, Place, a_house
from tests.stories.process import read_ahead
from tests.stories.waiting import until

LONGEST = ("test_wheel.py", "test_main_job.py", "test_the_month.py", "test_browser.py", "test_declined.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest first, so that no worker waits for another's."""
    items.sort(key=lambda one: LONGEST.index(one.path.name) if one.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def forks_are_ready() -> None:
    """Let the processes that others are forked from load the program meanwhile; a story's own bot would stall until
    then.
    """
    read_ahead()


@pytest.fixture(autouse=True)
def dated_by_their_calls(written_when_they_began: None) -> None:
    """A story's day differs from the machine's."""


@asynccontextmanager
async def a_sound_house(
    folder: Path, database_url: str, place: Place = SLACK, *, sockets: bool = False
) -> AsyncIterator[House]:
    """Check at the end that no platform refused anything, and that the audit log is intact."""
    async with a_house(folder, database_url, place, sockets=sockets) as opened:
        await until(lambda: opened.steward.greeted, "the holders have been met")
        await until(lambda: not sockets or opened.workspace.sockets.connected, "the bot opens its socket")
        await opened.settled()
        yield opened
        opened.sound()
        verdict = await opened.steward.database.read(verdict_of)
        assert verdict.fault == ""


@pytest_asyncio.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncIterator[House]:
    """A house whose people are in Slack."""
    async with a_sound_house(tmp_path, sqlite_url) as opened:
        yield opened


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[Client]:
    """A browser without scripts, at the pages of the house."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        yield Client(house.url, http)


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as opened:
        yield opened
