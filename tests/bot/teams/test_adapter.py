"""What people write in Teams, where they write it, and installs, with tokens and without (P1, P5, P7, P13)."""

import json
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.chats.desk import Desk
from bot.ports import Address, Unavailable
from bot.rehearsal.teams import Fault, words
from bot.teams.platform import IN_PRIVATE, NOBODY, TeamsPlatform
from bot.teams.tokens import LOOPBACK
from handlers.cards import HINT
from handlers.declined.room import DONE, LABEL
from tests.breaching import elsewhere
from tests.each import each
from tests.handlers.builders import audit

from .street import CHANNEL, GROUP, IDS, Street, settings, shown, told


@each("text", ["cupboard", "😀 **bold** @everyone", "x" * 20_000])
async def test_p1_what_is_not_known_is_said_to_be_so_with_whom_to_ask(street: Street, text: str) -> None:
    [said] = await street.say("anna", text)
    assert "I don’t have an answer to that" in said and "tara.lindqvist@fernhill.example" in said
    assert text not in said


async def test_what_is_learnt_where_others_read_reaches_no_one(street: Street) -> None:
    """Bram has never added the app; meeting him in a group teaches no way to him."""
    await street.say("bram", "recording-request", GROUP, mention=True)
    reply = await street.execute("anna", {"verb": "home"}, street.tenant.talk.find(GROUP))
    assert reply.json["value"] == IN_PRIVATE
    await street.execute("bram", {"verb": "home"}, street.tenant.talk.find(GROUP))
    assert not await street.directory.knows(IDS["bram"])
    assert (await street.directory.reference(IDS["anna"]))["scope"] == "personal"


async def test_p7_a_guest_learns_that_the_bot_is_not_open_to_guests(street: Street) -> None:
    gus = street.person("gus")
    await street.moved_in("gus")
    assert gus.chat == []
    before = await audit(street.company)
    assert "and report a breach in confidence (recording-breach)" in (await street.say("gus", "recording-request"))[0]
    assert "You are a guest here" in shown(await street.execute("gus", {"verb": "home"}))
    assert {one[2] for one in (await audit(street.company))[len(before) :]} == {"refused"}


async def test_p7_people_of_another_organisation_are_turned_away_at_the_wall(street: Street) -> None:
    faye = street.person("faye")
    assert not (await faye.install()).ok
    await street.settled()
    assert (faye.chat, set(street.tenant.problems)) == (
        [], {"conversationUpdate: the bot answered 403", "installationUpdate: the bot answered 403"},
    )  # fmt: skip
    street.tenant.problems.clear()


async def test_the_app_is_added_once_however_often_teams_says_so(street: Street) -> None:
    deven = street.person("deven")
    assert [told(one).partition("\n")[0] for one in deven.chat] == ["📋 Call recordings · nothing needs you"]
    before = await audit(street.company, noted=False)
    for _ in range(3):
        await deven.install()
        await deven.upgrade()
    await street.settled()
    assert (len(deven.chat), await audit(street.company, noted=False)) == (1, before)


async def test_who_removes_the_app_is_out_of_reach_and_who_adds_it_again_is_not(street: Street) -> None:
    old = street.person("deven").own.id
    await street.person("deven").uninstall()
    await street.settled()
    await street.moved_in("deven")
    home = street.home("deven")
    assert (home.conversation == street.person("deven").own.id, home.conversation == old) == (True, False)
    assert (await street.directory.reference(IDS["deven"]))["conversation"] == home.conversation


NAMELESS: dict[str, Any] = {"from": {"id": "29:somebody", "name": "Somebody"}}


async def test_a_person_whom_teams_does_not_name_is_told_so(street: Street) -> None:
    chat = len(street.anna.chat)
    await street.invoke("anna", "", None, type="message", text="home", **NAMELESS)
    await street.invoke("anna", "", {"verb": "home"}, type="message", **NAMELESS)
    assert [one.text for one in street.anna.chat[chat:]] == [NOBODY, NOBODY]
    pressed = await street.execute("anna", {"verb": "home"}, **NAMELESS)
    dialog = await street.invoke("anna", "task/fetch", {}, **NAMELESS)
    search = {"queryText": "", "dataset": "recordings"}
    offered = await street.invoke("anna", "application/search", search, **NAMELESS)
    assert (pressed.json["value"], dialog.json["task"]["value"]) == (NOBODY, NOBODY)
    assert offered.json["value"] == {"results": [{"title": NOBODY, "value": HINT}]}
    await street.invoke("anna", "", {}, type="installationUpdate", action="add", **NAMELESS)
    assert len(street.anna.chat) == chat + 2


@each("text", ["recording-request help", "/Recording-Request HELP", "recording request help"])
async def test_d3_help_helps_with_buttons_that_lead_on(street: Street, text: str) -> None:
    [helped] = await street.say("anna", text)
    assert helped.startswith("recording-request asks to hear a recorded call (P7, P9).")
    assert "recording-request 03 5550 0120 finds a call first: type part of its number" in helped
    assert helped.endswith("\nAsk for a recording\nReport in confidence\nA caller declines\nHome")


