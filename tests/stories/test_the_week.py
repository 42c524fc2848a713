"""On Monday the weekly digest comes, says who can't be reached, and is seen."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.stories.errands import ask, done, home
from tests.stories.house import ANNA, DEVEN, HELENA, RUTH, TARA, House
from tests.stories.waiting import until

pytestmark = pytest.mark.story
SYDNEY = ZoneInfo("Australia/Sydney")


def monday(house: House) -> datetime:
    """The next Monday, a minute after work began."""
    local = house.clock.now().astimezone(SYDNEY)
    days = 7 - local.weekday()
    return (local + timedelta(days=days)).replace(hour=9, minute=1, second=0, microsecond=0)


def _told(house: House, uid: str) -> list[str]:
    """What this person was sent that names the digest."""
    return [one.words for one in house.on_slack(uid).lines() if "WK-" in one.words]


async def test_p7_the_digest_tells_who_cannot_be_reached_and_is_seen(house: House) -> None:
    request = await ask(house, ANNA)
    gone = replace(house.workspace.member(DEVEN), standing="deactivated")  # and the event of it is lost
    house.workspace.members[DEVEN] = gone
    for days in (0, 1):  # a Monday may be a holiday
        if not _told(house, HELENA):
            house.clock.move(monday(house) if days == 0 else house.clock.now() + timedelta(days=days))
            await house.steward.tick()
            await house.settled()
    await until(lambda: _told(house, HELENA), "the weekly digest")
    assert (len(_told(house, HELENA)), _told(house, TARA), _told(house, RUTH)) == (1, [], [])
    week = await house.on_slack(HELENA).open_from_morning("Please read your weekly digest")
    told = (
        "please read it", request, "verified to entry",
        "Deven Okafor (deputy of the Customer Success Specialist Team Leader) has no account that I can find",
    )  # fmt: skip
    assert [one for one in told if one not in week.words] == []
    assert "Week of" in (await home(house, HELENA)).words

    name = next(one for one in week.words.split() if one.startswith("WK-"))
    await house.somebody(HELENA).press(week, "Seen")
    await house.settled()
    assert (await done(house, name))[-1] == "digest.see"
    assert "Week of" not in (await home(house, HELENA)).words
