"""B9 of the first trial: one budget for a listener and a call however it is asked for, and two streams at most (P7, P11)."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.web.pacing import FASTEST, HEAD_START
from handlers.acting import WEB
from handlers.listening import Exchange, Listen
from storage.database.store import Database
from tests.bot.web.player import Player, a_player
from tests.each import each
from tests.handlers.builders import Clock, Company, a_company, audit
from tests.stories.waiting import until

SECONDS, RATE = 120.0, 8000
SIZE = int(SECONDS * RATE)
CROWDED = "This access is being played in two other places. Close one of them, then press Play."


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


async def another_session(player: Player) -> str:
    """The same person presses Listen once more."""
    code = await player.company.door.enter(Listen(player.request), player.company.anna)
    return (await player.company.door.enter(Exchange(code), WEB)).secret


async def asked(player: Player, method: str = "GET", **headers: str) -> tuple[int, str]:
    """How a request is answered that gets no audio."""
    headers["Cookie"] = f"listening={player.secret}"
    url = f"http://127.0.0.1:{player.port}{player.path}"
    async with ClientSession() as http, http.request(method, url, headers=headers) as answer:
        sentence = (await answer.json())["sentence"] if method == "GET" else ""
        return answer.status, sentence


async def piece(player: Player, http: ClientSession, start: int, secret: str, got: list[int]) -> None:
    """A tenth of the call, for as long as it is not cancelled; `got` is how many bytes came."""
    headers = {"Cookie": f"listening={secret}", "Range": f"bytes={start}-{start + SIZE // 10 - 1}"}
    async with http.get(f"http://127.0.0.1:{player.port}{player.path}", headers=headers) as answer:
        async for some in answer.content.iter_any():
            got.append(len(some) if answer.status == 206 else 0)  # noqa: PERF401  what came before an end counts


@pytest.mark.soak
@each("sessions", [1, 5])
async def test_b9_parallel_ranges_bring_no_more_than_one_stream(company: Company, sessions: int) -> None:
    """A two-minute call came in 0.19 s; now nobody has it sooner than in half a minute, with however many sessions."""
    async with a_player(company, SIZE, SECONDS) as player, ClientSession() as http:
        secrets = [player.secret, *[await another_session(player) for _ in range(sessions - 1)]]
        got: list[int] = []
        tasks = [
            asyncio.create_task(piece(player, http, place * SIZE // 10, secrets[place % sessions], got))
            for place in range(10)
        ]
        await until(lambda: sum(got) >= 2 * HEAD_START * RATE, "what two head starts hold")
        await player.stalled()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(got) == 2 * HEAD_START * RATE


async def test_b9_a_third_stream_is_told_why_it_gets_nothing(company: Company) -> None:
    async with a_player(company, SIZE, SECONDS) as player:
        async with player.listening() as one, player.listening(start=SIZE // 2) as two:
            await one.has(1)
            await two.has(1)
            third = asyncio.create_task(asked(player))
            await player.glass.asleep(5)  # two streams, two watches, and who waits for one of them to end
            await player.glass.pass_(1.0)
            assert await third == (429, CROWDED)
            assert await asked(player, "HEAD") == (429, "")
        third = asyncio.create_task(asked(player, "HEAD"))
        assert (await third)[0] == 200


async def test_b9_who_seeks_is_served_at_once(company: Company) -> None:
    """A browser ends one stream and begins another: the reserve is for that, and a connection that ended counts no more."""
    async with a_player(company, SIZE, SECONDS) as player:
        async with AsyncExitStack() as ended:
            one = await ended.enter_async_context(player.listening())
            two = await ended.enter_async_context(player.listening(start=SIZE // 4))
            await one.has(HEAD_START * RATE)
            await two.has(HEAD_START * RATE)
        await player.glass.asleep(4)  # two streams and two watches, which find out soon
        await player.glass.pass_(HEAD_START / FASTEST + 0.1)
        async with player.listening(start=SIZE // 2) as three:
            await three.has(HEAD_START * RATE)


async def test_p11_who_left_while_waiting_is_on_record_for_nothing_more(company: Company) -> None:
    async with a_player(company, SIZE, SECONDS) as player:
        async with player.listening() as one:
            await one.has(HEAD_START * RATE)
        async with player.listening(start=SIZE // 2) as two:
            await two.has(HEAD_START * RATE)
        before = [detail for _, action, *_, detail in await audit(company) if action == "listening.audio"]
        await player.glass.pass_(SECONDS)
        assert [detail for _, action, *_, detail in await audit(company) if action == "listening.audio"] == before
