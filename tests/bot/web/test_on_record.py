"""What leaves the house is on record before it does (P11)."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientSession

from bot.web.limits import BLOCK
from bot.web.listening import STRETCH
from handlers.access import deciding
from tests.bot.web.player import Player, a_player
from tests.handlers.builders import Company, audit

SECONDS, RATE = 120.0, 8000
SHORT = 20_000


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
        await company.door.enter(deciding.withdraw_request(player.request), company.tara)
        await player.glass.pass_(5.0)
        assert await ear.ended() == "reset"
        assert STRETCH * RATE < ear.got < 2 * STRETCH * RATE
        assert await on_record(player) == [(0, 30000), (30000, 60000)]


async def test_p11_who_asks_for_the_head_only_hears_nothing(company: Company) -> None:
    async with a_player(company, SHORT, 20.0) as player:
        assert await fetched(player, "HEAD") == (200, b"")
        assert await on_record(player) == []
