"""Microsoft's keys and the bot's own token: fetched once, replaced in time, and an outage told where there is none."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from bot.ports import Unavailable
from bot.teams.connector import TokenSource
from bot.teams.tokens import Verifier, issuer_of

from .keys import (  # fmt: skip
    APP_ID,
    FIRST,
    ISSUER,
    NOW,
    SECOND,
    TENANT,
    Clock,
    KeyServer,
    Signer,
    accepted,
    claims,
    refusal,
)
from .stand_in import Microsoft

DAY = 86_400.0


async def unjudged(verifier: Verifier, token: str) -> bool:
    """Return True if the bot couldn't tell who sent this, for want of any key."""
    with pytest.raises(Unavailable, match="no_keys"):
        await accepted(verifier, token)
    return True


async def test_a_new_key_is_fetched_when_it_first_signs_and_one_that_was_withdrawn_is_of_no_more_use(
    verifier: Verifier, server: KeyServer, clock: Clock
) -> None:
    assert await accepted(verifier, FIRST.token())
    server.keys, clock.now = [FIRST.jwk(), SECOND.jwk()], NOW + 301
    for signer in (SECOND, FIRST):
        assert await accepted(verifier, signer.token())
    third = Signer("third")
    server.keys, clock.now = [SECOND.jwk(), third.jwk()], NOW + 602
    assert await accepted(verifier, third.token())
    assert await refusal(verifier, FIRST.token()) == (401, "unknown_key")
    assert server.looks == 3


async def test_old_keys_serve_while_microsoft_is_down(verifier: Verifier, server: KeyServer, clock: Clock) -> None:
    assert await accepted(verifier, FIRST.token())
    server.down = True
    for days in (1, 2, 9):
        clock.now = NOW + days * DAY
        assert await refusal(verifier, SECOND.token(claims(clock.now))) == (401, "unknown_key")
        assert await accepted(verifier, FIRST.token(claims(clock.now)))
    assert server.looks == 4


async def test_after_a_day_the_keys_are_fetched_again_and_no_one_waits(
    verifier: Verifier, server: KeyServer, clock: Clock
) -> None:
    assert await accepted(verifier, FIRST.token())
    server.gate.clear()
    server.arrived.clear()
    server.keys, clock.now = [SECOND.jwk()], NOW + DAY
    assert await accepted(verifier, FIRST.token(claims(clock.now)))
    await server.arrived.wait()
    assert await accepted(verifier, FIRST.token(claims(clock.now)))
    server.gate.set()
    assert await accepted(verifier, SECOND.token(claims(clock.now)))
    assert server.looks == 2


async def test_a_start_while_microsoft_is_down_is_tried_again_soon(
    verifier: Verifier, server: KeyServer, clock: Clock
) -> None:
    server.down = True
    assert await unjudged(verifier, FIRST.token())
    server.down, clock.now = False, NOW + 1
    assert await accepted(verifier, FIRST.token())
    assert server.looks == 3


def test_a_national_cloud_has_its_own_issuer() -> None:
    for cloud, issuer in (("com", ISSUER), ("azure.us", "https://api.botframework.us")):
        assert issuer_of(f"https://login.botframework.{cloud}/v1/.well-known/openidconfiguration") == issuer


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
    await asyncio.wait({tokens._fetching.start_or_join()})


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


async def test_near_its_end_a_token_is_replaced_and_no_one_waits(
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
    *((200, {"access_token": token, "expires_in": 3600}, "login_unreadable_answer") for token in (5, "a\r\nb", "")),
    *(
        (200, {"access_token": "a", "expires_in": lasts}, "login_unreadable_answer")
        for lasts in (None, -1, "soon", True)
    ),
]


@pytest.mark.parametrize(("status", "said", "code"), NO_TOKEN)
async def test_no_token_is_an_outage_that_says_why_and_no_secret(
    tokens: TokenSource, microsoft: Microsoft, capsys: pytest.CaptureFixture[str], status: int, said: Any, code: str
) -> None:
    microsoft.logins = [web.json_response(said, status=status)]
    assert (await outage(tokens)).code == code
    assert "hush" not in "".join(capsys.readouterr())
    assert await tokens.token() == "token-2"
