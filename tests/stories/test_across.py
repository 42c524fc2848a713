"""One company, two chats: people who have an account in each, and requests that are asked in one and decided in the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.stories import places
from tests.stories.conftest import a_sound_house
from tests.stories.errands import ask, done, home
from tests.stories.house import ANNA, TARA, House
from tests.stories.ledger import person, place, reached, state
from tests.stories.somebody import Seen

pytestmark = pytest.mark.story


@pytest_asyncio.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncIterator[House]:
    """Everybody has an account in Slack and one in Teams, with the same e-mail address."""
    async with a_sound_house(tmp_path, sqlite_url, places.BOTH) as opened:
        yield opened


@pytest.mark.soak
@pytest.mark.parametrize(("asks", "presses"), [("slack", "teams"), ("teams", "slack")])
async def test_p7_two_accounts_are_one_person_who_can_not_approve_his_or_her_own(
    house: House, asks: str, presses: str
) -> None:
    """P7: Anna asks on one platform, and presses Approve with her own account on the other."""
    answers = {"CRM request reference": "CS-1", "What is it for?": "A complaint."}
    await house.somebody(ANNA, asks).ask("complaint", answers, "")
    await house.settled()
    [request] = [one["subject"] for one in await house.audit() if one["action"] == "access.file"]
    other = house.somebody(ANNA, presses)
    await other.open_home()
    await house.settled()
    await other.forge(other.home(), "approve", request)
    await house.settled()
    assert "This is your own request" in str([*other.whispers(), other.front()])
    assert (await state(house, request), await done(house, request)) == ("waiting", ["access.file"])
    [entry] = [one for one in await house.audit() if one["outcome"] == "refused"]
    assert (entry["action"], entry["actor"]) == ("access.approve", f"person:{await person(house, ANNA)}")


async def test_p7_a_matter_comes_once_where_it_is_wanted_and_is_decided_on_either(house: House) -> None:
    """P7: Prefer at home; the ledger and the copies say what reached Tara where."""
    slack, teams = house.somebody(TARA, "slack"), house.somebody(TARA, "teams")
    first = await ask(house)
    assert (len(slack.cards(first)), len(teams.cards(first))) == (1, 0)
    for button in ("Manage", "Use Teams"):
        await teams.press(teams.home(), button)
        await house.settled()
    second = await ask(house, crm="CS-2")
    assert (len(slack.cards(second)), len(teams.cards(second))) == (0, 1)
    await teams.press(teams.home(), "Manage")
    await house.settled()
    assert "You get messages in Teams." in teams.front().words

    await home(house, TARA)
    await slack.press(await details(house, second), "Approve")
    await house.settled()
    await teams.open_home()
    await teams.press(teams.home(), "Details")
    await house.settled()
    assert first in teams.front().words
    await teams.press(teams.front(), "Approve")
    await house.settled()
    for where, request in ((slack, first), (teams, second)):
        assert "approved by you" in where.cards(request)[-1].words
        assert (where.cards(request)[-1].offers, len(where.cards(request))) == ([], 1)
    assert (slack.cards(second), teams.cards(first)) == ([], [])
    assert await reached(house, TARA, first) == [("sent", "slack"), ("updated", "slack")]
    assert await reached(house, TARA, second) == [("sent", "teams"), ("updated", "teams")]
    assert ((await place(house, TARA, first))[0], (await place(house, TARA, second))[0]) == ("slack", "teams")


async def details(house: House, request: str) -> Seen:
    """The card behind the row of this request on the Slack home: the newer one stands last."""
    me = house.person(TARA)
    rows = [one for one in house.somebody(TARA).home().buttons if one == "Details"]
    await me.press("home", "Details", which=len(rows) - 1)
    await house.settled()
    found = house.somebody(TARA).front()
    assert request in found.words
    return found
