"""A customer's calls under way: at their pace, two at once, and over the moment the link is (P8, P12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from bot.web.copy_sound import CROWDED, TWO_AT_ONCE
from storage.database.store import Database
from storage.records import Recording
from tests.bot.web.copy_house import CopyHouse, a_copy_house, fetched, where
from tests.bot.web.hourglass import Hourglass
from tests.bot.web.player import an_ear
from tests.handlers.builders import Clock, Company, a_company
from tests.handlers.customers.test_links import ENDS
from tests.stories.waiting import until


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


LONG = 16_000_000  # bytes: more than any buffer on their way takes


class _Long:
    """Audio of zeroes, made as it is read, of which somebody can say when it may go on."""

    def __init__(self, size: int, stamp: str) -> None:
        self.size, self.stamp, self.media_type = size, stamp, "audio/wav"

    async def read(self, start: int, end: int) -> bytes:
        await asyncio.sleep(0)
        return bytes(end - start)


@asynccontextmanager
async def _long_calls(
    company: Company, monkeypatch: pytest.MonkeyPatch, number: int
) -> AsyncIterator[tuple[CopyHouse, Hourglass]]:
    glass = Hourglass()
    async with a_copy_house(company, seconds=(6.0,) * number, pace=glass.pace) as opened:
        recorded = opened.recorder.audio

        async def audio(native_id: str) -> _Long:
            return _Long(LONG, (await recorded(native_id)).stamp)

        monkeypatch.setattr(opened.recorder, "audio", audio)
        yield opened, glass


@pytest_asyncio.fixture
async def long(company: Company, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[CopyHouse, Hourglass]]:
    """A house in which one call is very long, and seconds pass only when a test says so."""
    async with _long_calls(company, monkeypatch, 1) as opened:
        yield opened


@pytest_asyncio.fixture
async def two(company: Company, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[CopyHouse, Hourglass]]:
    """The same with two such calls, which leave as one ZIP."""
    async with _long_calls(company, monkeypatch, 2) as opened:
        yield opened


async def waits(glass: Hourglass, number: int = 1) -> None:
    """Until so many sleep: each stream has a watch that does, and what has to wait for its pace does."""
    await until(lambda: len(glass._sleepers) >= number, f"{number} asleep")


@pytest.mark.soak
@pytest.mark.parametrize("last", ["audio", "download"])
@pytest.mark.parametrize("way", [one for one in ENDS if one != "clock back"])
async def test_p8_a_stream_under_way_ends_within_the_second(
    long: tuple[CopyHouse, Hourglass], way: str, last: str
) -> None:
    house, glass = long
    one = await (await house.sent()).let_in()
    path, cookie = where(one, house.calls[0], last)
    async with an_ear(house.port, path, cookie, idle=True) as ear:
        await waits(glass)
        await ENDS[way](one)
        await glass.pass_(1.0)
        ear.listen()
        assert await ear.ended() == "reset"
    assert not await fetched(one)


# P5, P7, P12: what takes a call out of its customer's reach, as the register has it then.
OUT_OF_REACH: Mapping[str, Callable[[CopyHouse], Mapping[str, object]]] = {
    "erased": lambda house: {"erase_at": house.company.clock.now},
    "declined": lambda _: {"state": "declined"},
    "another call": lambda _: {"version": 2},
}


@pytest.mark.parametrize("last", ["audio", "download"])
@pytest.mark.parametrize("way", OUT_OF_REACH)
async def test_p8_a_call_that_is_out_of_reach_stops_in_the_middle(
    long: tuple[CopyHouse, Hourglass], way: str, last: str
) -> None:
    house, glass = long
    one = await (await house.sent()).let_in()
    path, cookie = where(one, house.calls[0], last)
    async with an_ear(house.port, path, cookie, idle=True) as ear:
        await waits(glass)
        await one.change((Recording, house.calls[0]), **OUT_OF_REACH[way](house))
        await glass.pass_(1.0)
        ear.listen()
        assert await ear.ended() == "reset"


@pytest.mark.parametrize(("last", "words"), [("download", TWO_AT_ONCE), ("audio", CROWDED)])
async def test_p8_two_at_once_and_another_browser_has_two_of_its_own(
    long: tuple[CopyHouse, Hourglass], last: str, words: str
) -> None:
    house, glass = long
    one = await (await house.sent()).let_in()
    path, cookie = where(one, house.calls[0], last)
    async with an_ear(house.port, path, cookie, idle=True), an_ear(house.port, path, cookie, idle=True):
        third = asyncio.create_task(house.get(path, cookie=cookie))
        await waits(glass, 3)
        await glass.pass_(1.0)
        answer, page = await third
        assert (answer.status, words in page, answer.headers["Retry-After"]) == (429, True, "1")
        await one.let_in()
        async with an_ear(house.port, path, f"copy={one.secret}", idle=True) as ear:
            assert b" 200 OK" in ear.head
    assert len(await one.had()) == 3


async def test_p8_listening_has_the_pace_of_listening(long: tuple[CopyHouse, Hourglass]) -> None:
    """Twice its head start comes at once, and no more."""
    house, glass = long
    one = await (await house.sent()).let_in()
    await one.change((Recording, house.calls[0]), seconds=1000.0)
    path, cookie = where(one, house.calls[0], "audio")
    async with an_ear(house.port, path, cookie) as ear:
        await ear.has(160_000)
        await waits(glass, 2)
        assert ear.got < 400_000
