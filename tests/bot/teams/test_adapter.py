"""Signed activities in, answers or calls out: what people write in Teams, where they write it, and installs (P7)."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal.teams import BOT
from bot.teams.platform import IN_PRIVATE, INSTALL, NOBODY
from handlers import COMMANDS
from handlers.cards import HINT
from handlers.telling import known
from tests.each import each
from tests.handlers.builders import audit

from .street import CHANNEL, GROUP, IDS, Street, shown, told

KNOWN = f"{known(COMMANDS)}\nAsk for a recording\nReport in confidence\nA caller declines\nHome"


@each("text", ["recording-request", "/recording-request", "Recording-Request", "  recording-request\n"])
async def test_p7_the_word_brings_the_form(street: Street, text: str) -> None:
    [form] = await street.say("anna", text)
    assert form.startswith("Ask for a recording\nWhy do you need it?")


async def test_p7_behind_the_word_stands_what_is_looked_for(street: Street) -> None:
    [form] = await street.say("anna", "Recording request CS-10444")
    assert form.startswith("Ask for a recording\nThis call was found for “CS-10444”.")
    [form] = await street.say("anna", "recording-request 99 99")
    assert "No call was found for “99 99”" in form


async def test_p7_the_word_may_follow_the_bots_name(street: Street) -> None:
    [form] = await street.say("anna", "recording-request", mention=True)
    assert form.startswith("Ask for a recording")


@each("text", ["home", "HOME", "/home", "hello", "Hi", "help", "start"])
async def test_the_home_is_a_word_away(street: Street, text: str) -> None:
    [home] = await street.say("anna", text)
    assert home.startswith("📋 Call recordings · nothing waits for you")


@each("text", ["<at>Somebody</at>", "…", "?!"])
async def test_what_is_no_word_is_answered_with_those_that_are_known(street: Street, text: str) -> None:
    assert await street.say("anna", text) == [KNOWN]


@each("text", ["cupboard", "😀 **bold** @everyone", "x" * 20_000])
async def test_p1_what_is_not_known_is_said_to_be_so_with_whom_to_ask(street: Street, text: str) -> None:
    [said] = await street.say("anna", text)
    assert ("I don’t have an answer to that" in said, "tara.lindqvist@fernhill.example" in said, text in said) == (
        True,
        True,
        False,
    )


async def test_the_newest_home_is_the_one_that_is_kept_up_to_date(street: Street) -> None:
    await street.say("anna", "home")
    await street.asked()
    first, second = (told(one) for one in street.anna.chat if "Call recordings ·" in told(one))
    assert ("nothing waits" in first, "1 of yours undecided" in second) == (True, True)


@pytest.mark.parametrize("text", ["recording-request", "home", "something"])
@pytest.mark.parametrize("place", [GROUP, CHANNEL])
async def test_p7_where_others_read_nothing_private_is_said(street: Street, place: str, text: str) -> None:
    before = await audit(street.company)
    assert await street.say("anna", text, place, mention=True) == [IN_PRIVATE]
    assert (await audit(street.company), street.anna.chat[2:]) == (before, [])


async def test_what_is_learnt_where_others_read_reaches_nobody(street: Street) -> None:
    """Bram has never added the app; meeting him in a group teaches no way to him."""
    await street.say("bram", "recording-request", GROUP, mention=True)
    reply = await street.execute("anna", {"verb": "home"}, street.tenant.talk.find(GROUP))
    assert reply.json["value"] == IN_PRIVATE
    await street.execute("bram", {"verb": "home"}, street.tenant.talk.find(GROUP))
    assert not await street.directory.knows(IDS["bram"])
    assert (await street.directory.reference(IDS["anna"]))["scope"] == "personal"


async def test_a_press_in_a_group_of_whoever_is_not_known_asks_for_the_app(street: Street) -> None:
    for name, kind in (("adaptiveCard/action", "value"), ("composeExtension/fetchTask", "task")):
        reply = await street.invoke(
            "bram", name, {"action": {"data": {"verb": "home"}}}, street.tenant.talk.find(GROUP)
        )
        assert INSTALL in str(reply.json[kind])


async def test_p7_a_guest_learns_that_the_bot_is_not_open_to_guests(street: Street) -> None:
    gus = street.person("gus")
    await street.moved_in("gus")
    assert gus.chat == []
    before = await audit(street.company)
    assert "You are a guest here" in (await street.say("gus", "recording-request"))[0]
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
    assert [told(one).partition("\n")[0] for one in deven.chat] == ["📋 Call recordings · nothing waits for you"]
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


@pytest.mark.parametrize("place", [GROUP, CHANNEL])
async def test_a_group_that_adds_the_bot_hears_nothing(street: Street, place: str) -> None:
    assert await street.tenant.add_to(place, IDS["bram"])
    assert await street.tenant.add_to(place, IDS["bram"], present=False)
    await street.settled()
    assert [one for one in street.tenant.talk.find(place).messages if one.author == BOT] == []
    assert not await street.directory.knows(IDS["bram"])


async def test_others_who_join_or_leave_are_nothing_to_the_bot(street: Street) -> None:
    calls = len(street.tenant.calls)
    changes: list[dict[str, Any]] = [
        {"membersAdded": [{"id": "29:other"}]},
        {"membersRemoved": [{"id": "29:other"}]},
        {},
    ]
    for change in changes:
        await street.invoke("anna", "", {}, type="conversationUpdate", **change)
    await street.invoke("anna", "", {}, type="installationUpdate", action="remove-upgrade")
    await street.invoke("anna", "", {}, type="messageReaction", reactionsAdded=[{"type": "like"}])
    assert len(street.tenant.calls) == calls


NAMELESS: dict[str, Any] = {"from": {"id": "29:somebody", "name": "Somebody"}}


async def test_whoever_teams_does_not_name_is_told_so(street: Street) -> None:
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


async def test_an_invoke_that_we_do_not_know_has_an_empty_answer(street: Street) -> None:
    for name in ("fileConsent/invoke", "signin/verifyState", "", "composeExtension/query"):
        reply = await street.invoke("anna", name, {})
        assert (reply.status, reply.json) == (200, {})


@each("text", ["recording-request help", "/Recording-Request HELP", "recording request help"])
async def test_d3_help_helps_with_buttons_that_lead_on(street: Street, text: str) -> None:
    [helped] = await street.say("anna", text)
    assert helped.startswith("recording-request asks to hear a recorded call (P7, P9).")
    assert "recording-request 03 5550 0120 looks for a call first." in helped
    assert helped.endswith("\nAsk for a recording\nReport in confidence\nA caller declines\nHome")


@each(("button", "brings"), [("Ask for a recording", "Why do you need it?"), ("Home", "Call recordings")])
async def test_d4_an_answer_in_words_has_buttons(street: Street, button: str, brings: str) -> None:
    await street.say("anna", "what can you do")
    answer = street.anna.chat[-1]
    await street.press("anna", answer, button)
    assert brings in "\n".join([told(street.again(answer, "anna")), told(street.anna.chat[-1])])
