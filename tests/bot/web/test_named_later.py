"""P13: the page asks about whom later words seem to name, keeps what was typed meanwhile, and in doubt keeps somebody out."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from handlers.breach import intents
from storage.database.store import Database
from tests.bot.web.report_house import HEAD, House, a_house
from tests.bot.web.test_own_report import MINE, REPORT
from tests.bot.web.test_reporting import filed, hidden

WORDS, FIELD = "It was <Helena>.", f"kept out: {HEAD}"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with a_house(database) as opened:
        yield opened


async def test_p13_who_comes_with_a_receipt_is_asked_and_loses_no_word(house: House) -> None:
    receipt = await filed(house)
    house.stand.asks = True
    answer, page = await house.post("/report/add", {"receipt": receipt, "words": WORDS, "once": "1"})
    assert (answer.status, "Nothing is sent yet" in page, "It was &lt;Helena&gt;.</textarea>" in page) == (
        200,
        True,
        True,
    )
    assert f"Should the {HEAD} be kept from this report from now on?" in page
    assert page.index(f'name="{FIELD}" value="yes" checked') < page.index(f'name="{FIELD}" value="no"')
    told = {"receipt": receipt, "words": WORDS, "once": hidden(page, "once"), FIELD: "no"}
    answer, page = await house.post("/report/add", told)
    assert (answer.status, "It was &lt;Helena&gt;.</p>" in page, "kept from" in page) == (200, True, False)
    await house.post("/report/add", told)
    assert [(one.kept_out, one.let_in) for one in house.stand.added] == [((), ()), ((), (HEAD,))]


@pytest.mark.parametrize("answered", ["yes", "", "perhaps"])
async def test_p13_in_doubt_somebody_is_kept_out(house: House, answered: str) -> None:
    receipt = await filed(house)
    await house.post("/report/add", {"receipt": receipt, "words": WORDS, "once": "1", FIELD: answered})
    assert [(one.kept_out, one.let_in) for one in house.stand.added] == [((HEAD,), ())]


async def test_p13_who_gave_a_name_is_asked_on_the_own_page(house: House) -> None:
    cookie = await house.a_session(where="/report/mine")
    house.stand.asks = True
    answer, page = await house.post(f"{MINE}/add", {"words": WORDS}, cookie=cookie)
    assert (answer.status, "Nothing is sent yet" in page, "It was &lt;Helena&gt;.</textarea>" in page) == (
        200,
        True,
        True,
    )
    answer, _ = await house.post(f"{MINE}/add", {"words": WORDS, FIELD: "yes"}, cookie=cookie)
    assert (answer.status, answer.headers["Location"]) == (303, f"{MINE}#conversation")
    assert house.stand.done[-1] == intents.AddOwn(REPORT, cookie.partition("=")[2], WORDS, (HEAD,))
