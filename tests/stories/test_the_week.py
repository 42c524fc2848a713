"""On Monday the weekly digest comes, says who can't be reached, and is seen."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.stories.errands import ask, card, done, home
from tests.stories.house import ANNA, DEVEN, HELENA, RUTH, TARA, House
from tests.stories.waiting import until

pytestmark = pytest.mark.story
SYDNEY = ZoneInfo("Australia/Sydney")


def monday(house: House) -> datetime:
    """The next Monday, a minute after work began."""
    local = house.clock.now().astimezone(SYDNEY)
    days = 7 - local.weekday()
    return (local + timedelta(days=days)).replace(hour=9, minute=1, second=0, microsecond=0)


def _cards(house: House, uid: str) -> list[str]:
    return [one.words for one in house.somebody(uid).cards("WK-")]


async def test_p7_the_digest_tells_who_cannot_be_reached_and_is_seen(house: House) -> None:
    request = await ask(house, ANNA)
    gone = replace(house.workspace.member(DEVEN), standing="deactivated")  # and the event of it is lost
    house.workspace.members[DEVEN] = gone
    for days in (0, 1):  # a Monday may be a holiday
        if not _cards(house, HELENA):
            house.clock.move(monday(house) if days == 0 else house.clock.now() + timedelta(days=days))
            await house.steward.tick()
            await house.settled()
    await until(lambda: _cards(house, HELENA), "the weekly digest")
    (week,) = _cards(house, HELENA)
    told = ("please read it", "Waiting for an answer", " matter", "Can’t be read or reached", "verified to entry")
    assert [one for one in told if one not in week] == []
    assert (_cards(house, TARA), _cards(house, RUTH)) == ([], [])
    name = next(one for one in week.split() if one.startswith("WK-"))
    await house.somebody(HELENA).press(card(house, HELENA, name), "Details")
    await house.settled()
    details = house.somebody(HELENA).front().words
    assert request in details
    assert (
        "Deven Okafor (deputy of the Customer Success Specialist Team Leader) has no account that I can find" in details
    )
    assert "Week of" in (await home(house, HELENA)).words

    await house.somebody(HELENA).press(card(house, HELENA, name), "Seen")
    await house.settled()
    await until(lambda: "seen by you" in card(house, HELENA, name).words, "it is closed")
    assert (await done(house, name))[-1] == "digest.see"
