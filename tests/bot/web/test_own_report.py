"""P13: whoever reported comes back, from a chat or with the receipt, and is asked about whom later words seem to name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from handlers.breach import intents
from storage.database.store import Database
from tests.bot.web.report_house import HEAD, House, a_house
from tests.each import each

REPORT = "B-7F3KQ2XM"
MINE = f"/report/mine/{REPORT}"
WORDS, FIELD = "It was <Helena>.", f"kept out: {HEAD}"


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


@each("late", ["Nobody has acknowledged it yet, and the time for that is over.", ""])
async def test_p13_the_page_says_what_is_late_and_to_whom_to_turn_or_that_nobody_may_read_it(
    house: House, late: str
) -> None:
    resort, sealed = "the Fair Work Ombudsman", "Nobody here may read it at the moment"
    house.stand.reporter = replace(house.stand.reporter, late=late, last_resort=resort)
    _, page = await house.get(MINE, cookie=await house.a_session(where="/report/mine"))
    assert f"<strong>{resort}</strong>" in page
    assert (sealed in page, "You need not wait for that" in page) == (not late, bool(late))
    assert late in page
    house.stand.reporter = replace(house.stand.reporter, late="", last_resort="")
    _, page = await house.get(MINE, cookie=await house.a_session(where="/report/mine"))
    assert resort not in page
