"""Our `CloudAdapter`: who is let in, what may be posted, and what an activity's words lead to."""

import gzip
import json
from typing import Any

from aiohttp import ClientSession
from botbuilder.schema import Activity

from bot.teams.cloud import LARGEST
from bot.teams.tokens import LOOPBACK, Verifier
from bot.teams.turn import Turn, read_turn
from tests.bot.teams.street import CLAIM, Street, told
from tests.each import each
from tests.handlers.builders import call, register

from .doors import CARD, invoke, message, ours
from .keys import FIRST, SERVICE_URL, STRANGER, TENANT, KeyServer, activity


async def test_an_invokes_body_arrives(http: ClientSession, verifier: Verifier) -> None:
    """The library serialises the body twice: teams-sdk#2547, botbuilder-python#1672."""
    async with ours(http, verifier) as mended:
        status, text = await mended.post(invoke())
        assert (status, json.loads(text)) == (200, CARD)


async def test_an_activity_is_read_as_the_library_reads_it(http: ClientSession, verifier: Verifier) -> None:
    told = message(
        text="home", replyToId="7", localTimezone="Europe/London", value={"a": [1]}, recipient={"id": "28:b"}
    )
    told |= {"from": {"id": "29:1", "aadObjectId": "o-1"}}
    async with ours(http, verifier) as mended:
        assert (await mended.post(told))[0] == 202
        assert read_turn(mended.bot.turns[0].activity) == read_turn(Activity().deserialize(told))


@each("host", sorted(LOOPBACK))
async def test_without_tokens_only_this_machine_is_let_in(http: ClientSession, host: str) -> None:
    here = message(serviceUrl=f"http://{host}:56150/_connector")
    async with ours(http, None) as unproved:
        assert (await unproved.post(here))[0] == 202
        assert (await unproved.post(here, "a.b.c"))[0] == 202
        assert (await unproved.post(here, Origin="http://localhost:3000"))[0] == 403


ELSEWHERE = ["https://smba.trafficmanager.net/au/", "http://127.0.0.1.evil.example/", "http://evil@localhost/"]


@each("address", [*ELSEWHERE, "", None, 1, [], {}])
async def test_without_tokens_nothing_goes_elsewhere(http: ClientSession, address: Any) -> None:
    async with ours(http, None) as unproved:
        assert (await unproved.post({**message(), "serviceUrl": address}))[0] == 403
        assert unproved.bot.turns == []


RAW: dict[str, bytes] = {
    "nothing": b"", "half an object": b"{", "a list": b"[]", "a number": b"1", "null": b"null", "a text": b'"x"',
    "no UTF-8": b"\xff\xfe", "a deep list": b"[" * 100_000,
    "a long number": b'{"x":' + b"9" * 5000 + b"}",
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


async def test_a_sender_who_cannot_be_checked_hears_that_the_fault_is_ours(
    http: ClientSession, verifier: Verifier, server: KeyServer
) -> None:
    server.down = True
    async with ours(http, verifier) as door:
        assert await door.post(message()) == (503, "")
        server.down = False
        assert (await door.post(message()))[0] == 202


WHO = {"id": "29:1", "name": "Anna Quill", "aadObjectId": "object-1"}
BOT = {"id": "28:bot", "name": "Recording Steward"}


def turn(**changes: Any) -> Turn:
    return read_turn(Activity().deserialize(activity(**{"from": WHO, "recipient": BOT, **changes})))


def test_a_message_is_read_whole() -> None:
    told = turn(text="home", localTimezone="Australia/Sydney", replyToId="7", value={"verb": "home"})
    assert (told.kind, told.text, told.value, told.card) == ("message", "home", {"verb": "home"}, "7")
    assert (told.account, told.key, told.private) == ("object-1", "teams:object-1:1", True)
    assert told.learnt == {
        "service_url": SERVICE_URL, "conversation": "a:1", "user": "29:1", "bot": "28:bot", "tenant": TENANT,
        "zone": "Australia/Sydney", "scope": "personal",
    }  # fmt: skip


@each(
    ("text", "words"),
    [
        ("Recording-Request", "recording-request"), ("/home", "home"), ("  home \n", "home"), ("", ""), (None, ""),
        ("<at>Recording Steward</at> home", "home"), ("<AT id='0'>Bot</AT>/home", "home"), ("<attach>home</at>", "<attach>home</at>"),
        ("<at>two\nlines</at>\u00a0 home", "home"), ("<at>a</at><at>b</at>", ""), ("<at>" * 50_000, "<at>" * 50_000), ("//home", "home"), ("home home", "home home"),
    ],
)  # fmt: skip
def test_words_are_compared_without_a_mention_a_slash_and_case(text: str | None, words: str) -> None:
    assert turn(text=text).words == words


@each("scope", ["groupChat", "channel", "Personal", "", None])
def test_p7_a_place_that_others_read_teaches_nothing(scope: str | None) -> None:
    place = {"id": "a:1", "conversationType": scope, "tenantId": TENANT}
    told = turn(conversation={name: one for name, one in place.items() if one is not None})
    assert (told.private, told.learnt) == (False, None)


@each("who", [None, {}, {"id": "29:1"}, {"id": "29:1", "aadObjectId": ""}])
def test_p7_a_sender_without_an_account_teaches_nothing(who: dict[str, str] | None) -> None:
    told = turn(**{"from": who})
    assert (told.account, told.learnt, told.private) == ("", None, True)


FOUND = "I found 3 calls. They come first in the list."


async def test_p7_what_was_looked_for_is_told_and_is_first_until_the_form_is_sent(street: Street) -> None:
    calls = street.company.calls
    await register(
        street.company.door, *(call(1, native_id=f"new-{one}", caller="+61299999999", crm="") for one in range(9))
    )
    await street.say("anna", "recording-request 0412 345")
    form = street.form("anna")
    assert FOUND in told(form)
    await street.press("anna", form, "Send", {"reason": "complaint", "recordings": [], "purpose": "", "crm": ""})
    form = street.form("anna")
    assert "Please" in told(form)
    assert FOUND in told(form)
    assert [one in str(form.cards) for one in (f"'value': '{calls[0]}'", f"'value': '{calls[2]}'")] == [True, True]
    values = {"reason": CLAIM["reason"], "recordings": [str(calls[0])], "purpose": "To hear it.", "crm": "CS-1"}
    await street.press("anna", form, "Send", values)
    form = street.form("anna")
    assert FOUND in told(form)
    assert "Legal basis" in told(form)


async def test_a_bad_token_is_turned_away_and_no_fault(http: ClientSession, verifier: Verifier) -> None:
    """The library raises what its adapter doesn't expect, so anyone can fill the log with errors;
    tests/bot/teams/test_tokens.py has each.
    """
    async with ours(http, verifier) as mended:
        for token, body in (
            ("a.b.c", message()),
            (STRANGER.token(), message()),
            (FIRST.token(), message(channelId="slack")),
        ):
            assert (await mended.post(body, token))[0] in (401, 403)
        assert mended.bot.turns == []
