"""B7 and P13: what strangers guess keeps nobody out who reports, and takes no writer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network

import pytest
import pytest_asyncio

from bot.web.limits import LINKS, RECEIPTS
from handlers.breach.start import token
from storage.database.store import Database
from tests.bot.web.report_house import House, a_house
from tests.handlers.builders import Clock, Company, a_company

PROXY, HERS = (ip_network("127.0.0.0/8"),), "198.51.100.7"
GUESSED = {"/report/start": "code"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


@pytest_asyncio.fixture
async def house(company: Company) -> AsyncIterator[House]:
    """The pages before the handlers themselves."""
    async with a_house(company.database, trusted=PROXY, door=company.door) as opened:
        yield opened


async def post(house: House, path: str, address: str = HERS, **fields: str) -> tuple[int, str]:
    answer, page = await house.post(path, fields, x_forwarded_for=address)
    return answer.status, page


async def strangers(house: House, path: str) -> None:
    """As many guesses as all strangers together have in a minute, each of which is counted."""
    for number in range(RECEIPTS.all):
        told = {GUESSED[path]: f"guess {number}"}
        assert (await post(house, path, f"203.0.113.{number // RECEIPTS.one}", **told))[0] == 403
    assert (await post(house, path, "203.0.113.99", **{GUESSED[path]: "guess"}))[0] == 429


async def test_b7_a_good_link_leads_to_the_form_whatever_strangers_guess(house: House, company: Company) -> None:
    await strangers(house, "/report/start")
    good = token(company.door.keys, "teams:anna", company.clock())
    status, page = await post(house, "/report/start", code=good)
    assert (status, "What happened?" in page) == (200, True)
    assert (await post(house, "/report/start", code=good))[0] == 429  # which was used, and counts as a guess


@pytest.mark.parametrize("path", GUESSED)
async def test_b7_a_guess_takes_no_writer(house: House, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    taken: list[object] = []
    monkeypatch.setattr(house.door.database, "write", lambda *told: taken.append(told))
    for guess in ("guess", "", "😀", "x" * 200):
        assert (await post(house, path, **{GUESSED[path]: guess}))[0] == 403
    assert taken == []


async def test_p13_a_link_that_is_over_and_one_that_is_none_are_one_page(house: House, company: Company) -> None:
    old = token(company.door.keys, "teams:anna", company.clock() - timedelta(hours=3))
    used = token(company.door.keys, "teams:anna", company.clock())
    assert (await post(house, "/report/start", code=used))[0] == 200
    found = {await post(house, "/report/start", code=one) for one in (old, used, "guess")}
    assert len(found) == 1
    assert LINKS.words not in str(found)
