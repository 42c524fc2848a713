"""What an activity of Teams says, and what its words lead to."""

from __future__ import annotations

from typing import Any

import pytest
from botbuilder.schema import Activity

from bot.chats.desk import Desk
from bot.teams.turn import Turn, read
from tests.bot.teams.street import CLAIM, Street, told
from tests.each import each
from tests.handlers.builders import call, register

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


FOUND = "3 calls were found for “0412 345”. They stand first in the list."


async def test_p7_what_was_looked_for_is_told_and_stands_first_until_the_form_is_sent(street: Street) -> None:
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


@pytest.mark.soak
@each(
    ("typed", "times"),
    [
        ("home", 0),
        ("good morning", 1),
        ("recording-request", 1),
        ("recording-request 0412 345 671", 1),
        ("I need the call of yesterday for a complaint", 1),
        ("Who listened to calls with me?", 1),
        ("Tom copied calls to his own computer", 1),
    ],
)
async def test_words_are_understood_once(
    street: Street, monkeypatch: pytest.MonkeyPatch, typed: str, times: int
) -> None:
    await street.moved_in("anna")
    understood, lead = list[str](), Desk.lead

    def counted(desk: Desk, command: str, words: str) -> object:
        understood.append(words)
        return lead(desk, command, words)

    monkeypatch.setattr(Desk, "lead", counted)
    before = len(street.anna.chat)
    await street.say("anna", typed)
    assert len(street.anna.chat) > before + 1
    assert len(understood) == times
