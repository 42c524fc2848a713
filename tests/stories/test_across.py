"""One company, two chats: people who have an account in each, and requests that are asked in one and decided in the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.stories import places
from tests.stories.conftest import a_sound_house
from tests.stories.errands import ask, card, done, home, link, press, requests, send
from tests.stories.house import ANNA, DEVEN, HELENA, TARA, House
from tests.stories.ledger import person, place, reached, state
from tests.stories.somebody import Seen

pytestmark = pytest.mark.story


@pytest_asyncio.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncIterator[House]:
    """Everybody has an account in Slack and one in Teams, with the same e-mail address."""
    async with a_sound_house(tmp_path, sqlite_url, places.BOTH) as opened:
        yield opened


@pytest.mark.soak
async def test_p7_asked_in_teams_and_decided_in_slack(tmp_path: Path, sqlite_url: str) -> None:
    """P7, P9: the main job the other way round."""
    async with a_sound_house(tmp_path, sqlite_url, places.MIXED_OTHERWISE) as house:
        request, denied = await ask(house), await ask(house, reason="crime")
        await send(house, TARA, request, "Ask a question", "Which invoice is it about?")
        await send(house, ANNA, request, "Answer", "The one of March.")
        assert "The one of March." in card(house, TARA, request).words
        await press(house, TARA, request, "Approve")
        await send(house, HELENA, denied, "Deny", "The police asked for another call.")
        assert "/listen#" in await link(house, request)
        assert card(house, ANNA, request).buttons == ["Listen", "Withdraw"]
        assert "The police asked for another call." in card(house, ANNA, denied).words
        assert (await place(house, ANNA, request))[0] == "teams"
        assert (await place(house, TARA, request))[0] == "slack"


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
    await teams.press(teams.home(), "Use Teams")
    await house.settled()
    second = await ask(house, crm="CS-2")
    assert (len(slack.cards(second)), len(teams.cards(second))) == (0, 1)
    assert "Messages reach you in Teams." in teams.home().words

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
        assert (where.cards(request)[-1].buttons, len(where.cards(request))) == ([], 1)
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


@pytest.mark.soak
async def test_p7_a_blocked_bot_uses_the_other_platform(house: House) -> None:
    """P7: Tara wants Teams and has blocked the bot there; her card comes in Slack, and nobody else is asked."""
    await house.somebody(TARA, "teams").press(house.somebody(TARA, "teams").home(), "Use Teams")
    await house.settled()
    house.tenant.person(places.object_id(TARA)).block()
    request = await ask(house)
    assert card(house, TARA, request).buttons == ["Approve", "Deny", "Ask a question"]
    assert house.somebody(TARA, "teams").cards(request) == []
    assert await reached(house, TARA, request) == [("sent", "slack"), ("superseded", "slack")]
    assert requests(house, DEVEN) == set()
    await press(house, TARA, request, "Approve")
    assert await state(house, request) == "approved"


@pytest.mark.soak
async def test_p7_a_card_that_can_no_longer_be_redrawn_comes_anew_on_the_other_platform(house: House) -> None:
    """P7: Tara blocks the bot in Teams after her card has come there."""
    await house.somebody(TARA, "teams").press(house.somebody(TARA, "teams").home(), "Use Teams")
    await house.settled()
    request = await ask(house)
    house.tenant.person(places.object_id(TARA)).block()
    await press(house, ANNA, request, "Withdraw")
    assert await reached(house, TARA, request) == [("sent", "teams"), ("sent", "slack")]
    [seen] = house.somebody(TARA, "slack").cards(request)
    assert (seen.buttons, (await place(house, TARA, request))[0]) == ([], "slack")


@pytest.mark.soak
async def test_p7_what_is_pressed_on_one_platform_is_answered_there(house: House) -> None:
    """P7: an outdated card in Slack, while messages go to Teams."""
    old = card(house, TARA, request := await ask(house))
    await house.somebody(TARA, "teams").press(house.somebody(TARA, "teams").home(), "Use Teams")
    await house.settled()
    await press(house, ANNA, request, "Withdraw")
    await house.somebody(TARA, "slack").press(old, "Approve")
    await house.settled()
    assert "already withdrawn" in house.somebody(TARA, "slack").whispers()[-1]
    assert house.somebody(TARA, "teams").whispers() == []
    await home(house, TARA)
    await house.somebody(TARA, "slack").press(house.somebody(TARA, "slack").home(), "Use Slack")
    await house.settled()
    assert await reached(house, TARA, await ask(house, crm="CS-2")) == [("sent", "slack")]
