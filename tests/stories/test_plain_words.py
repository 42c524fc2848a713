"""P1, P7: from a sentence to the listening, and how it stands in between."""

import pytest

from tests.stories.errands import card, ears, press, requests
from tests.stories.house import ANNA, HELENA, TARA, House
from tests.stories.somebody import Seen
from tests.stories.waiting import until

pytestmark = pytest.mark.story


async def says(house: House, uid: str, words: str, shows: str) -> Seen:
    """Anna writes this, and what stands there then says so."""
    who = house.on_slack(uid)
    await house.settled()
    await who.say(words)
    await until(lambda: shows in who.front().words, f"“{words}” shows {shows}")
    return who.front()


async def test_p7_from_a_sentence_to_the_call(house: House) -> None:
    """P7: a wish opens the form filled in; sent as it stands, approved, heard; and asked about meanwhile."""
    anna = house.on_slack(ANNA)
    wish = "recording-request I need the call CS-10442 because the customer complained about the price"
    await says(house, ANNA, wish, "I found this call.")
    await anna.fill(
        {"Why do you need it?": "complaint", "What is it for?": "Because the customer complained about the price"}
    )
    await until(lambda: len(requests(house, ANNA)) == 1, "it is filed")
    await house.settled()
    [request] = requests(house, ANNA)
    assert "Because the customer complained about the price" in card(house, TARA, request).words
    assert request in (await says(house, ANNA, "recording-policy where is my request?", request)).words
    assert (
        request not in (await says(house, HELENA, "recording-policy where is my request?", "asked for nothing")).words
    )
    await press(house, TARA, request, "Approve")
    async with ears(house, request, seen=anna.cards(request)[0]) as heard:
        assert (await heard.told("access"))["person"] == "Anna Quill"
