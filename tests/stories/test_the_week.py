"""On Monday the weekly digest comes, says who can't be reached, and is seen; in Slack and in Teams."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.digest.steps import See
from tests.stories.errands import ask, card, done, home
from tests.stories.house import ANNA, DEVEN, HELENA, RUTH, TARA, House
from tests.stories.test_left_the_company import leaves
from tests.stories.waiting import until

pytestmark = pytest.mark.story
SYDNEY = ZoneInfo("Australia/Sydney")


def monday(house: House) -> datetime:
    """The next Monday, a minute after work began."""
    local = house.clock.now().astimezone(SYDNEY)
    days = 7 - local.weekday()
    return (local + timedelta(days=days)).replace(hour=9, minute=1, second=0, microsecond=0)


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
        "please look through it",
        "Waiting for an answer",
        " matter",
        "People I can’t reach",
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


@pytest.mark.soak
async def test_a_digest_that_nobody_sees_goes_to_the_other_one_after_five_working_days(anywhere: House) -> None:
    house = anywhere
    first = monday(house)
    await _goes_on(house, first)
    await until(lambda: _cards(house, HELENA), "the weekly digest")
    await _goes_on(house, first + timedelta(days=7, hours=8))
    assert not _cards(house, RUTH)
    await _goes_on(house, first + timedelta(days=8))  # when she begins to work
    came = "came to you because nobody has seen it yet"
    (told,) = await until(
        lambda: [one.words for one in house.somebody(RUTH).lines() if came in one.words], "it is passed on"
    )
    assert not _cards(house, RUTH), (
        "with what else falls that morning it is one message, and its card is behind Details"
    )
    name = next(one for one in told.split() if one.startswith("WK-"))
    ruth = await house.steward.directories[house.somebody(RUTH).platform].visitor(house.somebody(RUTH).account)
    await house.steward.door.enter(See(name), ruth)
    await house.settled()
    await until(lambda: "seen by Ruth Adeyemi" in card(house, HELENA, name).words, "the first reads who has seen it")
