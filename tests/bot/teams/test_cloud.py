"""Our `CloudAdapter`: who is let in, and what of an activity the bot reads."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import ClientSession
from botbuilder.schema import Activity

from bot.teams.tokens import LOOPBACK, Verifier
from bot.teams.turn import read
from tests.each import each

from .doors import CARD, invoke, message, ours
from .keys import FIRST, STRANGER, TENANT, claims

OTHER = "99999999-0000-4000-8000-000000000000"
ELSEWHERE = {"conversation": {"id": "a:1", "tenantId": OTHER}, "channelData": {"tenant": {"id": OTHER}}}


async def test_an_invokes_body_arrives(http: ClientSession, verifier: Verifier) -> None:
    """The library serialises the body twice: teams-sdk#2547, botbuilder-python#1672."""
    async with ours(http, verifier) as mended:
        status, text = await mended.post(invoke())
        assert (status, json.loads(text)) == (200, CARD)


async def test_a_message_is_acknowledged(http: ClientSession, verifier: Verifier) -> None:
    async with ours(http, verifier) as mended:
        assert await mended.post(message()) == (202, "")


BAD: dict[str, Any] = {
    "malformed": "a.b.c", "expired": {"exp": -600}, "an unknown key": STRANGER,
    "a channel that the key is not for": FIRST,
}  # fmt: skip


def bad(why: str, at: float) -> tuple[str, dict[str, Any]]:
    """A token that is not to be let in, and the message that it comes with."""
    match BAD[why]:
        case str() as token:
            return token, message()
        case dict() as said:
            return FIRST.token(claims(at, **{name: int(at) + one for name, one in said.items()})), message()
        case signer if signer is STRANGER:
            return STRANGER.token(claims(at)), message()
        case _:
            return FIRST.token(claims(at)), message(channelId="slack")


@each("why", BAD)
async def test_a_bad_token_is_turned_away_and_no_fault(http: ClientSession, verifier: Verifier, why: str) -> None:
    """The library raises what its adapter does not expect, so anybody can fill the log with errors."""
    async with ours(http, verifier) as mended:
        token, body = bad(why, verifier.wall_clock())
        assert (await mended.post(body, token))[0] in (401, 403)
        assert mended.bot.turns == []


async def test_another_tenants_people_are_turned_away(http: ClientSession, verifier: Verifier) -> None:
    async with ours(http, verifier) as mended:
        assert (await mended.post(message(**ELSEWHERE)))[0] == 403


async def test_a_service_url_must_be_there_and_on_the_list(http: ClientSession, verifier: Verifier) -> None:
    """Our token would go there."""
    evil = "https://evil.example/"
    async with ours(http, verifier) as mended:
        assert (await mended.post(message(serviceUrl=evil), FIRST.token(claims(serviceurl=evil))))[0] == 403
        assert (await mended.post(message(serviceUrl=None)))[0] == 403


async def test_an_activity_is_read_as_the_library_reads_it(http: ClientSession, verifier: Verifier) -> None:
    told = message(
        text="home", replyToId="7", localTimezone="Europe/London", value={"a": [1]}, recipient={"id": "28:b"}
    )
    told |= {"from": {"id": "29:1", "aadObjectId": "o-1"}}
    async with ours(http, verifier) as mended:
        assert (await mended.post(told))[0] == 202
        assert read(mended.bot.turns[0].activity) == read(Activity().deserialize(told))


async def test_a_field_of_another_shape_is_empty(http: ClientSession, verifier: Verifier) -> None:
    odd = {"from": "x", "recipient": [], "text": 5, "membersAdded": {"a": 1}, "name": {}, "replyToId": 7}
    place = {"id": 5, "conversationType": [], "tenantId": TENANT}
    async with ours(http, verifier) as mended:
        assert (await mended.post(message(**odd, conversation=place)))[0] == 202
        [turn] = mended.bot.turns
        told = read(turn.activity)
        assert (told.account, told.text, told.conversation, told.scope, told.card) == ("", "", "", "", "")
        assert turn.activity.members_added == []


@each("host", sorted(LOOPBACK))
async def test_without_tokens_only_this_machine_is_let_in(http: ClientSession, host: str) -> None:
    here = message(serviceUrl=f"http://{host}:56150/_connector")
    async with ours(http, None) as unproved:
        assert (await unproved.post(here))[0] == 202
        assert (await unproved.post(here, "a.b.c"))[0] == 202
        assert (await unproved.post(here, Origin="http://localhost:3000"))[0] == 403


@each(
    "address",
    [
        "https://smba.trafficmanager.net/au/",
        "http://127.0.0.1.evil.example/",
        "http://evil@localhost/",
        "",
        None,
        1,
        [],
        {},
    ],
)
async def test_without_tokens_nothing_goes_elsewhere(http: ClientSession, address: Any) -> None:
    async with ours(http, None) as unproved:
        assert (await unproved.post({**message(), "serviceUrl": address}))[0] == 403
        assert unproved.bot.turns == []
