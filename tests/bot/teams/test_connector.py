"""What the bot says to the Bot Connector, and how each refusal is told (issue 3, items 1 and 5)."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, web

from bot.ports import Absent, Unreachable
from bot.teams.connector import Connector
from bot.teams.tokens import LOOPBACK
from tests.each import each

from .keys import APP_ID, TENANT
from .stand_in import (
    ALL,
    HELLO,
    PERSON,
    ROOM,
    ROOM_SENT,
    Asked,
    Doing,
    Microsoft,
    creating,
    looking,
    outage,
    refused,
    sending,
    updating,
)

# What is said


async def test_a_send_posts_the_activity_and_returns_its_id(connector: Connector, microsoft: Microsoft) -> None:
    assert await connector.send(microsoft.service_url, ROOM, HELLO) == "made-1"
    assert microsoft.asked == [Asked("POST", f"/au/v3/conversations/{ROOM_SENT}/activities", "token-1", HELLO)]


async def test_an_update_puts_the_activity_in_the_place_of_the_old(connector: Connector, microsoft: Microsoft) -> None:
    microsoft.script = [web.Response(status=200)]
    await connector.update(microsoft.service_url.rstrip("/"), ROOM, "1/2", HELLO)
    assert microsoft.asked == [Asked("PUT", f"/au/v3/conversations/{ROOM_SENT}/activities/1%2F2", "token-1", HELLO)]


async def test_a_personal_conversation_is_asked_for_with_the_tenant(connector: Connector, microsoft: Microsoft) -> None:
    assert await creating(connector, microsoft.service_url) == "made-1"
    assert microsoft.asked[0].path == "/au/v3/conversations"
    assert microsoft.asked[0].body == {
        "isGroup": False,
        "bot": {"id": f"28:{APP_ID}"},
        "members": [{"id": PERSON}],
        "tenantId": TENANT,
        "channelData": {"tenant": {"id": TENANT}},
    }


async def test_a_member_is_told_as_teams_describes_the_account(connector: Connector, microsoft: Microsoft) -> None:
    told = {"id": PERSON, "email": "anna@fernhill.example", "tenantId": TENANT, "userRole": "user"}
    microsoft.script = [web.json_response(told)]
    assert await looking(connector, microsoft.service_url) == told
    assert microsoft.asked == [
        Asked("GET", f"/au/v3/conversations/{ROOM_SENT}/members/29%3A1-aB_c%2Fd", "token-1", None)
    ]


async def test_without_tokens_nothing_is_proved(microsoft: Microsoft, http: ClientSession) -> None:
    """Microsoft's local client sends no token and wants none."""
    open_house = Connector(http, None, LOOPBACK)
    await sending(open_house, microsoft.service_url)
    assert microsoft.asked[0].bearer == ""
    microsoft.script = [refused(401)]
    assert (await outage(open_house, microsoft)).outage


@each("doing", ALL)
@each("at", ["https://evil.example/", "", "http://localhost@evil.example/", "ftp://localhost/"])
async def test_the_token_goes_to_no_other_host(
    connector: Connector, microsoft: Microsoft, doing: Doing, at: str
) -> None:
    with pytest.raises(Unreachable, match="service_url"):
        await doing(connector, at)
    assert microsoft.forms == []


# What may go better later


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("3", 3.0),
        ("0", 0.0),
        ("86400", 600.0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("²", None),
        ("9" * 400, None),
    ],
)
async def test_a_limit_names_how_long_to_wait(
    connector: Connector, microsoft: Microsoft, said: str, waits: float | None
) -> None:
    microsoft.script = [refused(429, "Throttled", Retry_After=said)]
    error = await outage(connector, microsoft)
    assert (error.code, error.outage, error.retry_after) == ("ratelimited", False, waits)
    assert len(microsoft.asked) == 1


@each("doing", ALL)
async def test_a_call_that_hangs_is_given_up(connector: Connector, microsoft: Microsoft, doing: Doing) -> None:
    assert connector.tokens is not None
    await connector.tokens.token()
    microsoft.hangs, connector.patience = True, 0.02
    error = await outage(connector, microsoft, doing)
    assert (error.code, error.outage) == ("timeout", False)


