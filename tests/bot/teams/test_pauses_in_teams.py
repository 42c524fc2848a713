"""Teams asks for a pause: nothing is posted into that conversation before it is over, by any path of this process."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from bot.teams.connector import UNNAMED, Connector
from bot.teams.tokens import LOOPBACK
from tests.clocks import Seconds

from .stand_in import HELLO, ROOM, Doing, Microsoft, creating, looking, outage, refused, sending, updating


@pytest.fixture
def patient(http: ClientSession, connector: Connector, seconds: Seconds) -> Connector:
    return Connector(http, connector.tokens, LOOPBACK, clock=seconds)


@pytest.mark.parametrize("first", [sending, updating])
async def test_nothing_is_posted_into_the_conversation_inside_the_pause(
    patient: Connector, microsoft: Microsoft, seconds: Seconds, first: Doing
) -> None:
    """A10: posts and changes of posts share a limit, so either waits for the other's pause."""
    microsoft.script = [refused(429, Retry_After="30")]
    assert (await outage(patient, microsoft, first)).tried
    for doing in (sending, updating) * 3:
        seconds.now += 4.0
        error = await outage(patient, microsoft, doing)
        assert (error.code, error.tried) == ("ratelimited", False)
    assert error.retry_after == 6.0
    assert len(microsoft.asked) == 1
    seconds.now += 6.0
    await sending(patient, microsoft.service_url)
    assert len(microsoft.asked) == 2


async def test_other_conversations_and_look_ups_go_on(patient: Connector, microsoft: Microsoft) -> None:
    """Who presses is found out, though the bot may post nothing at the moment."""
    microsoft.script = [refused(429, Retry_After="30")]
    await outage(patient, microsoft)
    await patient.send(microsoft.service_url, "a:other", HELLO)
    await looking(patient, microsoft.service_url)
    await creating(patient, microsoft.service_url)
    assert len(microsoft.asked) == 4


@pytest.mark.parametrize("doing", [looking, creating])
async def test_look_ups_and_new_conversations_have_pauses_of_their_own(
    patient: Connector, microsoft: Microsoft, doing: Doing
) -> None:
    microsoft.script = [refused(429, Retry_After="30")]
    for _ in range(3):
        await outage(patient, microsoft, doing)
    assert len(microsoft.asked) == 1
    await sending(patient, microsoft.service_url)


async def test_a_pause_of_no_length_is_a_short_one(patient: Connector, microsoft: Microsoft, seconds: Seconds) -> None:
    microsoft.script = [refused(429)]
    await outage(patient, microsoft)
    assert not (await outage(patient, microsoft)).tried
    seconds.now += UNNAMED
    await patient.send(microsoft.service_url, ROOM, HELLO)
