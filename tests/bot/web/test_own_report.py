"""P13: who gave a name comes back to the own report from a chat."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from handlers.breach import intents
from storage.database.store import Database
from tests.bot.web.report_house import House, a_house

REPORT = "B-7F3KQ2XM"
MINE = f"/report/mine/{REPORT}"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with a_house(database) as opened:
        yield opened


async def test_p13_who_gave_a_name_comes_back_from_the_chat(house: House) -> None:
    cookie = await house.a_session(where="/report/mine")
    answer, page = await house.get(MINE, cookie=cookie)
    assert (answer.status, "Do you remember who else was there?" in page, 'name="receipt"' in page) == (
        200,
        True,
        False,
    )
    answer, _ = await house.post(f"{MINE}/add", {"words": "Two of Sales."}, cookie=cookie)
    assert (answer.status, answer.headers["Location"]) == (303, f"{MINE}#conversation")
    assert house.stand.done == [intents.AddOwn(REPORT, cookie.partition("=")[2], "Two of Sales.")]


async def test_p13_and_finds_what_was_typed_where_it_could_not_be_added(house: House) -> None:
    cookie = await house.a_session(where="/report/mine")
    answer, page = await house.post(f"{MINE}/add", {"words": ""}, cookie=cookie)
    assert (answer.status, "Please write something first." in page) == (422, True)
    house.stand.refuse = "This report is closed."
    answer, page = await house.post(f"{MINE}/add", {"words": "more"}, cookie=cookie)
    assert (answer.status, house.stand.refuse in page, "more</textarea>" in page) == (422, True, True)
    answer, page = await house.post(f"{MINE}/add", {"words": "more"}, cookie="report=none")
    assert (answer.status, "more" in page, "Press Reply in your chat" in page) == (403, True, True)
    house.stand.sessions.clear()
    assert (await house.get(MINE, cookie=cookie))[0].status == 403
