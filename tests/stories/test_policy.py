"""P1: everyone who asks what the policy says is told."""

import pytest
from aiohttp import ClientSession

from tests.stories.house import ANNA, House

pytestmark = pytest.mark.story
ADDRESS = "tara.lindqvist@"


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


async def test_p1_the_page_is_for_everyone_and_needs_no_script(house: House) -> None:
    pages = []
    async with ClientSession() as http:
        for query in ({}, {"q": "<b>how long</b> are calls kept"}):
            async with http.get(f"{house.url}/policy", params=query) as answer:
                assert (answer.status, answer.content_type) == (200, "text/html")
                pages.append(await answer.text())
    whole, sought = pages
    assert all(f"P{number} · " in whole for number in range(1, 15))
    assert ("<script" in whole, "@" in whole, "Fernhill Telecare" in whole) == (False, False, True)
    assert ("12 calendar months" in sought, "<b>" in sought) == (True, False)
