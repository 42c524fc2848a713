"""Whoever released a customer's copy leaves or says that she is away, and whoever stands in reads out the passcode (P8; 12.3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.bot.mail import post_office
from tests.stories.errands import card, home
from tests.stories.house import ANNA, CORA, DEVEN, TARA
from tests.stories.mailed import MailedHouse, a_mailed_house, file, mail, release
from tests.stories.test_away import goes, today

pytestmark = pytest.mark.soak
SENT = ["Passcode", "It bounced", "Wrong address", "Details"]
IN_DOUBT = ["Send again", "It arrived", "It bounced", "Details"]


@pytest_asyncio.fixture
async def mailed(tmp_path: Path, sqlite_url: str) -> AsyncIterator[MailedHouse]:
    async with a_mailed_house(tmp_path, sqlite_url) as opened:
        yield opened


async def _leave(mailed: MailedHouse, *people: str) -> None:
    for one in people:
        await mailed.town.workspace.change(one, "deactivated")
    await mailed.town.settled()
    await mailed.town.steward.tick()
    await mailed.town.settled()


async def _days(mailed: MailedHouse, number: int) -> None:
    await mailed.town.moving.move_to(mailed.town.clock.now() + timedelta(days=number))
    await mailed.town.settled()


async def _asked_to_ring(mailed: MailedHouse, request: str) -> None:
    """The deputy has the card, a line at home, and is asked to ring once some working days have passed."""
    house = mailed.town
    assert card(house, DEVEN, request).buttons == SENT
    assert "so it came to you" in card(house, DEVEN, request).words
    assert request in (await home(house, DEVEN)).words
    await _days(mailed, 9)
    words = f"Nobody has opened the link of customer’s request {request}. Ring the customer, and read out the passcode."
    assert any(words in one.words for one in house.somebody(DEVEN).lines())


async def test_p8_everybody_who_could_read_out_the_passcode_leaves(mailed: MailedHouse) -> None:
    request = await file(mailed.town)
    await release(mailed.town, request)
    assert (await mail(mailed.office)).code
    await _leave(mailed, TARA, CORA, ANNA)
    await _asked_to_ring(mailed, request)


async def test_p8_whoever_released_it_says_that_she_is_away(mailed: MailedHouse) -> None:
    house = mailed.town
    request = await file(house)
    await release(house, request)
    await mail(mailed.office)
    await goes(house, today(house) + timedelta(days=21))
    await house.steward.tick()
    await house.settled()
    await _asked_to_ring(mailed, request)


async def test_p8_a_mail_in_doubt_is_with_whoever_is_left(mailed: MailedHouse) -> None:
    house = mailed.town
    request = await file(house)
    mailed.office.script["text"] = post_office.LOST
    await release(house, request)
    await house.settled()
    await _leave(mailed, TARA, CORA)
    assert card(house, DEVEN, request).buttons == IN_DOUBT
    await _days(mailed, 21)  # seven working days are over then, also at Christmas
    assert any(
        f"{request} is overdue, and the customer has no answer yet" in one.words
        for one in house.somebody(DEVEN).lines()
    )
