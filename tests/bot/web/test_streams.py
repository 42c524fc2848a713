"""P7: audio leaves the house hardly faster than it is heard, from one budget, and is cut when access ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import NoReturn, cast

import pytest
from aiohttp import ClientSession

from bot.web.limits import BLOCK, FASTEST, HEAD_START
from bot.web.listening import WATCH
from handlers import listening
from handlers.access import deciding
from handlers.acting import WEB
from storage.database.store import Database, DatabaseDown
from tests.bot.web.player import Player, a_player, sighting
from tests.each import each
from tests.handlers.builders import Company, account, audit, meet
from tests.stories.waiting import until

AT_ONCE = 5.0  # seconds that may pass between the end of access and silence


async def withdrawn(player: Player) -> None:
    await player.company.door.enter(deciding.withdraw_request(player.request), player.company.tara)


async def expired(player: Player) -> None:
    player.company.clock.pass_(days=7)


async def deactivated(player: Player) -> None:
    await meet(player.company.door, account("UANNA", "Anna Quill", "deactivated"))


class Away:
    """A database that can't be asked."""

    def __init__(self, why: Exception) -> None:
        self.why = why

    async def read(self, _: object) -> NoReturn:
        raise self.why


async def unknown(player: Player) -> None:
    player.company.door.database = cast("Database", Away(DatabaseDown("away")))


ENDS = [withdrawn, expired, deactivated, unknown]


@pytest.mark.soak
@pytest.mark.parametrize("seconds", [61.0, 3600.0], ids=["8,000 bytes a second", "135 bytes a second"])
async def test_p7_audio_leaves_hardly_faster_than_it_is_heard(company: Company, seconds: float) -> None:
    """Ten seconds of sound at once (a block at least), then three times as fast as it is heard, however it is packed."""
    async with a_player(company, 488_000, seconds) as player, player.listening() as ear:
        rate = player.size / seconds
        await player.glass.asleep(2)
        for _ in range(12):
            may = max(BLOCK, HEAD_START * rate) + FASTEST * rate * player.glass.now
            await ear.has(may - BLOCK)
            await asyncio.sleep(0.02)  # for what should not come
            assert ear.got <= may
            await player.glass.pass_(1.0)


@pytest.mark.parametrize("end", ENDS)
async def test_p7_an_open_stream_is_cut_when_access_ends(
    company: Company, end: Callable[[Player], Awaitable[None]]
) -> None:
    async with a_player(company, 488_000, 61.0) as player, player.listening() as ear:
        await player.glass.asleep(2)
        await player.glass.pass_(WATCH)  # the watch has just looked
        assert ear.end == ""
        await end(player)
        await player.glass.pass_(AT_ONCE)
        assert await ear.ended() == "reset"
        assert ear.got <= (HEAD_START + FASTEST * WATCH) * player.size / 61


@each("sound", [bytes(488_000), b"\1" * 488_000])
async def test_b2_a_call_that_is_written_over_in_the_middle_is_heard_no_further(company: Company, sound: bytes) -> None:
    """P7: what is there now is nothing that was approved; whether it is the same call is looked at before it goes on."""
    async with a_player(company, 488_000, 61.0) as player, player.listening() as ear:
        await player.glass.asleep(2)
        player.recorder.keep(sighting("call-7", 61.0), sound)
        await player.glass.pass_(AT_ONCE)
        assert await ear.ended() == "reset"
        assert ear.got <= HEAD_START * player.size / 61
        for path in (player.path, player.path.replace("/audio", "/peaks")):
            assert await fetched(player, path) == (
                503,
                "This call has changed and is being looked at again. Please try again in a minute.",
            )
        assert player.met_changed == 2


async def fetched(player: Player, path: str) -> tuple[int, str]:
    """How a request is answered that gets no audio."""
    headers = {"Cookie": f"listening={player.secret}"}
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{player.port}{path}", headers=headers) as answer:
        return answer.status, (await answer.json())["sentence"]


async def test_p11_audio_is_refused_as_a_page_of_its_own(company: Company) -> None:
    """A browser's own player reports nothing, so nobody would know what was heard."""
    async with a_player(company, 1000, 1.0) as player, ClientSession() as http:
        found = {}
        for place in ("document", "audio", "empty", ""):
            headers = {"Cookie": f"listening={player.secret}"} | ({"Sec-Fetch-Dest": place} if place else {})
            async with http.get(f"http://127.0.0.1:{player.port}{player.path}", headers=headers) as answer:
                found[place] = answer.status, len(await answer.read())
                if place == "document":
                    assert "Please listen on the page" in await answer.text()
        assert found.pop("document")[0] == 403
        assert set(found.values()) == {(200, 1000)}
        served = [one for one in await audit(company, player.grant) if one[1] == "listening.audio"]
        assert len(served) == 3


SECONDS, RATE = 120.0, 8000
SIZE = int(SECONDS * RATE)


async def another_session(player: Player) -> str:
    """The same person presses Listen once more."""
    code = await player.company.door.enter(listening.make_listen_code(player.request), player.company.anna)
    return (await player.company.door.enter(listening.exchange_code(code), WEB)).secret


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
