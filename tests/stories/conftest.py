"""What the stories start from: a house with everything in it, sound when they leave it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.stories import places
from tests.stories.browser import a_browser
from tests.stories.forked import read_ahead
from tests.stories.house import House, a_house
from tests.stories.waiting import until

LONGEST = (
    "test_wheel.py", "test_main_job.py", "test_nothing_is_left.py", "test_the_month.py",
    "test_browser.py", "test_declined.py",
)  # fmt: skip
GROUNDS = {
    "slack-sqlite": (places.SLACK, "sqlite_url"),
    "slack-postgresql": (places.SLACK, "postgresql_url"),
    "teams-sqlite": (places.TEAMS, "sqlite_url"),
    "mixed-sqlite": (places.MIXED, "sqlite_url"),
}
ELSEWHERE = [pytest.param(one, marks=pytest.mark.soak) for one in GROUNDS if one != "slack-sqlite"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no worker waits for another's."""
    items.sort(key=lambda one: LONGEST.index(one.path.name) if one.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def forks_are_ready() -> None:
    """What processes are forked off reads the program meanwhile; a story's own bot would stand still until it has."""
    read_ahead()


@pytest.fixture(autouse=True)
def dated_by_their_calls(written_when_they_began: None) -> None:
    """A story's day is another one than the machine's."""


@asynccontextmanager
async def a_sound_house(folder: Path, database_url: str, place: places.Place) -> AsyncIterator[House]:
    """No platform has refused anything in the end, and the audit log holds."""
    async with a_house(folder, database_url, place=place) as opened:
        await until(lambda: opened.steward.greeted, "the holders have been met")
        await opened.settled()
        yield opened
        opened.sound()
        verdict = await opened.steward.database.read(lambda store: store.audit.verify())
        assert verdict.fault == ""


@pytest_asyncio.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    """A house whose people are in Slack, on each kind of database."""
    async with a_sound_house(tmp_path, database_url, places.SLACK) as opened:
        yield opened


@pytest.fixture(params=["slack-sqlite", *ELSEWHERE])
def ground(request: pytest.FixtureRequest) -> tuple[places.Place, str]:
    """Where people are, and a fresh database; only `make soak` leaves Slack and SQLite, unless a test says more."""
    place, database = GROUNDS[request.param]
    return place, request.getfixturevalue(database)


@pytest_asyncio.fixture
async def anywhere(tmp_path: Path, ground: tuple[places.Place, str]) -> AsyncIterator[House]:
    """A house with everybody in Slack, everybody in Teams, or those who ask in Slack and those who decide in Teams."""
    place, database_url = ground
    async with a_sound_house(tmp_path, database_url, place) as opened:
        yield opened


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as opened:
        yield opened
