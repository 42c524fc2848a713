"""On Monday the weekly digest comes, says who can't be reached, and is seen; in Slack and in Teams."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.stories.errands import ask, card, done, home
from tests.stories.house import ANNA, DEVEN, HELENA, RUTH, TARA, House
from tests.stories.places import object_id
from tests.stories.waiting import until

pytestmark = pytest.mark.story
SYDNEY = ZoneInfo("Australia/Sydney")


def monday(house: House) -> datetime:
    """The next Monday, a minute after work began."""
    local = house.clock.now().astimezone(SYDNEY)
    days = 7 - local.weekday()
    return (local + timedelta(days=days)).replace(hour=9, minute=1, second=0, microsecond=0)


def leaves(house: House, uid: str) -> None:
    """The account is switched off, and the event of it is lost."""
    if house.somebody(uid).platform == "slack":
        house.workspace.members[uid] = replace(house.workspace.member(uid), standing="deactivated")
    else:
        house.tenant.members[object_id(uid)] = replace(house.tenant.member(object_id(uid)), standing="deactivated")


async def _goes_on(house: House, to: datetime) -> None:
    house.clock.move(to)
    await house.steward.tick()
    await house.settled()


def _cards(house: House, uid: str) -> list[str]:
    return [one.words for one in house.somebody(uid).cards("WK-")]


async def test_p7_the_digest_tells_who_cannot_be_reached_and_is_seen(anywhere: House) -> None:
    house = anywhere
    request = await ask(house, ANNA)
    leaves(house, DEVEN)
    await _goes_on(house, monday(house))
    await until(lambda: _cards(house, HELENA), "the weekly digest")
    (week,) = _cards(house, HELENA)
    for words in (
        "please read it",
        "Waiting for an answer",
        " matter",
        "Can’t be read or reached",
        "verified to entry",
    ):
        assert words in week
    assert (_cards(house, TARA), _cards(house, RUTH)) == ([], [])
    name = next(one for one in week.split() if one.startswith("WK-"))
    await house.somebody(HELENA).press(card(house, HELENA, name), "Details")
    await house.settled()
    told = house.somebody(HELENA).front().words
    assert request in told
    assert "Deven Okafor (deputy of the Customer Success Specialist Team Leader) has no account that I can find" in told
    assert "Week of" in (await home(house, HELENA)).words

    await house.somebody(HELENA).press(card(house, HELENA, name), "Seen")
    await house.settled()
    await until(lambda: "seen by you" in card(house, HELENA, name).words, "it is closed")
    assert (await done(house, name))[-1] == "digest.see"
