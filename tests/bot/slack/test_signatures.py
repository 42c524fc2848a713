"""The wall answers whatever a client sends, packed bodies too, and believes none of it without a signature."""

from __future__ import annotations

import gzip
import hmac
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.slack.platform import SignatureCheck
from tests.moments import moment

SECRET = "wall-secret"
Client = TestClient[web.Request, web.Application]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    async def answer(payload: dict[str, Any]) -> web.Response:
        return web.Response(text=str(payload["command"]))

    app = web.Application()
    app.add_routes([web.post("/slack/events", SignatureCheck(SECRET, answer).handle)])
    async with TestClient(TestServer(app)) as opened:
        yield opened


def signed(body: bytes) -> dict[str, str]:
    stamp = str(int(moment().timestamp()))
    mark = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mark}"}


BROKEN = gzip.compress(b"hello" * 9, mtime=0)[:-9] + b"broken..."


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
@pytest.mark.parametrize("body", [b"hello", BROKEN])
@pytest.mark.parametrize("genuine", [True, False])
async def test_p7_a_body_that_is_not_packed_as_it_says_is_turned_away(
    client: Client, packing: str, body: bytes, genuine: bool
) -> None:
    headers = {"Content-Encoding": packing, **(signed(body) if genuine else {})}
    async with client.post("/slack/events", data=body, headers=headers, skip_auto_headers=["Content-Type"]) as answer:
        assert (answer.status, await answer.read()) == (401, b"")
