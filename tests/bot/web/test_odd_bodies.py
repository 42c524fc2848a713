"""P7: whatever a client sends to the listening page, it is answered in a sentence and is no fault of ours."""

from __future__ import annotations

import pytest_asyncio
from aiohttp import ClientSession

from storage.database.store import Database
from tests.bot.web.player import Player, a_player
from tests.handlers.builders import Clock, Company, a_company

HUGE = b"1" + b"0" * 400
ODD = {
    "huge": b'{"from": %s, "to": 2}' % HUGE, "minus huge": b'{"from": 0, "to": -%s}' % HUGE,
    "too huge to read": b'{"from": 0, "to": %s}' % (HUGE * 20), "nan": b'{"from": NaN, "to": 2}',
    "infinite": b'{"from": 0, "to": 1e999}', "deep": b"[" * 100_000, "no text": b"\xff\xfe", "a word": b'{"from": "0", "to": 2}',
    "true": b'{"from": true, "to": 2}', "empty": b"",
}  # fmt: skip
PACKED = {packing: (packing, b"hello") for packing in ("gzip", "deflate")}


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


async def sent(player: Player, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    headers["Cookie"] = f"listening={player.secret}"
    async with ClientSession() as http:
        async with http.post(f"http://127.0.0.1:{player.port}{path}", data=body, headers=headers) as answer:
            return answer.status, (await answer.json())["sentence"]


async def test_odd_bodies_are_answered(company: Company) -> None:
    unreadable = (400, "That can't be read. Please reload the page.")
    async with a_player(company, 1000, 10.0) as player:
        heard = player.path.replace("/audio", "/heard")
        for name, body in ODD.items():
            assert await sent(player, heard, body) == unreadable, name
        for packing, body in PACKED.values():
            for path in (heard, "/listen/exchange"):
                assert await sent(player, path, body, **{"Content-Encoding": packing}) == unreadable, (packing, path)
