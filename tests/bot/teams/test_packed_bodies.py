"""A body that is not packed as its header says is turned away like any other that can't be read (P7)."""

from __future__ import annotations

import gzip
import json
import zlib

from aiohttp import ClientSession

from bot.teams.tokens import Verifier
from tests.each import each

from .doors import message, ours

WHOLE = json.dumps(message()).encode()
BROKEN = {
    "gzip of words": ("gzip", b"hello"),
    "deflate of words": ("deflate", b"hello"),
    "half a gzip": ("gzip", gzip.compress(WHOLE)[:40]),
    "a gzip that turns": ("gzip", gzip.compress(WHOLE)[:20] + b"\xff" * 40),
    "gzip called deflate": ("deflate", gzip.compress(WHOLE)),
    "nothing": ("gzip", b""),
}


@each("broken", BROKEN)
async def test_p7_what_can_not_be_unpacked_proves_nothing(http: ClientSession, verifier: Verifier, broken: str) -> None:
    """Unsigned it is 401, as every request without a token; signed it names no channel of ours."""
    how, body = BROKEN[broken]
    async with ours(http, verifier) as door:
        assert (await door.post(body, token="", Content_Encoding=how, Connection="close"))[0] == 401
        assert (await door.post(body, Content_Encoding=how, Connection="close"))[0] in (400, 403)
        assert door.bot.turns == []


async def test_what_aiohttp_itself_can_not_unpack_never_reaches_us(http: ClientSession, verifier: Verifier) -> None:
    async with ours(http, verifier) as door:
        half = zlib.compress(WHOLE)[:40]
        assert (await door.post(half, token="", Content_Encoding="deflate", Connection="close"))[0] == 400


@each("broken", BROKEN)
async def test_without_tokens_it_is_turned_away_too(http: ClientSession, broken: str) -> None:
    how, body = BROKEN[broken]
    async with ours(http, None) as door:
        assert (await door.post(body, Content_Encoding=how, Connection="close"))[0] == 403
