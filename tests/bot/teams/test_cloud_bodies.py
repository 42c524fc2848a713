"""Whatever is posted to the bot's address has an answer of 2xx, 400, 401, 403 or 413, and one of 5xx only while Microsoft's keys are away."""

from __future__ import annotations

import gzip
import json

from aiohttp import ClientSession

from bot.teams.cloud import LARGEST
from bot.teams.tokens import Verifier
from tests.each import each

from .doors import message, ours
from .keys import KeyServer
from .street import Street

RAW: dict[str, bytes] = {
    "nothing": b"", "half an object": b"{", "a list": b"[]", "a number": b"1", "null": b"null", "a text": b'"x"',
    "no UTF-8": b"\xff\xfe", "a deep list": b"[" * 100_000,
    "a long number": b'{"x":' + b"9" * 5000 + b"}",
}  # fmt: skip


@each("what", RAW)
async def test_what_is_no_activity_proves_nothing_either(http: ClientSession, verifier: Verifier, what: str) -> None:
    async with ours(http, verifier) as door, ours(http, None) as unproved:
        assert [(await door.post(RAW[what], token))[0] for token in (None, "", "a.b.c")] == [403, 401, 401]
        assert (await unproved.post(RAW[what]))[0] == 403
        assert (door.bot.turns, unproved.bot.turns) == ([], [])


async def test_what_is_too_large_is_not_read_to_its_end(http: ClientSession, verifier: Verifier) -> None:
    async with ours(http, verifier) as door:
        whole = json.dumps(message())
        assert (await door.post(whole + " " * (LARGEST - len(whole))))[0] == 202
        assert (await door.post(whole + " " * (LARGEST - len(whole) + 1)))[0] == 413
        assert (await door.post(b"x" * 3_000_000, ""))[0] == 413
        assert (await door.post(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"))[0] == 413


async def test_what_is_packed_badly_proves_nothing(http: ClientSession, verifier: Verifier) -> None:
    packed = gzip.compress(json.dumps(message()).encode())
    async with ours(http, verifier) as door:
        for how, body in (("gzip", b"hello"), ("deflate", packed), ("gzip", packed[:40]), ("gzip", b"")):
            assert (await door.post(body, token="", Content_Encoding=how, Connection="close"))[0] == 401
            assert (await door.post(body, Content_Encoding=how, Connection="close"))[0] in (400, 403)
        assert door.bot.turns == []


async def test_only_post_is_offered(street: Street, http: ClientSession) -> None:
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        async with http.request(method, street.tenant.bot_url) as response:
            assert response.status == 405


async def test_whoever_can_t_be_told_from_a_stranger_hears_that_it_is_our_side(
    http: ClientSession, verifier: Verifier, server: KeyServer
) -> None:
    server.down = True
    async with ours(http, verifier) as door:
        assert await door.post(message()) == (503, "")
        server.down = False
        assert (await door.post(message()))[0] == 202


async def test_half_of_a_surrogate_pair_is_nobody_s_name(http: ClientSession, verifier: Verifier) -> None:
    async with ours(http, verifier) as door:
        there = {**message()["conversation"], "id": "a:\ud800"}
        told = {"from": {"id": "29:anna\ud800", "aadObjectId": "\udfff"}, "conversation": there}
        assert (await door.post(message(**told)))[0] == 202
        [turn] = door.bot.turns
        asks = turn.activity.from_property
        assert (asks.id, asks.aad_object_id, turn.activity.conversation.id) == ("29:anna?", "?", "a:?")
