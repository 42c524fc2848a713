"""P1, P3: everyone who asks what the policy says is told, in Slack, in Teams and on the web."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.stories.conftest import a_sound_house
from tests.stories.house import ANNA, House
from tests.stories.places import SLACK

pytestmark = pytest.mark.story
ADDRESS = "tara.lindqvist@"


@pytest_asyncio.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncIterator[House]:
    async with a_sound_house(tmp_path, sqlite_url, SLACK) as opened:
        yield opened


def shown(house: House, uid: str) -> str:
    view = house.workspace.modal(uid)
    assert view is not None
    return str(view.body)


async def test_p1_the_command_shows_every_clause_and_details_show_one(house: House) -> None:
    anna = house.workspace.person(ANNA)
    assert (await anna.command("/recording-policy")).ok
    await house.settled()
    assert all(f"P{number} · " in shown(house, ANNA) for number in range(1, 15))
    await anna.press("modal", "Details", which=6)
    await house.settled()
    assert "Access lasts" in shown(house, ANNA)
    assert ADDRESS in shown(house, ANNA)


@pytest.mark.soak
async def test_p1_the_page_is_for_everybody_and_needs_no_script(house: House) -> None:
    async with ClientSession() as http:
        async with http.get(f"{house.url}/policy") as answer:
            page = await answer.text()
            assert (answer.status, answer.content_type) == (200, "text/html")
        async with http.get(f"{house.url}/policy", params={"q": "<b>how long</b> are calls kept"}) as answer:
            sought = await answer.text()
    assert all(f"P{number} · " in page for number in range(1, 15))
    assert ("<script" in page, "@" in page, "Fernhill Telecare" in page) == (False, False, True)
    assert ("12 calendar months" in sought, "&lt;b&gt;how long" in sought, "<b>" in sought) == (True, True, False)
