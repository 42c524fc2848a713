"""P7: an approver is away: the deputy has the request at once, and the holder decides when she is back."""

from datetime import timedelta

import pytest

from tests.stories.errands import ask, card, manage, press
from tests.stories.house import ANNA, DEVEN, TARA, House

pytestmark = pytest.mark.story
DECIDES = ["Approve", "Deny", "Ask a question"]


async def test_p7_the_deputy_has_it_within_a_tick_and_the_holder_too(house: House) -> None:
    request = await ask(house)
    last = house.steward.door.policy.company_day(house.clock.now()) + timedelta(days=1)
    told = await house.on_slack(TARA).fill_behind(await manage(house, TARA), "I'm away", {"Last day": last.isoformat()})
    await house.settled()
    assert "press I'm back on Home" in told.words
    await house.steward.tick()
    await house.settled()
    assert card(house, DEVEN, request).offers == DECIDES
    assert "I'm away" not in (await manage(house, ANNA)).buttons
    for _ in range(2):
        await house.moving.move_to(house.clock.now() + timedelta(days=1))
        await house.settled()
    assert card(house, DEVEN, request).offers == card(house, TARA, request).offers == DECIDES
    await press(house, TARA, request, "Approve")
    assert card(house, DEVEN, request).offers == []
    assert "You approved" in card(house, TARA, request).words
