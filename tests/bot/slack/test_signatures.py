"""The wall answers whatever a client sends, packed bodies too, and believes none of it without a signature."""

import gzip
import hmac
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.slack.platform import LARGEST, SignatureCheck
from tests.moments import moment

SECRET, STAMP, MARK = "wall-secret", "X-Slack-Request-Timestamp", "X-Slack-Signature"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Client = TestClient[web.Request, web.Application]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    async def answer(payload: dict[str, Any]) -> web.Response:
        return web.Response(text=str(payload["command"]))

    app = web.Application()
    app.add_routes([web.post("/slack/events", SignatureCheck(SECRET, answer).handle)])
    async with TestClient(TestServer(app)) as opened:
        yield opened


def signed(body: bytes, away: int = 0, secret: str = SECRET) -> dict[str, str]:
    """The headers of a genuine request, by a clock that is so many seconds away."""
    stamp = str(int(moment().timestamp()) + away)
    mark = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, sha256).hexdigest()
    return {STAMP: stamp, MARK: f"v0={mark}"}


async def test_p7_nothing_unsigned_stale_or_signed_by_another_is_believed(client: Client) -> None:
    body = b"command=%2Frecording-request"
    good = signed(body)
    now, mark = int(good[STAMP]), good[MARK].removeprefix("v0=")
    marks = (
        "", "v0=", mark, f"v1={mark}", f"v0={mark[:-1]}", f"v0={mark}0", f"V0={mark.upper()}", f"v0={'0' * 64}", "v0=\u00e9",
    )  # fmt: skip
    stamps = (
        "", "0", f"-{now}", f"+{now}", f"{now}.0", f"{now}0", "now", "nan", "9" * 5000, "\u0661\u0662", f"{now + 1}",
    )  # fmt: skip
    forged = [
        {}, {STAMP: good[STAMP]}, {MARK: good[MARK]}, signed(b"another"), signed(body, secret=""), signed(body, secret="xoxb-1"),
        signed(body, -310), signed(body, 310), *(good | {MARK: one} for one in marks), *(good | {STAMP: one} for one in stamps),
    ]  # fmt: skip
    for headers in forged:
        async with client.post("/slack/events", data=body, headers={**FORM, **headers}) as answer:
            assert (answer.status, await answer.read()) == (401, b""), headers
    async with client.post("/slack/events", data=body, headers={**FORM, **good}) as answer:
        assert (answer.status, await answer.text()) == (200, "/recording-request")
    large = b"x" * (LARGEST + 1)
    async with client.post("/slack/events", data=large, headers={**FORM, **signed(large)}) as answer:
        assert answer.status == 413


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
