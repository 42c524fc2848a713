"""The sample company's clock: what is no moment is refused with a sentence, whatever it is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.clockwork.parts import Forgetting
from bot.rehearsal.clock import ClockRoutes, MovableClock
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import POLICY, Clock, a_company
from tests.handlers.forgetting.words import GOES, ended, talked
from tests.moments import NOW

Client = TestClient[web.Request, web.Application]
NONE = [
    b"", b"{}", b"[]", b"[" * 100_000, b'{"now": "soon"}', b'{"now": "2027-01-04T09:00:00"}', b"\xff", b'{"now": "2999-01-04T09:00:00Z"}'
]  # fmt: skip


@pytest_asyncio.fixture
async def client(database: Database) -> AsyncIterator[Client]:
    async def tick() -> None:
        """Nothing falls due here."""

    app = web.Application()
    app.add_routes(ClockRoutes(a_clock(), database, POLICY, tick, lambda: None).routes())
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def moved(client: Client, body: bytes, **headers: str) -> int:
    async with client.post("/rehearsal/clock", data=body, headers=headers) as answer:
        assert "Send {" in (await answer.json())["sentence"] if answer.status == 400 else answer.status == 200
        return answer.status


def a_clock() -> MovableClock:
    """At the moment of the builders, long before what is to come, whatever the day of the machine is."""
    clock = MovableClock()
    clock.move(NOW)
    return clock


@pytest.mark.parametrize("body", NONE, ids=[str(body[:30]) for body in NONE])
async def test_what_is_no_moment_moves_nothing(client: Client, body: bytes) -> None:
    assert await moved(client, body) == 400


async def test_p12_the_clock_stops_at_the_moment_at_which_a_call_s_time_is_over(database: Database) -> None:
    """Its certificate is to say that it was closed then, and not whenever somebody moved the clock on."""
    archive = Archive(await a_company(database, Clock()))
    await archive.record("one")
    clock = a_clock()
    visited: list[datetime] = []

    async def tick() -> None:
        visited.append(clock.now().replace(second=0, microsecond=0))
        archive.company.clock.now = clock.now()
        await archive.erasing.tick()

    moment = datetime(2027, 11, 24, 3, tzinfo=UTC)
    await ClockRoutes(clock, database, POLICY, tick, lambda: None).move_to(moment + timedelta(days=1))
    assert moment in visited
    erasure = await archive.erasure(4)
    assert erasure is not None
    assert erasure.closed_at - moment < timedelta(minutes=1)


async def test_p11_and_at_the_one_at_which_what_was_written_goes(database: Database) -> None:
    company = await a_company(database, Clock())
    request = await talked(company)
    clock, forgetting = a_clock(), Forgetting(company.door, bool)

    async def tick() -> None:
        company.clock.now = clock.now()
        await forgetting.tick()

    await ClockRoutes(clock, database, POLICY, tick, lambda: None).move_to(GOES + timedelta(days=1))
    gone = await ended(company, request)
    assert gone is not None
    assert gone.words_erased_at and gone.words_erased_at - GOES < timedelta(minutes=1)
