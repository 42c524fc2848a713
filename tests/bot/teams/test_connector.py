"""What the bot says to the Bot Connector, and how each refusal is told."""

import json
from typing import Any

import pytest
from aiohttp import web

from bot.ports import Absent, Unreachable
from bot.teams.connector import Connector
from tests.each import each

from .stand_in import ALL, Doing, Microsoft, creating, looking, outage, refused, sending, updating

# What is said


@each("doing", ALL)
@each("at", ["https://evil.example/", "", "http://localhost@evil.example/", "ftp://localhost/"])
async def test_no_other_host_gets_the_token(connector: Connector, microsoft: Microsoft, doing: Doing, at: str) -> None:
    with pytest.raises(Unreachable, match="service_url"):
        await doing(connector, at)
    assert microsoft.forms == []


# What may go better later


@pytest.mark.parametrize(
    ("said", "waits"),
    [("3", 3.0), ("0", 0.0), ("86400", 600.0), *((one, None) for one in ("", "soon", "-1", "²", "9" * 400))],
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


CLOSED = ["MessageWritesBlocked", "BotNotInConversationRoster", "ForbiddenOperationException", "NotEnoughPermissions"]
BLOCKED_CODES = [*CLOSED, "ConversationBlockedByUser", "BotDisabledByAdmin", "InvalidBotApiHost"]
NOT_THERE = [
    (404, "ConversationNotFound"), (404, ""), (400, "MemberNotFoundInConversation"), (400, "BotNotInConversationRoster"),
]  # fmt: skip


@each("doing", [sending, creating, looking])
@each(("status", "code"), [*((403, one) for one in BLOCKED_CODES), *NOT_THERE])
async def test_a_person_who_blocked_or_removed_the_bot_or_is_not_there_is_unreachable(
    connector: Connector, microsoft: Microsoft, doing: Doing, status: int, code: str
) -> None:
    microsoft.script = [refused(status, code)]
    with pytest.raises(Unreachable) as caught:
        await doing(connector, microsoft.service_url)
    assert caught.value.code == (code or "http_404")


@each(("status", "code"), [*NOT_THERE, (404, "ActivityNotFoundInConversation"), *((403, one) for one in CLOSED)])
async def test_an_update_of_what_is_gone_or_closed_to_us_is_absent(
    connector: Connector, microsoft: Microsoft, status: int, code: str
) -> None:
    """After the app was installed again: a new message may well reach the person where the old one can't be changed."""
    microsoft.script = [refused(status, code)]
    with pytest.raises(Absent, match=code or "http_404"):
        await updating(connector, microsoft.service_url)


@each(
    ("status", "said", "code"),
    [
        (413, "", "too_large"), (413, "MessageSizeTooBig", "too_large"), (400, "MessageSizeTooBig", "too_large"),
        *((status, "ServiceError", f"http_{status}") for status in (408, 412, 500, 502, 503, 504)),
    ],
)  # fmt: skip
@each("doing", ALL)
async def test_a_message_that_is_too_large_or_another_failure_of_microsofts_is_not_tried_again_here(
    connector: Connector, microsoft: Microsoft, doing: Doing, status: int, said: str, code: str
) -> None:
    """The numbers stay, so that the outbox can tell the person that a message may come twice: after 502 too."""
    microsoft.asked.clear()
    microsoft.script = [refused(status, said, Retry_After="7")]
    error = await outage(connector, microsoft, doing)
    assert (error.code, error.outage, len(microsoft.asked)) == (code, False, 1)
    assert error.retry_after == (7.0 if said == "ServiceError" else error.retry_after)


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
