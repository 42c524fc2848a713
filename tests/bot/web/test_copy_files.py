"""Copies as files: as recorded, on record, resumed where they broke off (P8, P11)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from hashlib import sha256

import pytest
import pytest_asyncio

from bot.web.copy_sound import ON_THE_PAGE, ONE_IS_AWAY
from handlers.customers.serving import NOT_YOURS, WHY
from storage.database.store import Database
from storage.records import Recording
from tests.bot.web.copy_house import CopyHouse, a_copy_house, fetched, where
from tests.bot.web.player import sighting
from tests.handlers.builders import Clock, Company, a_company, audit
from tests.handlers.customers.builders import Sent
from tests.stories.waiting import until


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


@pytest_asyncio.fixture
async def house(company: Company) -> AsyncIterator[CopyHouse]:
    async with a_copy_house(company) as opened:
        yield opened


async def had(one: Sent) -> list[tuple[str, float, float]]:
    """What is on record."""
    return sorted((row.kind, round(row.start, 2), round(row.end, 2)) for row in await one.had())


async def test_p8_a_copy_is_the_file_as_recorded_and_on_record(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    path, cookie = where(one, house.calls[0], "download")
    answer, body = await house.raw("GET", path, cookie=cookie)
    assert (answer.status, body == house.sounds[0], answer.content_type) == (200, True, "audio/wav")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="call-1-2026-11-20-1400.wav"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "no-store" in answer.headers["Cache-Control"]
    assert await had(one) == [("downloaded", 0, 6)]
    assert (await one.row()).fetched_at is None
    path, _ = where(one, house.calls[1], "download")
    assert (await house.raw("GET", path, cookie=cookie))[1] == house.sounds[1]
    await until(lambda: fetched(one), "all of it was fetched")


async def test_p8_several_are_one_zip_with_the_facts(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    path, cookie = where(one, "download")
    answer, body = await house.raw("GET", path, cookie=cookie)
    assert (answer.status, answer.content_type, answer.headers["Accept-Ranges"]) == (200, "application/zip", "none")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="calls.zip"'
    assert int(answer.headers["Content-Length"]) == len(body)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["call-1-2026-11-20-1400.wav", "call-2-2026-11-19-1400.wav", "calls.txt"]
        assert [packed.read(name) for name in packed.namelist()[:2]] == house.sounds
        assert packed.infolist()[0].date_time == (2026, 11, 20, 14, 0, 0)
        facts = packed.read("calls.txt").decode()
    assert all(sha256(sound).hexdigest() in facts for sound in house.sounds)
    assert "Fri 20 Nov 2026, 14:00 Sydney\r\n  File: call-1-2026-11-20-1400.wav\r\n  Call: From you to us\r\n" in facts
    assert "Length: 6 s" in facts
    assert "Answered by: One of our staff, Customer Success" in facts
    assert "https://fernhill.example/privacy" in facts
    assert "oaic.gov.au" in facts
    assert await had(one) == [("downloaded", 0, 4), ("downloaded", 0, 6)]
    await until(lambda: fetched(one), "all of it was fetched")


async def test_p8_of_a_single_call_there_is_no_zip(house: CopyHouse) -> None:
    one = await (await house.sent(calls=house.calls[:1])).let_in()
    path, cookie = where(one, "download")
    assert (await house.get(path, cookie=cookie))[0].status == 404


async def test_p8_what_may_only_be_heard_has_no_address_to_download_from(house: CopyHouse) -> None:
    one = await (await house.sent(wants="listen")).let_in()
    _, page = await house.get(*where(one)[:1], cookie=where(one)[1])
    assert "download" not in page.lower().replace("can’t be downloaded", "").replace("nodownload", "")
    missing = await house.get("/copy/no/such/page/there", cookie=where(one)[1])
    for parts in (("download",), (house.calls[0], "download")):
        path, cookie = where(one, *parts)
        answer, page = await house.get(path, cookie=cookie)
        assert (answer.status, page) == (404, missing[1])
    assert await had(one) == []


async def test_p11_what_is_heard_is_on_record_part_by_part(house: CopyHouse) -> None:
    one = await (await house.sent(wants="listen")).let_in()
    path, cookie = where(one, house.calls[0], "audio")
    answer, body = await house.raw("GET", path, cookie=cookie, range="bytes=48000-")
    assert (answer.status, body == house.sounds[0][48_000:]) == (206, True)
    assert answer.headers["Content-Disposition"] == "inline"
    assert await had(one) == [("played", 3, 6)]
    answer, said = await house.get(path, cookie=cookie, sec_fetch_dest="document")
    assert (answer.status, ON_THE_PAGE in said) == (403, True)


async def test_p12_a_call_counts_as_heard_once_the_page_came_to_its_end_and_all_of_it_had_left(
    house: CopyHouse,
) -> None:
    one = await (await house.sent(wants="listen", calls=house.calls[:1])).let_in()
    path, cookie = where(one, house.calls[0], "audio")
    ended, _ = where(one, house.calls[0], "heard")
    await house.raw("GET", path, cookie=cookie, range="bytes=48000-")
    assert (await house.post(ended, b"{}", cookie=cookie))[0].status == 200
    assert not await fetched(one)
    await house.raw("GET", path, cookie=cookie)
    await house.post(ended, b"{}", cookie=cookie)
    assert await fetched(one)


async def test_p12_where_copies_are_given_hearing_is_not_fetching(house: CopyHouse) -> None:
    one = await (await house.sent(calls=house.calls[:1])).let_in()
    _, cookie = where(one)
    await house.raw("GET", where(one, house.calls[0], "audio")[0], cookie=cookie)
    await house.post(where(one, house.calls[0], "heard")[0], b"{}", cookie=cookie)
    assert not await fetched(one)


@pytest.mark.parametrize("last", ["audio", "download", "peaks"])
@pytest.mark.parametrize("number", ["0", "999", "x", "-1", "1" * 30, "٣", "%00", "1.5"])
async def test_p8_another_call_is_none_of_theirs(house: CopyHouse, last: str, number: str) -> None:
    one = await (await house.sent(calls=house.calls[:1])).let_in()
    other = await (await house.sent(request="C-SECOND22", calls=house.calls[1:])).let_in()
    for call in (number, house.company.calls[0], house.calls[1]):
        path, cookie = where(one, call, last)
        answer, said = await house.get(path, cookie=cookie)
        assert (answer.status, NOT_YOURS in said) == (403, True)
    path, _ = where(other, house.calls[1], last)
    assert (await house.get(path, cookie=where(one)[1]))[0].status == 403
    assert await had(one) == await had(other) == []


async def test_p8_peaks_are_drawn_once_for_everybody(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    path, cookie = where(one, house.calls[0], "peaks")
    _, said = await house.get(path, cookie=cookie)
    drawn = json.loads(said)["peaks"]
    assert max(drawn) == 1.0
    house.recorder._audio["call-4"] = b"never read again"
    assert json.loads((await house.get(path, cookie=cookie))[1])["peaks"] == drawn
    assert await had(one) == []


async def test_p8_a_file_that_changed_is_not_given(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    house.recorder.keep(sighting("call-4", 6.0), b"other audio")
    for parts in ((house.calls[0], "download"), (house.calls[0], "audio")):
        path, cookie = where(one, *parts)
        answer, page = await house.get(path, cookie=cookie)
        assert (answer.status, "Please try again in a minute." in page) == (503, True)
    answer, page = await house.get(where(one, "download")[0], cookie=where(one)[1])
    assert (answer.status, ONE_IS_AWAY in page) == (403, True)
    assert house.met_changed == ["call-4"] * 3  # the register looks at it anew
    assert await had(one) == []


async def test_p12_an_erased_call_is_shown_without_player_or_download(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    for call in house.calls:
        await one.change((Recording, call), state="erased")
    answer, page = await house.get(where(one)[0], cookie=where(one)[1])
    assert (answer.status, page.count(WHY["erased"])) == (200, 2)
    assert "<audio" not in page
    assert "<script" not in page
    assert "/download" not in page


async def test_p8_the_page_works_without_a_script(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    _, page = await house.get(where(one)[0], cookie=where(one)[1])
    sources = re.findall(r'<audio class="plain" controls preload="none" src="([^"]+)"', page)
    assert sources == [f"/copy/{one.link}/{call}/audio" for call in house.calls]
    assert f'href="/copy/{one.link}/download"' in page
    assert f'<form class="filled" action="/copy/{one.link}/leave" method="post">' in page
    for told in (
        "Tue 8 Dec 2026, 14:00 Sydney",
        "in 14 days",
        "oaic.gov.au",
        "https://fernhill.example/privacy",
        "tel:+61281979000",
    ):
        assert told in page


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
