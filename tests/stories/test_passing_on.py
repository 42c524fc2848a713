"""An approver finds Pass on in the details, and the next authority decides: on each platform as its people do it (P7)."""

from __future__ import annotations

import pytest

from tests.stories.errands import ask, card, done, home, press, press_at_home
from tests.stories.house import ANNA, HELENA, TARA, House
from tests.stories.ledger import state

pytestmark = pytest.mark.story
WHY = "The customer is my aunt."


async def test_p7_a_request_is_passed_on_from_its_details_and_decided_by_the_next(anywhere: House) -> None:
    house = anywhere
    request = await ask(house)
    await home(house, TARA)
    details = await press_at_home(house, TARA, "Details")
    assert "Next is the Head of Customer Success." in details.words
    await house.somebody(TARA).send(details, "Pass on", WHY)
    await house.settled()
    assert card(house, TARA, request).buttons == []
    assert card(house, HELENA, request).buttons == ["Approve", "Deny", "Ask a question"]
    for uid in (HELENA, ANNA):
        assert "Tara Lindqvist passed it on" in card(house, uid, request).words
        assert WHY in card(house, uid, request).words
    await press(house, HELENA, request, "Approve")
    assert await state(house, request) == "approved"
    assert await done(house, request) == ["access.file", "access.pass_on", "access.approve"]
