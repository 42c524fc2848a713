"""A customer's download that comes in pieces: it goes on where it broke off, and counts as whole once all of it was fetched (P8, P12)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from storage.database.store import Database
from tests.bot.web.copy_house import CopyHouse, a_copy_house, fetched, where
from tests.handlers.builders import Clock, Company, a_company, audit
from tests.stories.waiting import until


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


@pytest_asyncio.fixture
async def house(company: Company) -> AsyncIterator[CopyHouse]:
    async with a_copy_house(company) as opened:
        yield opened


async def test_p8_a_download_goes_on_where_it_broke_off(house: CopyHouse) -> None:
    one = await (await house.sent(calls=house.calls[:1])).let_in()
    path, cookie = where(one, house.calls[0], "download")
    answer, first = await house.raw("GET", path, cookie=cookie, range="bytes=0-49999")
    assert (answer.status, len(first), answer.headers["Content-Range"]) == (206, 50_000, "bytes 0-49999/96044")
    assert (await one.row()).fetched_at is None
    answer, rest = await house.raw("GET", path, cookie=cookie, range="bytes=50000-", if_range=answer.headers["ETag"])
    assert (answer.status, first + rest == house.sounds[0]) == (206, True)
    on_record = sorted((row.kind, round(row.start, 2), round(row.end, 2)) for row in await one.had())
    assert on_record == [("downloaded", 0, 3.12), ("downloaded", 3.12, 6)]
    await until(lambda: fetched(one), "all of it was fetched")
    details = [entry[4] for entry in await audit(house.company, one.request) if entry[1] == "customer.downloaded"]
    assert [(detail["from_ms"], detail["to_ms"]) for detail in details] == [(0, 3124), (3124, 6000)]


async def test_p8_a_rest_that_is_of_another_file_begins_anew(house: CopyHouse) -> None:
    one = await (await house.sent(calls=house.calls[:1])).let_in()
    path, cookie = where(one, house.calls[0], "download")
    answer, body = await house.raw("GET", path, cookie=cookie, range="bytes=50000-", if_range='"another"')
    assert (answer.status, body == house.sounds[0], answer.headers["Accept-Ranges"]) == (200, True, "bytes")
    assert (await house.raw("GET", path, cookie=cookie, range="bytes=999999-"))[0].status == 416
    assert (await house.raw("GET", path, cookie=cookie, range="lines=1-2"))[0].status == 200
