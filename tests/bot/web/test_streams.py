"""P7: audio leaves the house hardly faster than it is heard, and an open stream is cut when access ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, cast

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.web.pacing import BLOCK, FASTEST, HEAD_START
from bot.web.sounding import WATCH
from handlers.access.intents import Withdraw
from storage.database.store import Database, DatabaseDown
from tests.bot.web.player import Player, a_player, sighting
from tests.each import each
from tests.handlers.builders import Clock, Company, a_company, account, audit, meet

AT_ONCE = 5.0  # seconds that may pass between the end of access and silence
LONG = 8_000_000  # bytes: more than the machine keeps for a listener who takes nothing


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


async def withdrawn(player: Player) -> None:
    await player.company.door.enter(Withdraw(player.request), player.company.tara)


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


async def broken(player: Player) -> None:
    player.company.door.database = cast("Database", Away(RuntimeError("nobody thought of it")))


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


@pytest.mark.soak
@pytest.mark.parametrize("end", [*ENDS, broken])
async def test_p7_what_a_listener_has_not_taken_yet_does_not_flow_on(
    company: Company, end: Callable[[Player], Awaitable[None]]
) -> None:
    """Audio waits in the machine for somebody who takes nothing: the reset throws it away."""
    async with a_player(company, LONG, 10.0) as player, player.listening(idle=True) as ear:
        await player.glass.asleep(1)
        await player.stalled()
        assert player.recorder.reads < LONG / BLOCK
        await player.glass.pass_(WATCH)  # the watch has just looked
        assert b"Content-Length: 8000000" in ear.head
        await end(player)
        await player.glass.pass_(AT_ONCE)
        await player.glass.asleep(0)  # the watch has cut it, not the listener's next look
        ear.listen()
        assert await ear.ended() == "reset"
        assert ear.got < 64 * 1024


async def test_p12_audio_that_vanishes_is_cut_and_not_ended_politely(company: Company) -> None:
    async with a_player(company, 488_000, 61.0) as player, player.listening() as ear:
        await player.glass.asleep(2)
        player.recorder.lose("call-7")
        await player.glass.pass_(AT_ONCE)
        assert await ear.ended() == "reset"


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
