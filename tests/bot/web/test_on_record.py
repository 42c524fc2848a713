"""What leaves the house is on record before it does (P11), and rests on rows that are as the bot left them (P7)."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientSession

from bot.web.listening import STRETCH
from handlers.access import deciding
from tests.bot.web.player import Player, a_player, sighting
from tests.handlers.builders import Company, audit, call, register
from tests.spoiling import said

SECONDS, RATE = 120.0, 8000
SHORT = 20_000


async def on_record(player: Player) -> list[tuple[int, int]]:
    """The stretches that are on record, in milliseconds."""
    details = [detail for _, action, *_, detail in await audit(player.company) if action == "listening.audio"]
    return [(one["from_ms"], one["to_ms"]) for one in details]


async def fetched(player: Player, method: str = "GET", *, path: str = "", **headers: str) -> tuple[int, bytes]:
    """All that there is, however long it takes."""
    told = {**headers, "Cookie": f"listening={player.secret}"}
    fetching = asyncio.create_task(_fetched(f"http://127.0.0.1:{player.port}{path or player.path}", method, told))
    while not fetching.done():
        await player.glass.pass_(5.0)
        await asyncio.wait({fetching}, timeout=0.01)
    return await fetching


async def _fetched(url: str, method: str, headers: dict[str, str]) -> tuple[int, bytes]:
    async with ClientSession() as http, http.request(method, url, headers=headers) as answer:
        return answer.status, await answer.read()


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


LATER = "2027-06-01 00:00:00.000000"


@pytest.mark.by_hand
@pytest.mark.parametrize(
    "sentence",
    [
        f"UPDATE grants SET ends_at = '{LATER}'",
        "UPDATE grants SET ends_at = '2026-11-24 00:00:00.000000'",
        "UPDATE requested_recordings SET recording_id = {other}",
        "UPDATE recordings SET native_id = 'call-9', stamp = '{stamp}' WHERE id = {mine}",
        f"INSERT INTO keeps (recording_id, matter_id, why, since, ends_at, mark_salt) VALUES ({{mine}}, '{{request}}', 'request', '{LATER}', '{LATER}', '')",
        "UPDATE matters SET reason = 'quality'",
    ],
)
async def test_p7_an_open_player_hears_nothing_more_once_a_row_was_changed_by_hand(
    company: Company, sentence: str
) -> None:
    async with a_player(company, SHORT, 2.0) as player:
        for name in ("call-8", "call-9"):
            player.recorder.keep(sighting(name, 2.0), b"not yours")
        stamps = [(await player.recorder.audio(name)).stamp for name in ("call-8", "call-9")]
        [other] = await register(company.door, call(8, size=9, stamp=stamps[0]))
        assert (await fetched(player))[0] == 200
        told = {"mine": player.recording, "other": other, "request": player.request, "stamp": stamps[1]}
        await company.database.write(said(sentence.format(**told)))
        for path in (player.path, player.path.replace(f"/{player.recording}/", f"/{other}/")):
            status, body = await fetched(player, path=path)
            assert (status, b"not yours" in body) == (403, False), path


@pytest.mark.by_hand
async def test_p7_access_that_was_withdrawn_stays_so_where_its_older_row_is_put_back(company: Company) -> None:
    async with a_player(company, SHORT, 2.0) as player:
        assert (await fetched(player))[0] == 200
        await company.door.enter(deciding.withdraw_request(player.request), company.tara)
        await company.database.write(said("UPDATE grants SET ended_at = NULL, ended_why = ''"))
        await company.database.write(said("UPDATE matters SET state = 'approved' WHERE kind = 'request'"))
        assert (await fetched(player))[0] == 403
