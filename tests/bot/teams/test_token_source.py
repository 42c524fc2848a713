"""The bot's own token: fetched once, replaced before it ends, and told as an outage when there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from bot.ports import Unavailable
from bot.teams.connector import TokenSource

from .keys import APP_ID, NOW, TENANT, Clock
from .stand_in import Microsoft


@pytest_asyncio.fixture
async def tokens(microsoft: Microsoft, http: ClientSession, clock: Clock) -> AsyncIterator[TokenSource]:
    source = TokenSource(http, TENANT, APP_ID, "hush", microsoft.login_url, clock=clock)
    yield source
    await source.close()


async def outage(tokens: TokenSource) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        await tokens.token()
    assert caught.value.outage
    return caught.value


async def settled(tokens: TokenSource) -> None:
    """Wait for the fetch that is under way."""
    await asyncio.wait({tokens._flight.board()})


async def test_the_bot_proves_itself_with_its_secret(tokens: TokenSource, microsoft: Microsoft) -> None:
    assert await tokens.token() == "token-1"
    assert microsoft.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": APP_ID,
            "client_secret": "hush",
            "scope": "https://api.botframework.com/.default",
        }
    ]


async def test_a_token_serves_until_five_minutes_before_its_end(
    tokens: TokenSource, microsoft: Microsoft, clock: Clock
) -> None:
    for moment in (0, 1, 3299):
        clock.now = NOW + moment
        assert await tokens.token() == "token-1"
    assert len(microsoft.forms) == 1


async def test_near_its_end_a_token_is_replaced_and_nobody_waits(
    tokens: TokenSource, microsoft: Microsoft, clock: Clock
) -> None:
    await tokens.token()
    microsoft.gate.clear()
    clock.now = NOW + 3300
    assert [await tokens.token() for _ in range(5)] == ["token-1"] * 5
    microsoft.gate.set()
    await settled(tokens)
    assert await tokens.token() == "token-2"
    assert len(microsoft.forms) == 2


async def test_near_its_end_a_token_that_cannot_be_replaced_serves_on(
    tokens: TokenSource, microsoft: Microsoft, clock: Clock
) -> None:
    await tokens.token()
    microsoft.logins = [web.Response(status=503) for _ in range(4)]
    for moment in (3300, 3310, 3329, 3330, 3599):
        clock.now = NOW + moment
        assert await tokens.token() == "token-1"
        if tokens._flight.under_way:
            await settled(tokens)
    assert len(microsoft.forms) == 4
    clock.now = NOW + 3600
    assert (await outage(tokens)).code == "login_http_503"


async def test_an_ended_token_is_not_used(tokens: TokenSource, clock: Clock) -> None:
    await tokens.token()
    clock.now = NOW + 3600
    assert await tokens.token() == "token-2"


async def test_only_the_token_that_was_refused_is_dropped(tokens: TokenSource, microsoft: Microsoft) -> None:
    assert await tokens.token() == "token-1"
    tokens.drop("token-1")
    assert await tokens.token() == "token-2"
    tokens.drop("token-1")
    assert await tokens.token() == "token-2"


NO_TOKEN: list[tuple[int, Any, str]] = [
    (401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}, "invalid_client"),
    (400, {"error": "unauthorized_client"}, "unauthorized_client"),
    (503, {"error": "temporarily_unavailable"}, "temporarily_unavailable"),
    (500, None, "login_http_500"),
    (302, {}, "login_http_302"),
    (200, {}, "login_unreadable_answer"),
    (200, [], "login_unreadable_answer"),
    (200, {"access_token": 5, "expires_in": 3600}, "login_unreadable_answer"),
    (200, {"access_token": "a\r\nb", "expires_in": 3600}, "login_unreadable_answer"),
    (200, {"access_token": "a", "expires_in": None}, "login_unreadable_answer"),
    (200, {"access_token": "a", "expires_in": -1}, "login_unreadable_answer"),
    (200, {"access_token": "a", "expires_in": "soon"}, "login_unreadable_answer"),
    (200, {"access_token": "a", "expires_in": True}, "login_unreadable_answer"),
    (200, {"access_token": "", "expires_in": 3600}, "login_unreadable_answer"),
]


@pytest.mark.parametrize(("status", "said", "code"), NO_TOKEN)
async def test_no_token_is_an_outage_that_says_why_and_no_secret(
    tokens: TokenSource, microsoft: Microsoft, capsys: pytest.CaptureFixture[str], status: int, said: Any, code: str
) -> None:
    microsoft.logins = [web.json_response(said, status=status)]
    assert (await outage(tokens)).code == code
    assert "hush" not in "".join(capsys.readouterr())
    assert await tokens.token() == "token-2"


async def test_a_limit_of_the_login_service_names_how_long_to_wait(tokens: TokenSource, microsoft: Microsoft) -> None:
    microsoft.logins = [web.Response(status=429, headers={"Retry-After": "11"})]
    error = await outage(tokens)
    assert (error.code, error.retry_after) == ("login_http_429", 11.0)


async def test_a_login_service_that_hangs_is_given_up(tokens: TokenSource, microsoft: Microsoft) -> None:
    """Not a plain `timeout`: after that the outbox would think that a message may have been posted."""
    microsoft.gate.clear()
    tokens.patience = 0.02
    assert (await outage(tokens)).code == "login_timeout"
