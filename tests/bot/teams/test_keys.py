"""Where Microsoft's keys come from, how often they are asked for, and what serves while Microsoft is away."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientSession

from bot.ports import Unavailable
from bot.teams.keys import issuer_of
from bot.teams.tokens import Verifier

from .keys import (
    APP_ID,
    FIRST,
    ISSUER,
    NOW,
    SECOND,
    TENANT,
    Clock,
    KeyServer,
    accepted,
    claims,
    refusal,
)  # fmt: skip

DAY = 86_400.0


async def unjudged(verifier: Verifier, token: str) -> bool:
    """Whether nobody could say who sent this, for want of any key."""
    with pytest.raises(Unavailable, match="no_keys"):
        await accepted(verifier, token)
    return True


async def test_a_new_key_is_fetched_when_it_first_signs(verifier: Verifier, server: KeyServer, clock: Clock) -> None:
    assert await accepted(verifier, FIRST.token())
    server.keys, clock.now = [FIRST.jwk(), SECOND.jwk()], NOW + 301
    assert await accepted(verifier, SECOND.token())
    assert await accepted(verifier, FIRST.token())
    assert server.looks == 2


async def test_a_key_that_microsoft_withdrew_is_of_no_more_use(
    verifier: Verifier, server: KeyServer, clock: Clock
) -> None:
    assert await accepted(verifier, FIRST.token())
    server.keys, clock.now = [SECOND.jwk()], NOW + 301
    assert await accepted(verifier, SECOND.token())
    assert await refusal(verifier, FIRST.token()) == (401, "unknown_key")


async def test_old_keys_stay_in_use_while_microsoft_is_down(
    verifier: Verifier, server: KeyServer, clock: Clock
) -> None:
    assert await accepted(verifier, FIRST.token())
    server.down = True
    for days in (1, 2, 9):
        clock.now = NOW + days * DAY
        assert await refusal(verifier, SECOND.token(claims(clock.now))) == (401, "unknown_key")
        assert await accepted(verifier, FIRST.token(claims(clock.now)))
    assert server.looks == 4


async def test_after_a_day_the_keys_are_fetched_again_and_nobody_waits(
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


async def test_whoever_comes_first_is_not_turned_away_for_one_look_in_vain(
    verifier: Verifier, server: KeyServer
) -> None:
    server.in_vain = {1}
    both = await asyncio.gather(accepted(verifier, FIRST.token()), accepted(verifier, FIRST.token()))
    assert (len(both), server.looks) == (2, 2)


async def test_a_key_server_that_hangs_is_given_up(server: KeyServer, http: ClientSession, clock: Clock) -> None:
    server.gate.clear()
    verifier = Verifier(APP_ID, TENANT, server.url, http, clock, patience=0.02, clock=clock)
    async with asyncio.timeout(3):
        assert await unjudged(verifier, FIRST.token())
        with pytest.raises(Unavailable, match="timeout"):
            await verifier.keys.load()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"keys":1}', b'{"keys":[]}', b"\xff", b"[" * 99_999, b" "])
async def test_an_answer_without_keys_leaves_the_old_ones(verifier: Verifier, server: KeyServer, body: bytes) -> None:
    assert await verifier.keys.load() == 1
    server.body = body
    with pytest.raises(Unavailable):
        await verifier.keys.load()
    assert await accepted(verifier, FIRST.token())


def test_a_national_cloud_has_its_own_issuer() -> None:
    assert issuer_of("https://login.botframework.com/v1/.well-known/openidconfiguration") == ISSUER
    assert (
        issuer_of("https://login.botframework.azure.us/v1/.well-known/openidconfiguration")
        == "https://api.botframework.us"
    )
