"""What leaves the house is on record before it does (P11)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import pytest_asyncio
from aiohttp import ClientConnectionError, ClientSession, web

from bot.web.pacing import BLOCK, Budget, Pacing
from bot.web.sounding import STRETCH, Sounding
from handlers.access.intents import Withdraw
from storage.database.store import Database, Store
from tests.bot.web.player import Player, a_player, sighting
from tests.handlers.builders import Clock, Company, a_company, audit
from tests.handlers.changing import identified
from tests.memory_recorder import MemoryRecorder
from tests.stories.waiting import until

SECONDS, RATE = 120.0, 8000
SHORT, SPARSE = 20_000, 100  # bytes of an hour in which a block holds more than a stretch


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


async def on_record(player: Player) -> list[tuple[int, int]]:
    """The stretches that are on record, in milliseconds."""
    details = [detail for _, action, *_, detail in await audit(player.company) if action == "listening.audio"]
    return [(one["from_ms"], one["to_ms"]) for one in details]


async def fetched(player: Player, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """All that there is, however long it takes."""
    fetching = asyncio.create_task(_fetched(player, method, {**headers, "Cookie": f"listening={player.secret}"}))
    while not fetching.done():
        await player.glass.pass_(5.0)
        await asyncio.wait({fetching}, timeout=0.01)
    return await fetching


async def _fetched(player: Player, method: str, headers: dict[str, str]) -> tuple[int, bytes]:
    url = f"http://127.0.0.1:{player.port}{player.path}"
    async with ClientSession() as http, http.request(method, url, headers=headers) as answer:
        return answer.status, await answer.read()


@pytest.mark.soak
async def test_p11_the_record_grows_with_what_was_sent(company: Company) -> None:
    """However much was asked for: never less than what left the house, and half a minute more at most."""
    async with a_player(company, int(SECONDS * RATE), SECONDS) as player, player.listening() as ear:
        await player.glass.asleep(2)
        for _ in range(40):
            ear_before = ear.got
            [(begin, _), *_, (_, end)] = [(0, 0), *await on_record(player)]
            assert begin == 0
            assert ear_before / RATE <= end / 1000 <= min(SECONDS, (ear.got + 4 * BLOCK) / RATE + STRETCH)
            await player.glass.pass_(1.0)
        await ear.has(player.size)
        assert await on_record(player) == [(0, 30000), (30000, 60000), (60000, 90000), (90000, 120000)]


async def test_p11_a_stream_that_was_cut_is_on_record_as_far_as_it_came(company: Company) -> None:
    async with a_player(company, int(SECONDS * RATE), SECONDS) as player, player.listening() as ear:
        await player.glass.asleep(2)
        await player.glass.pass_(9.0)
        await company.door.enter(Withdraw(player.request), company.tara)
        await player.glass.pass_(5.0)
        assert await ear.ended() == "reset"
        assert STRETCH * RATE < ear.got < 2 * STRETCH * RATE
        assert await on_record(player) == [(0, 30000), (30000, 60000)]


async def test_p11_who_asks_for_the_head_only_hears_nothing(company: Company) -> None:
    async with a_player(company, SHORT, 20.0) as player:
        assert await fetched(player, "HEAD") == (200, b"")
        assert await on_record(player) == []


async def test_p7_a_call_whose_audio_is_read_for_the_first_time_just_then_is_heard(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row and what the log says of it are read as of one moment: in between, they contradict each other."""
    async with a_player(company, SHORT, SECONDS) as player:
        plainly = company.database.read

        async def reading(work: Callable[[Store], object], within: float | None = None) -> object:
            found = await plainly(work, within)
            monkeypatch.setattr(company.database, "read", plainly)
            await identified(company, "call-7")
            return found

        monkeypatch.setattr(company.database, "read", reading)
        assert (await fetched(player))[0] == 200


SIZE, SLOW = 8000, 800.0


async def test_p11_who_leaves_once_it_is_on_record_is_told_nothing_and_logged_nowhere() -> None:
    recorder, pacing = MemoryRecorder(), Pacing()
    recorder.keep(sighting("call-7", 10.0), bytes(SIZE))
    audio, ends = await recorder.audio("call-7"), list[BaseException | int]()

    async def answered(request: web.Request) -> web.StreamResponse:
        async def look() -> None: ...

        async def record(start: int, end: int) -> None:
            assert request.transport is not None
            request.transport.abort()
            await asyncio.sleep(0)

        sounding = Sounding(audio, pacing, "session", lambda: Budget(SLOW, pacing.pace), look, record)
        try:
            response = await sounding.answer(request)
        except BaseException as error:
            ends.append(error)
            raise
        ends.append(sounding.sent)
        return response

    app = web.Application()
    app.add_routes([web.get("/", answered)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with ClientSession() as http:
            with pytest.raises(ClientConnectionError):
                await http.get(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        assert set(await until(lambda: ends, "the answer has ended")) == {0}
    finally:
        await runner.cleanup()
