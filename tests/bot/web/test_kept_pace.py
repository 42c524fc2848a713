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
from bot.web.limits import HEAD_START
from handlers.breach import steps
from tests.bot.web.hourglass import Hourglass
from tests.bot.web.player import Ear, an_ear
from tests.bot.web.report_house import House, a_house
from tests.bot.web.test_still_members import Platform
from tests.handlers.breach.reporting import Page, chosen, granted, page, the_page
from tests.handlers.builders import Company
from tests.stories.waiting import until

SECONDS, RATE = 61, 8000
SIZE = SECONDS * RATE
AUDIO = bytes(range(250)) * (SIZE // 250)


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
        """How often the report says that a call was heard."""
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
    got = list[int]()

    async def whole(place: int) -> None:
        sent = {"Cookie": f"report={pages[place % sessions].session}"}
        if ranged:
            sent["Range"] = f"bytes={place * SIZE // 20}-"  # whichever come first have more to give than that
        async with http.get(ruth.house.url + ruth.path, headers=sent) as answer:
            async for some in answer.content.iter_any():
                got.append(len(some) if answer.status < 300 else 0)

    async with ClientSession() as http:
        tasks = [asyncio.create_task(whole(place)) for place in range(10)]
        await until(lambda: sum(got) >= 2 * HEAD_START * RATE, "what two head starts hold")
        assert await settled(got) == 2 * HEAD_START * RATE
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_p13_who_loses_sight_hears_nothing_a_second_later(ruth: Ruth) -> None:
    helena = await page(ruth.company, ruth.company.helena, ruth.page.report)
    async with ruth.hears() as ear:
        await ear.has(HEAD_START * RATE)
        await helena.do(steps.accuse_person, chosen(ruth.company, "ruth")[0], "She was there.")
        await ruth.glass.pass_(1.0)
        assert await ear.ended() == "reset"