def front(street: Street, http: ClientSession, host: str = "127.0.0.1", **changes: Any) -> TeamsPlatform:
    given = replace(settings(street.tenant), **changes)
    return TeamsPlatform(given, http, lambda _: Desk(street.company.door, street.directory, "http://x"), host)


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("10.0.0.5", False)]
)
async def test_only_a_bot_on_loopback_speaks_to_services_on_this_machine(
    street: Street, http: ClientSession, host: str, here: bool
) -> None:
    opened = front(street, http, host)
    assert opened.verifier is not None
    assert (opened.chat.connector.hosts >= LOOPBACK, opened.verifier.allowed_hosts >= LOOPBACK) == (here, here)
    await opened.stop()


async def test_without_tokens_nothing_is_verified_and_none_leaves(street: Street, http: ClientSession) -> None:
    unproved = front(street, http, open=True)
    assert (unproved.tokens, unproved.verifier, unproved.cloud.verifier) == (None, None, None)
    await unproved.start()
    await unproved.chat.greet()
    issued = street.tenant.login.issued
    with pytest.raises(Unavailable, match="http_401"):
        await unproved.chat.whisper(Address(IDS["anna"], await street.directory.reference(IDS["anna"])), "A word.")
    assert street.tenant.login.issued == issued
    await unproved.finish()
    await unproved.stop()


async def test_a_stop_waits_for_what_follows_an_acknowledgement(street: Street) -> None:
    street.tenant.faults.script([Fault("slow", "send", seconds=0.2)])
    assert (await street.anna.say("what?")).ok
    assert street.front.adapter.after._tasks != set()
    await street.front.stop()
    assert street.front.adapter.after._tasks == set()
    assert "I don’t have an answer to that" in told(street.anna.chat[-1])


CANARY = "Zebediah"
BREACH = f"{CANARY} leaked a recording to his friends"


async def test_p13_a_sentence_is_kept_nowhere_even_where_it_is_taken_for_a_wish(
    street: Street, logs: list[MutableMapping[str, Any]]
) -> None:
    """No recogniser knows every breach, so none of them may matter."""
    await street.say("anna", f"I need the call CS-10443 about the {CANARY} account")
    form = json.dumps(street.anna.chat[-1].cards, ensure_ascii=False)
    assert ("I found this call" in form, CANARY in form) == (True, False)
    assert CANARY not in str(await elsewhere(street.company.database))
    assert not [one for one in logs if CANARY in str(one)]


async def said(street: Street) -> int:
    return len([one for one in await audit(street.company) if one[1] == "declined.say" and one[2] == "done"])


@pytest.mark.parametrize(
    "typed", ["recording-declined", "Recording declined", "/recording-declined", "recording-declined now"]
)
async def test_p5_the_word_begins_it_and_the_card_comes(street: Street, typed: str) -> None:
    told = await street.say("anna", typed)
    assert await said(street) == 1
    assert [one for one in told if "looking for your call" in one]


async def test_p5_help_stops_nothing(street: Street) -> None:
    [told] = await street.say("anna", "recording-declined help")
    assert told.startswith("Use recording-declined while you are on the call.")
    assert await said(street) == 0


async def test_p5_the_message_extension_asks_first_and_says_where_the_answer_comes(street: Street) -> None:
    """Chosen by mistake from a menu it would switch off the recording of a call whose caller wants it."""
    await street.anna.action_command("recording-declined")
    assert await said(street) == 0
    assert street.anna.dialog is not None
    await street.anna.press(street.anna.dialog, LABEL)
    assert DONE in words(street.anna.dialog.card)
    assert await said(street) == 1


async def test_p5_the_button_at_home_begins_it(street: Street) -> None:
    await street.execute("anna", {"verb": "declined", "value": ""})
    await street.settled()
    assert await said(street) == 1


FORM, HOME = "Ask for a recording\nWhy do you need it?", "📋 Call recordings · nothing needs you"


@each(
    ("text", "begins"),
    [
        *((one, FORM) for one in ("recording-request", "/recording-request", "Recording-Request", "  recording-request\n")),
        *((one, HOME) for one in ("home", "HOME", "/home", "hello", "Hi", "help", "start")),
    ],
)  # fmt: skip
async def test_p7_a_word_brings_the_form_or_the_home(street: Street, text: str, begins: str) -> None:
    [said] = await street.say("anna", text)
    assert said.startswith(begins)


@pytest.mark.parametrize("place", [GROUP, CHANNEL])
async def test_p7_p13_where_others_read_nothing_private_is_said(street: Street, place: str) -> None:
    before = await audit(street.company)
    for text in ("recording-request", "home", "something", BREACH):
        assert await street.say("anna", text, place, mention=True) == [IN_PRIVATE]
    assert (await audit(street.company), street.anna.chat[2:]) == (before, [])
