"""What only Slack has: people who are found by their address, and words that one person sees in passing."""

from __future__ import annotations

import pytest

from tests.stories.errands import ask, card, press
from tests.stories.house import ANNA, TARA, House
from tests.stories.places import DECIDE

pytestmark = pytest.mark.story


async def test_p7_officers_are_known_by_name_before_they_say_a_word(house: House) -> None:
    """P7: looked up by the policy's addresses at the start; nobody else is."""
    asked = {call.args["email"] for call in house.workspace.called("users.lookupByEmail")}
    assert asked == {house.workspace.member(uid).email for uid in DECIDE}
    known = await house.steward.database.read(
        lambda store: [store.people.account("slack", uid) is not None for uid in (*DECIDE, ANNA)]
    )
    assert known == [True] * len(DECIDE) + [False]
    request = await ask(house)
    assert "waiting for Tara Lindqvist" in card(house, ANNA, request).words


async def test_p7_a_late_click_is_told_to_that_person_alone_and_leaves_nothing_behind(house: House) -> None:
    request = await ask(house)
    old = card(house, TARA, request)
    await press(house, ANNA, request, "Withdraw")
    await house.somebody(TARA).press(old, "Approve")
    await house.settled()
    [said] = [one for one in house.workspace.dm(TARA) if one.ephemeral]
    assert (said.only_for, "already withdrawn" in said.text) == (TARA, True)
    assert house.somebody(TARA).news() == [card(house, TARA, request).news]
