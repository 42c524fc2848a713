"""Whatever is posted to the bot's address has an answer of 2xx, 400, 401, 403 or 413, and one of 5xx only while Microsoft's keys are away."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from random import Random
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.teams.cloud import DEEPEST, LARGEST
from bot.teams.platform import TeamsAdapter
from bot.teams.tokens import Verifier
from tests.each import each

from .doors import Door, invoke, message, ours
from .keys import STRANGER, KeyServer
from .street import Street

FIELDS = [
    "type",
    "id",
    "timestamp",
    "localTimestamp",
    "localTimezone",
    "channelId",
    "from",
    "conversation",
    "recipient",
    "textFormat",
    "attachmentLayout",
    "membersAdded",
    "membersRemoved",
    "reactionsAdded",
    "reactionsRemoved",
    "topicName",
    "historyDisclosed",
    "locale",
    "text",
    "speak",
    "inputHint",
    "summary",
    "suggestedActions",
    "attachments",
    "entities",
    "channelData",
    "action",
    "replyToId",
    "label",
    "valueType",
    "value",
    "name",
    "relatesTo",
    "code",
    "expiration",
    "importance",
    "deliveryMode",
    "listenFor",
    "textHighlights",
    "semanticAction",
    "callerId",
    "serviceUrl",
]
NAMES = [
    "id",
    "name",
    "type",
    "aadObjectId",
    "tenantId",
    "conversationType",
    "isGroup",
    "role",
    "text",
    "properties",
    "content",
    "contentType",
    "tenant",
    "x",
    "@odata.type",
    "verb",
    "data",
    "action",
    "queryText",
]
PLAIN: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e308, 10**30, float("nan"), "", "x", "\x00", "\ud800", "2026-01-01T00:00:00Z", "29:1",
    "personal", "add", "invoke", "expectReplies",
)  # fmt: skip
ALLOWED = {200, 202, 400, 401, 403, 413}


def anything(chance: Random, depth: int = 0) -> Any:
    kind = chance.randrange(12)
    if kind < 3 or depth > 4:
        return chance.choice(PLAIN)
    if kind < 7:
        return [anything(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(NAMES): anything(chance, depth + 1) for _ in range(chance.randrange(5))}


def odd(chance: Random, body: dict[str, Any]) -> dict[str, Any]:
    """The activity with one to three fields of another shape."""
    return body | {chance.choice(FIELDS): anything(chance) for _ in range(chance.randint(1, 3))}


async def statuses(door: Door, bodies: list[dict[str, Any]], token: str | None = None) -> Counter[int]:
    return Counter([(await door.post(body, token))[0] for body in bodies])


async def test_of_hundreds_of_odd_activities_none_breaks_anything(http: ClientSession, verifier: Verifier) -> None:
    chance = Random(20261124)
    bodies = [odd(chance, chance.choice([invoke, message])()) for _ in range(400)]
    async with ours(http, verifier) as door:
        found = await statuses(door, bodies)
        assert set(found) == {200, 202, 400, 403}
        for token in ("", "a.b.c", STRANGER.token()):
            assert set(await statuses(door, bodies[:100], token)) == {401}


@pytest.mark.soak
async def test_of_hundreds_of_odd_activities_none_breaks_the_bot_behind_the_door(street: Street) -> None:
    """Signed by Microsoft, for our tenant, and of any shape within."""
    chance, bot = Random(7), street.front.adapter
    assert isinstance(bot, TeamsAdapter)
    for _ in range(300):
        kinds = ("invoke", "message", "installationUpdate", "conversationUpdate")
        body = street.tenant.wire.sent[0].activity | {"type": chance.choice(kinds), "value": anything(chance)}
        body |= {"name": chance.choice(["adaptiveCard/action", "task/submit", "application/search", ""])}
        body |= {
            name: one for name, one in odd(chance, {}).items() if name not in ("serviceUrl", "channelId", "channelData")
        }
        reply = await street.tenant.wire.send(body, 10)
        assert reply.status in ALLOWED, body
    await street.settled()
    street.tenant.problems.clear()


RAW: dict[str, bytes] = {
    "nothing": b"", "half an object": b"{", "a list": b"[]", "a number": b"1", "null": b"null", "a text": b'"x"',
    "no UTF-8": b"\xff\xfe", "two objects": b"{}{}", "a deep list": b"[" * 100_000, "a deep object": b'{"a":' * 40_000,
    "a long number": b'{"x":' + b"9" * 5000 + b"}", "blanks": b" " * LARGEST,
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


async def test_a_body_may_be_as_deep_as_any_card_and_no_deeper(http: ClientSession, verifier: Verifier) -> None:
    async with ours(http, verifier) as door:
        for depth, status in ((DEEPEST - 1, 202), (DEEPEST, 403), (DEEPEST + 1, 403)):
            assert (await door.post(message(value=json.loads("[" * depth + "1" + "]" * depth))))[0] == status


async def test_a_body_may_be_packed_and_one_that_is_packed_badly_is_turned_away(
    http: ClientSession, verifier: Verifier
) -> None:
    packed = gzip.compress(json.dumps(message()).encode())
    async with ours(http, verifier) as door:
        assert (await door.post(packed, Content_Encoding="gzip"))[0] == 202
        for body in (message(), packed[:-20], b"", b"\x1f\x8b" + bytes(20)):
            assert (await door.post(body, Content_Encoding="gzip", Connection="close"))[0] in (400, 403)


@each("kind", ["text/plain", "application/x-www-form-urlencoded", "", "x", "application/json; charset=utf-16"])
async def test_the_content_type_changes_nothing(http: ClientSession, verifier: Verifier, kind: str) -> None:
    async with ours(http, verifier) as door:
        assert (await door.post(message(), Content_Type=kind))[0] == 202


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
