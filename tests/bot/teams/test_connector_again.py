"""What the connector tries once more by itself, when it pauses, and which word it finds in a refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.ports import Unreachable
from bot.teams.connector import BACK_OFF, UNNAMED, Connector
from bot.teams.tokens import LOOPBACK
from tests.clocks import Seconds
from tests.each import each

from .stand_in import ALL, HELLO, ROOM, Doing, Microsoft, creating, looking, outage, refused, sending, updating

AGAIN = [(412, one) for one in ALL] + [(status, one) for status in (502, 504) for one in (updating, creating, looking)]


@pytest.mark.parametrize(("status", "doing"), AGAIN)
async def test_what_teams_asks_to_try_again_is_tried_once_more_after_a_moment(
    connector: Connector, microsoft: Microsoft, naps: list[float], status: int, doing: Doing
) -> None:
    microsoft.script = [refused(status, "PreconditionFailed")]
    if doing is looking:
        microsoft.script.append(web.json_response({"id": "29:1"}))
    await doing(connector, microsoft.service_url)
    first, second = microsoft.asked
    assert (first.method, first.path, first.body) == (second.method, second.path, second.body)
    assert len(naps) == 1
    assert BACK_OFF[0] <= naps[0] <= BACK_OFF[1]


@pytest.mark.parametrize(("status", "doing"), AGAIN)
async def test_the_second_failure_is_the_outboxs(
    connector: Connector, microsoft: Microsoft, naps: list[float], status: int, doing: Doing
) -> None:
    microsoft.script = [refused(status, Retry_After="7") for _ in range(2)]
    error = await outage(connector, microsoft, doing)
    assert (error.code, error.outage, error.retry_after) == (f"http_{status}", False, 7.0)
    assert (len(microsoft.asked), len(naps)) == (2, 1)


LATER = [(status, one) for status in (408, 500, 503) for one in ALL] + [(502, sending), (504, sending)]


@pytest.mark.parametrize(("status", "doing"), LATER)
async def test_another_failure_of_microsofts_is_tried_again_later_and_not_here(
    connector: Connector, microsoft: Microsoft, naps: list[float], status: int, doing: Doing
) -> None:
    """The numbers stay, so that the outbox can tell the person that a message may come twice: after 502 too."""
    microsoft.script = [refused(status, "ServiceError", Retry_After="7")]
    error = await outage(connector, microsoft, doing)
    assert (error.code, error.outage, error.retry_after) == (f"http_{status}", False, 7.0)
    assert (len(microsoft.asked), naps) == (1, [])


BLOCKED = json.dumps({"subCode": "MessageWritesBlocked", "details": "Thread is blocked."}, indent=2)
WORDS: list[tuple[Any, str]] = [
    ({"subCode": "MessageWritesBlocked", "message": "Because."}, "MessageWritesBlocked"),
    ({"error": {"code": "Forbidden", "subCode": "MessageWritesBlocked"}}, "MessageWritesBlocked"),
    ({"error": {"code": "MessageWritesBlocked"}, "subCode": None}, "MessageWritesBlocked"),
    ({"errorCode": 209, "message": BLOCKED}, "MessageWritesBlocked"),
    ({"error": {"code": "Forbidden", "message": BLOCKED}}, "MessageWritesBlocked"),
    ({"error": {"code": "Forbidden", "message": "{not JSON"}}, "Forbidden"),
    ({"error": {"code": "Forbidden", "message": "[" * 9_000}}, "Forbidden"),
    ({"error": {"code": "Forbidden", "message": json.dumps("text")}}, "Forbidden"),
    ({"error": {"code": "Forbidden", "message": "\ud800"}}, "Forbidden"),
    ({"errorCode": 209, "message": "Thread is blocked."}, "error_209"),
]


@each(("said", "word"), WORDS)
async def test_the_finest_reason_is_found_wherever_teams_put_it(
    connector: Connector, microsoft: Microsoft, said: Any, word: str
) -> None:
    microsoft.script = [web.json_response(said, status=403)]
    with pytest.raises(Unreachable) as caught:
        await sending(connector, microsoft.service_url)
    assert caught.value.code == word


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
