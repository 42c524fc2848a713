"""P10: the clock asks a beacon for the round that a draw waits for; what is not the beacon's own answer is a sentence, and is asked for again."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp.test_utils import BaseTestServer, TestServer
from aiohttp.web import Application

from bot.beacon import SENTENCES, Beacon, NoRound, RandomDraws
from bot.ports import Unavailable
from bot.rehearsal.beacon import CHAIN, PATH, SampleBeacon, with_sample_beacon
from handlers.random_review.cards import TROUBLE
from handlers.rules.draw_file import Source, published_at
from storage.database.store import Database
from tests.clocks import Seconds
from tests.handlers.builders import Clock, Company, a_company
from tests.handlers.passing_time import pass_until
from tests.handlers.random_review.acts import LATE, OPENS, a_month, frozen, the_draw
from tests.handlers.reading import lines, seen

pytestmark = pytest.mark.long

SOURCE, NUMBER = Source(**CHAIN.model_dump()), 1000
NOWHERE = "http://127.0.0.1:9"


class Place:
    """A beacon on this machine."""

    def __init__(self, server: BaseTestServer, beacon: SampleBeacon, clock: Clock) -> None:
        self.server, self.beacon, self.clock = server, beacon, clock

    @property
    def address(self) -> str:
        return str(self.server.make_url(PATH))


@pytest_asyncio.fixture
async def place() -> AsyncIterator[Place]:
    clock = Clock()
    beacon, app = SampleBeacon(lambda: clock.now), Application()
    app.add_routes(beacon.routes())
    async with TestServer(app) as server:
        yield Place(server, beacon, clock)


async def trouble(beacon: Beacon, number: int = NUMBER) -> str:
    with pytest.raises(NoRound) as caught:
        await beacon.signature(SOURCE, number)
    return caught.value.trouble


async def test_p10_of_several_addresses_the_first_that_gives_the_round_is_taken(place: Place) -> None:
    found = await Beacon((NOWHERE, place.address), seconds=20.0).signature(SOURCE, NUMBER)
    assert len(found) == 96


@pytest.mark.parametrize("fault", ["silent", "forged", "wrong_round", "unreadable"])
async def test_p10_what_is_not_the_beacons_own_answer_is_not_taken(place: Place, fault: str) -> None:
    place.beacon.fault = fault
    assert await trouble(Beacon((place.address, NOWHERE))) == fault


async def test_p10_a_round_that_is_not_out_and_a_beacon_that_no_one_reaches_are_told_apart(place: Place) -> None:
    place.clock.now = published_at(CHAIN, NUMBER) - timedelta(seconds=1)
    assert await trouble(Beacon((NOWHERE, place.address))) == "not_published"
    assert await trouble(Beacon((NOWHERE,))) == "silent"
    assert set(SENTENCES) == set(TROUBLE) - {""}


class Waiting:
    """A company whose draw of November waits for this beacon."""

    def __init__(self, company: Company, place: Place, draw: str) -> None:
        self.company, self.place, self.draw, self.seconds = company, place, draw, Seconds()
        self.part = RandomDraws(company.door, Beacon((place.address,)), self.seconds)


@pytest_asyncio.fixture
async def waiting(database: Database, place: Place) -> Waiting:
    company = await a_company(database, place.clock)
    company.door.policy = with_sample_beacon(company.door.policy)
    await a_month(company)
    return Waiting(company, place, await frozen(company))


@pytest.mark.parametrize("fault", ["forged", "wrong_round", "silent"])
async def test_p10_a_fault_ends_in_a_sentence_and_another_try(waiting: Waiting, fault: str) -> None:
    company, waiting.place.beacon.fault = waiting.company, fault
    company.clock.now = OPENS + timedelta(minutes=11)
    with pytest.raises(Unavailable, match=SENTENCES[fault]):
        await waiting.part.tick()
    await waiting.part.tick()  # a moment later it is not asked again
    assert (await the_draw(company)).trouble == fault
    await pass_until(company, LATE)
    assert TROUBLE[fault] in "\n".join(lines(await seen(company, waiting.draw, company.helena)))
    waiting.place.beacon.fault = ""
    waiting.seconds.now += 3600
    await waiting.part.tick()
    assert (await the_draw(company)).state == "drawn"
