"""P8: whoever speaks for a customer has a call read to them at a number that the Head allowed, since that of the call is not theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.stories import places
from tests.stories.browser import a_browser
from tests.stories.customer import come_in
from tests.stories.errands import card
from tests.stories.house import HELENA, TARA
from tests.stories.mailed import (
    Mailed,
    a_mailed_town,
    another_number,
    asked,
    done,
    file,
    mail,
    numbers,
    passcode,
    release,
)

pytestmark = pytest.mark.soak
GROUNDS = {"slack": places.SLACK, "teams": places.TEAMS}
NUMBER, WHY = "+61 491 570 006", "It stands on the power of attorney."
AUTHORITY = {
    "Who asks?": "authority", "Their name": "Ms Ellis",
    "Which letter gives them authority, and of what day?": "Power of attorney of 3 November 2026",
}  # fmt: skip


@pytest_asyncio.fixture(params=GROUNDS)
async def company(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Mailed]:
    place = GROUNDS[request.param]
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", place) as opened:
        yield opened


async def test_p8_with_authority_the_head_allows_the_number_first(company: Mailed) -> None:
    town = company.town
    request = await file(town, asked(other=AUTHORITY))
    await release(town, request)
    letter = await mail(company.office)
    shown = await numbers(town, request)
    assert "is not that of whoever asks" in shown.words
    assert "Show the passcode" not in shown.buttons
    await another_number(town, request, NUMBER, WHY)
    assert NUMBER not in str([one.words for one in town.somebody(HELENA).lines()])
    async with a_browser() as browser:
        await come_in(await browser.new_page(), letter, await passcode(town, request))
    assert NUMBER in town.somebody(TARA).front().words
    assert "sent to the customer" in card(town, TARA, request).words
    actions = done(await town.audit(), request)
    assert [one for one in actions if "number" in one] == ["customer.ask_number", "customer.allow_number"]
    assert NUMBER.replace(" ", "") not in str(await town.audit())
