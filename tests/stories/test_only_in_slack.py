"""What only Slack has: people who are found by their address, and words that one person sees in passing."""

from __future__ import annotations

import pytest

from tests.stories.errands import ask, card, press, requests
from tests.stories.house import ANNA, TARA, House
from tests.stories.places import DECIDE
from tests.stories.waiting import until

pytestmark = pytest.mark.soak


async def test_p7_holders_of_roles_are_known_by_name_before_they_say_a_word(house: House) -> None:
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


async def test_p7_a_form_that_words_opened_is_sent_with_the_call_that_they_found(house: House) -> None:
    anna = house.person(ANNA)
    assert (await anna.command("/recording-request CS-10442")).ok
    await until(lambda: anna.modal and anna.modal["submit"], "the form opens with what was found")
    await anna.press("modal", "redraw", "complaint")
    await house.settled()
    outcome = await anna.submit({"What is it for?": "The customer complains."})
    assert outcome.ok, outcome
    await house.settled()
    [request] = requests(house, ANNA)
    assert "CS-10442" in card(house, TARA, request).words
