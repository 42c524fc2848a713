"""An activity is read once, and without trusting its shape."""

from __future__ import annotations

from typing import Any

from botbuilder.schema import Activity

from bot.teams.turn import Turn, read
from tests.each import each

from .keys import SERVICE_URL, TENANT, activity

WHO = {"id": "29:1", "name": "Anna Quill", "aadObjectId": "object-1"}
BOT = {"id": "28:bot", "name": "Recording Steward"}


def turn(**changes: Any) -> Turn:
    return read(Activity().deserialize(activity(**{"from": WHO, "recipient": BOT, **changes})))


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
def test_p7_whoever_has_no_account_teaches_nothing(who: dict[str, str] | None) -> None:
    told = turn(**{"from": who})
    assert (told.account, told.learnt, told.private) == ("", None, True)


def test_what_is_missing_is_empty() -> None:
    bare = read(Activity())
    assert (bare.kind, bare.name, bare.text, bare.account, bare.scope, bare.conversation, bare.card) == ("",) * 7
    assert (bare.value, bare.words, set(bare.reference.values()), bare.key) == ({}, "", {""}, "")


@each("data", [None, "x", 1, [], {}, {"tenant": None}, {"tenant": []}, {"tenant": {"id": 5}}])
def test_a_tenant_that_is_not_told_is_empty(data: Any) -> None:
    assert turn(channelData=data).reference["tenant"] == ""


@each("value", ["x", 1, [], [{"verb": "home"}], None, True])
def test_a_value_that_is_no_object_is_empty(value: Any) -> None:
    assert turn(value=value).value == {}
