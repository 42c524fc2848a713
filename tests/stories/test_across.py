"""One company, two chats: a person with an account in each gets a matter once, where she wants it, and decides it on either (P7)."""

from pathlib import Path

import pytest

from tests.stories.conftest import a_sound_house
from tests.stories.errands import ask, home
from tests.stories.house import BOTH, TARA, House
from tests.stories.somebody import Seen

pytestmark = pytest.mark.story


async def test_p7_a_matter_comes_once_and_is_decided_on_either(tmp_path: Path, sqlite_url: str) -> None:
    async with a_sound_house(tmp_path, sqlite_url, BOTH) as house:
        slack, teams = house.somebody(TARA, "slack"), house.somebody(TARA, "teams")
        first = await ask(house)
        assert (len(slack.cards(first)), len(teams.cards(first))) == (1, 0)
        for button in ("Manage", "Use Teams"):
            await teams.press(teams.home(), button)
            await house.settled()
        second = await ask(house, crm="CS-2")
        assert (len(slack.cards(second)), len(teams.cards(second))) == (0, 1)

        await home(house, TARA)
        await slack.press(await _details(house, second), "Approve")
        await house.settled()
        await teams.open_home()
        await teams.press(teams.home(), "Details")
        await house.settled()
        assert first in teams.front().words
        await teams.press(teams.front(), "Approve")
        await house.settled()
        for where, request in ((slack, first), (teams, second)):
            [only] = where.cards(request)
            assert ("You approved" in only.words, only.offers) == (True, [])
        assert (slack.cards(second), teams.cards(first)) == ([], [])


async def _details(house: House, request: str) -> Seen:
    """The card behind this request's row on the Slack home: the newer one is last."""
    rows = [one for one in house.somebody(TARA).home().buttons if one == "Details"]
    await house.person(TARA).press("home", "Details", which=len(rows) - 1)
    await house.settled()
    found = house.somebody(TARA).front()
    assert request in found.words
    return found
