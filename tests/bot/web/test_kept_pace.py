"""B9, B6 and P13: a call that a report keeps leaves the house at the pace of listening, and for whom it may be heard at each moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.listeners import Listeners
from bot.web.pacing import FASTEST, HEAD_START
from handlers.breach import intents
from handlers.breach.intents import PART
from storage.database.store import Database
from tests.bot.web.hourglass import Hourglass, hurried
from tests.bot.web.player import Ear, an_ear
from tests.bot.web.report_house import House, a_house
from tests.bot.web.test_still_members import Platform
from tests.handlers.breach.keeping import granted, the_page
from tests.handlers.breach.reporting import Page, chosen, page
from tests.handlers.builders import Clock, Company, a_company
from tests.stories.waiting import until

SECONDS, LONG, RATE = 61, 1200.0, 8000
SIZE = SECONDS * RATE
AUDIO = bytes(range(250)) * (SIZE // 250)


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


@pytest.fixture
def platform(company: Company) -> Platform:
    return Platform(company, "URUTH", "Ruth Adeyemi")


@dataclass
class Ruth:
    """Ruth's page of a report, with a call that she may hear."""

    company: Company
    house: House
    glass: Hourglass
    page: Page
    copy: str

    @property
    def path(self) -> str:
        return f"/report/handle/{self.page.report}/audio/{self.copy}"

    def hears(self, *, copy: str = "", start: int = 0, idle: bool = False) -> AbstractAsyncContextManager[Ear]:
        """A browser that asks for it from byte `start` on."""
        path = self.path.replace(self.copy, copy or self.copy)
        return an_ear(self.house.port, path, f"report={self.page.session}", idle=idle, start=start)

    async def noted(self) -> int:
        """How often the report says that somebody heard a call."""
        return sum(one.kind == "heard" for one in (await self.page.read()).history)


@pytest_asyncio.fixture
async def ruth(company: Company, platform: Platform) -> AsyncIterator[Ruth]:
    glass, mine = Hourglass(), await the_page(company)
    name = await granted(company, mine, (AUDIO,))
    listeners = Listeners(platform.confirmed, glass.pace.monotonic)
    async with a_house(company.database, door=company.door, listeners=listeners, pace=glass.pace) as house:
        yield Ruth(company, house, glass, mine, name)


async def settled(got: list[int]) -> int:
    """How many bytes came, once no more do."""
    before = -1
    while before != sum(got):
        before = sum(got)
        await asyncio.sleep(0.2)
    return before


@pytest.mark.parametrize("sessions", [1, 5])
@pytest.mark.parametrize("ranged", [True, False])
async def test_b9_many_at_once_bring_no_more_than_one_listener_may_have(
    ruth: Ruth, sessions: int, ranged: bool
) -> None:
    """Ten whole copies came in 0.15 s; now they have one head start for all, with however many sessions and ranges."""
    pages = [ruth.page, *[await page(ruth.company, ruth.company.ruth, ruth.page.report) for _ in range(sessions - 1)]]
    got, statuses = list[int](), list[int]()

    async def whole(place: int) -> None:
        sent = {"Cookie": f"report={pages[place % sessions].session}"}
        if ranged:
            sent["Range"] = f"bytes={place * SIZE // 20}-"  # whichever come first have more to give than that
        async with http.get(ruth.house.url + ruth.path, headers=sent) as answer:
            statuses.append(answer.status)
            async for some in answer.content.iter_any():
                got.append(len(some) if answer.status < 300 else 0)

    async with ClientSession() as http:
        tasks = [asyncio.create_task(whole(place)) for place in range(10)]
        await until(lambda: sum(got) >= 2 * HEAD_START * RATE, "what two head starts hold")
        assert await settled(got) == 2 * HEAD_START * RATE
        assert len(statuses) <= 2 * sessions
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_b9_a_whole_copy_takes_its_time(ruth: Ruth) -> None:
    async with ruth.hears() as ear:
        await ear.has(HEAD_START * RATE)
        for _ in range(3):
            await ruth.glass.pass_(1.0)
            await asyncio.sleep(0.02)
            assert ear.got <= HEAD_START * RATE + FASTEST * RATE * ruth.glass.now
        await ruth.glass.pass_(SECONDS)
        assert await ear.ended() == "finished"
        assert ear.got == SIZE


async def test_p13_who_loses_sight_hears_nothing_a_second_later(ruth: Ruth) -> None:
    helena = await page(ruth.company, ruth.company.helena, ruth.page.report)
    async with ruth.hears() as ear:
        await ear.has(HEAD_START * RATE)
        await helena.do(intents.Accuse, chosen(ruth.company, "ruth")[0], "She was there.")
        await ruth.glass.pass_(1.0)
        assert await ear.ended() == "reset"


async def test_p13_at_a_stop_streams_end_within_a_second(ruth: Ruth) -> None:
    async with ruth.hears() as ear:
        await ear.has(HEAD_START * RATE)
        ruth.house.end()
        await ruth.glass.pass_(1.0)
        assert await ear.ended() == "reset"


async def test_p13_a_copy_of_which_a_part_is_missing_ends_there(company: Company) -> None:
    mine = await the_page(company)
    name = await granted(company, mine, (AUDIO[:1000], AUDIO))
    async with a_house(company.database, door=company.door, pace=hurried()) as house:
        path = f"/report/handle/{mine.report}/audio/{name}"
        async with an_ear(house.port, path, f"report={mine.session}") as ear:
            assert await ear.ended() == "reset"


@pytest.mark.soak
async def test_p13_what_is_kept_is_played_in_stretches(company: Company) -> None:
    audio = bytes(range(256)) * 4096 * 2 + b"end"
    mine = await the_page(company)
    name = await granted(company, mine, (audio[:PART], audio[PART : 2 * PART], audio[2 * PART :]))
    path, cookie, size = f"/report/handle/{mine.report}/audio/{name}", f"report={mine.session}", len(audio)
    async with a_house(company.database, door=company.door, pace=hurried()) as house:
        for asked, start, end in (
            ("bytes=0-", 0, PART), ("bytes=0-1", 0, 2), (f"bytes={PART}-", PART, 2 * PART), (f"bytes={PART - 1}-{PART + 5}", PART - 1, PART),
            (f"bytes={2 * PART}-", 2 * PART, size), ("bytes=-2", size - 2, size),
        ):  # fmt: skip
            answer, body = await house.raw("GET", path, cookie=cookie, range=asked)
            assert answer.status == 206, asked
            assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
            assert body == audio[start:end]
            assert answer.headers["Cache-Control"] == "no-store, private"
        answer, body = await house.raw("GET", path, cookie=cookie)
        assert (answer.status, body == audio, answer.headers["Content-Type"]) == (200, True, "audio/wav")
        for asked in (f"bytes={size}-", "bytes=9-3", f"bytes={'9' * 40}-"):
            answer, _ = await house.get(path, cookie=cookie, range=asked)
            assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{size}"), asked
        answer, _ = await house.get(path, cookie=cookie, sec_fetch_dest="document")
        assert answer.status == 403
        helena = await page(company, company.helena, mine.report)
        answer, told = await house.get(path, cookie=f"report={helena.session}")
        assert (answer.status, "This page is not open for you" in told) == (403, True)