@each("body", [b"", b"[]", b"{}", b'{"id":5}', b'{"id":""}', b"\xff", b"<html>", b"[" * 99_999])
async def test_a_send_that_brings_no_id_is_unreadable(connector: Connector, microsoft: Microsoft, body: bytes) -> None:
    microsoft.script = [web.Response(status=201, body=body)]
    assert (await outage(connector, microsoft)).code == "unreadable_answer"


# What the token has to do with it


async def test_a_refused_token_is_dropped_and_another_one_tried(connector: Connector, microsoft: Microsoft) -> None:
    microsoft.script = [refused(401)]
    assert await sending(connector, microsoft.service_url) == "made-2"
    assert [one.bearer for one in microsoft.asked] == ["token-1", "token-2"]


@pytest.mark.parametrize("doing", ALL)
async def test_two_refused_tokens_are_an_outage(connector: Connector, microsoft: Microsoft, doing: Doing) -> None:
    microsoft.script = [refused(401), refused(401, "BotNotRegistered")]
    error = await outage(connector, microsoft, doing)
    assert (error.code, error.outage) == ("BotNotRegistered", True)
    assert len(microsoft.asked) == 2


# What can't be mended by waiting


@each("doing", [sending, creating, looking])
@each(
    "code",
    [
        "MessageWritesBlocked", "BotNotInConversationRoster", "ConversationBlockedByUser", "BotDisabledByAdmin",
        "ForbiddenOperationException", "NotEnoughPermissions", "InvalidBotApiHost",
    ],
)  # fmt: skip
async def test_whoever_blocked_or_removed_the_bot_is_unreachable(
    connector: Connector, microsoft: Microsoft, doing: Doing, code: str
) -> None:
    microsoft.script = [refused(403, code)]
    with pytest.raises(Unreachable) as caught:
        await doing(connector, microsoft.service_url)
    assert caught.value.code == code


@each("doing", ALL)
@each("body", [b"", b"<html>Blocked by the proxy</html>", b'{"error":{"code":"<b>no</b>"}}', b"[]"])
async def test_a_403_without_a_reason_says_nothing_about_the_person(
    connector: Connector, microsoft: Microsoft, doing: Doing, body: bytes
) -> None:
    microsoft.script = [web.Response(status=403, body=body)]
    assert (await outage(connector, microsoft, doing)).code == "http_403"


NOT_THERE = [
    (404, "ConversationNotFound"), (404, ""), (400, "MemberNotFoundInConversation"), (400, "BotNotInConversationRoster"),
]  # fmt: skip


@each("doing", [sending, creating, looking])
@each(("status", "code"), NOT_THERE)
async def test_a_conversation_or_person_that_is_not_there_is_unreachable(
    connector: Connector, microsoft: Microsoft, doing: Doing, status: int, code: str
) -> None:
    microsoft.script = [refused(status, code)]
    with pytest.raises(Unreachable) as caught:
        await doing(connector, microsoft.service_url)
    assert caught.value.code == (code or "http_404")


@each(
    ("status", "code"),
    [
        *NOT_THERE, (404, "ActivityNotFoundInConversation"), (403, "ForbiddenOperationException"),
        (403, "BotNotInConversationRoster"), (403, "MessageWritesBlocked"), (403, "NotEnoughPermissions"),
    ],
)  # fmt: skip
async def test_an_update_of_what_is_gone_or_closed_to_us_is_absent(
    connector: Connector, microsoft: Microsoft, status: int, code: str
) -> None:
    """After the app was installed anew: a new message may well reach the person where the old one can't be changed."""
    microsoft.script = [refused(status, code)]
    with pytest.raises(Absent, match=code or "http_404"):
        await updating(connector, microsoft.service_url)


@each(("status", "code"), [(413, ""), (413, "MessageSizeTooBig"), (400, "MessageSizeTooBig")])
@each("doing", [sending, updating])
async def test_a_message_that_is_too_large_is_our_fault(
    connector: Connector, microsoft: Microsoft, doing: Doing, status: int, code: str
) -> None:
    microsoft.script = [refused(status, code)]
    error = await outage(connector, microsoft, doing)
    assert (error.code, error.outage) == ("too_large", False)
