"""P3: notices are asked for, phoned, looked at on the web and confirmed; a no becomes an outage that marks a call."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rehearsal.website import SampleWebsite
from handlers.rules.notices import next_working_morning
from tests.stories.errands import ask, card, done, manage
from tests.stories.house import ANNA, HELENA, RUTH, TARA, House
from tests.stories.somebody import Seen
from tests.stories.waiting import until

pytestmark = pytest.mark.story
NOTICE = re.compile(r"N-[2-9A-HJ-NP-Z]{8}")
MARKED = "from a time when the announcement was down."


@pytest.fixture
def website(house: House, tmp_path: Path) -> SampleWebsite:
    """The company's two pages."""
    house.steward.noticing.pages = SampleWebsite(tmp_path / "website")
    return house.steward.noticing.pages


async def _morning(house: House) -> None:
    """The next working morning at the home line, on which each notice is asked for."""
    house.clock.move(next_working_morning(house.steward.policy, house.clock.now()) + timedelta(hours=1))
    await house.steward.tick()
    await house.settled()


def _id(seen: Seen) -> str:
    return str(NOTICE.findall(seen.words)[0])


async def _fill(house: House, seen: Seen, button: str, answers: dict[str, str]) -> None:
    await house.on_slack(HELENA).fill_behind(seen, button, answers)
    await house.settled()


def _told(answer: str) -> dict[str, str]:
    return {"Is it exactly like that?": answer, "What did you hear or see?": "Rang from my own mobile at ten."}


async def test_p3_notices_are_confirmed_and_a_no_marks_calls(house: House, website: SampleWebsite) -> None:
    request = await ask(house, ANNA)
    await _morning(house)
    page = await house.on_slack(HELENA).open_from_morning("notice on the website")
    assert "The words are in the page’s text" in page.words

    phone = await house.on_slack(HELENA).open_from_morning("phone announcement")
    matter = _id(phone)
    await _fill(house, phone, "Confirm", _told("no"))
    refused = house.on_slack(HELENA).front()
    assert ("needs fixing" in refused.words, refused.offers) == (True, ["Enter an outage"])
    await until(lambda: any("answered no" in one.words for one in house.on_slack(RUTH).lines()), "Ruth hears of the no")

    today = house.steward.policy.company_day(house.clock.now())
    days = {"First day": f"{today - timedelta(days=30)}", "Last day": f"{today}", "Which line?": "all"}
    await _fill(house, refused, "Enter an outage", days)
    assert MARKED in card(house, TARA, request).words
    assert "Callers weren’t told" in (await manage(house, RUTH)).words
    assert await done(house, matter) == ["notices.open", "notices.answer"]
