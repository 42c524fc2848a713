"""An approver says at home that she is away while a card waits: the deputy has it within a tick, and she after the last day (P7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from handlers.rules.access import company_day
from tests.stories.errands import ask, card, home, press
from tests.stories.house import ANNA, DEVEN, HELENA, TARA, House
from tests.stories.ledger import state

pytestmark = pytest.mark.story
DECIDES = ["Approve", "Deny", "Ask a question"]


def today(house: House) -> date:
    return company_day(house.steward.door.policy, house.clock.now())


async def next_day(house: House) -> None:
    """The next morning, and all that the clock asks for by then."""
    await house.moving.move_to(house.clock.now() + timedelta(days=1))
    await house.settled()


async def goes(house: House, last: date) -> str:
    """Tara says at home until when she is away; what she reads then."""
    await home(house, TARA)
    seen = await house.somebody(TARA).fill_at_home("I'm away", {"Last day": last.isoformat()})
    await house.settled()
    return seen.words


async def test_p7_the_deputy_has_it_within_a_tick_and_the_holder_too(anywhere: House) -> None:
    house = anywhere
    request = await ask(house)
    assert "Press I'm back if that changes." in await goes(house, today(house) + timedelta(days=1))
    await house.steward.tick()
    await house.settled()
    assert card(house, DEVEN, request).buttons == DECIDES
    head = await home(house, HELENA)
    assert "Tara Lindqvist · until" in head.words
    assert "Deven Okafor stands in" in head.words
    assert "I'm away" not in (await home(house, ANNA)).buttons
    await next_day(house)
    assert card(house, DEVEN, request).buttons == DECIDES
    await next_day(house)
    assert card(house, DEVEN, request).buttons == card(house, TARA, request).buttons == DECIDES
    await press(house, TARA, request, "Approve")
    assert await state(house, request) == "approved"
