"""P13 in Teams: whatever would bring the form brings a link to the bot's own page, and no row anywhere tells of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, MutableMapping
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.rehearsal.teams import Fault, Outcome, words
from handlers import BEGINS
from handlers.breach.start import begun
from handlers.cards import Button
from handlers.rules.refusal import Refused
from storage.database.store import Database
from tests.breaching import BUTTON, CANARY, COMMAND, KEYS, SAYS, Drawer, elsewhere, furnished
from tests.each import each

from .street import GROUP, IDS, Street, a_street, shown, told

LEFT_THERE = "Your message stands in this chat; delete it if you’d rather."
PRESS = {"verb": BUTTON, "value": ""}


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    begins = (*BEGINS, Button(BUTTON, SAYS, ""))
    monkeypatch.setattr("bot.teams.presses.BEGINS", begins)
    return furnished(monkeypatch)


@pytest_asyncio.fixture
async def street(drawer: Drawer, database: Database) -> AsyncIterator[Street]:
    async with a_street(database) as opened:
        opened.company.door.keys = KEYS
        await opened.moved_in("anna")
        opened.company.clock.pass_(hours=1)  # whoever is looked up now is looked up anew
        yield opened
        assert opened.tenant.problems == []


def linked(street: Street, card: Any, **later: float) -> str:
    """The account that the card's link names."""
    [url] = [one["url"] for one in _buttons(card) if one["type"] == "Action.OpenUrl"]
    address, _, token = url.partition("#")
    assert address.endswith("/report/start")
    return begun(KEYS, token, street.company.clock.now + timedelta(**later)).account


def _buttons(card: Any) -> list[Any]:
    if isinstance(card, dict):
        own = [card] if str(card.get("type", "")).startswith("Action.") else []
        return own + [found for one in card.values() for found in _buttons(one)]
    return [found for one in card for found in _buttons(one)] if isinstance(card, list) else []


@each(
    ("typed", "behind"),
    [
        (COMMAND, False),
        ("Recording breach", False),
        (f"/{COMMAND} help", False),
        (f"{COMMAND} {CANARY}", True),
    ],
)
async def test_p13_the_word_brings_a_link_and_no_form_and_stores_nothing(
    street: Street, typed: str, behind: bool, logs: list[MutableMapping[str, Any]]
) -> None:
    before = await elsewhere(street.company.database)
    [said] = await street.say("anna", typed)
    assert linked(street, street.anna.chat[-1].cards) == f"teams:{IDS['anna']}"
    assert (LEFT_THERE in said, CANARY in said) == (behind, False)
    assert await elsewhere(street.company.database) == before
    assert not [one for one in logs if CANARY in str(one) or IDS["anna"] in str(one)]


async def test_p13_a_word_that_teams_tells_of_twice_is_answered_once(street: Street) -> None:
    await street.say("anna", COMMAND)
    number = len(street.anna.chat)
    await street.tenant.wire.repeat(street.tenant.wire.sent[-1], 10)
    await street.settled()
    assert len(street.anna.chat) == number


async def test_p13_the_button_at_home_shows_the_link_to_who_pressed_and_posts_nothing(street: Street) -> None:
    before, number = await elsewhere(street.company.database), len(street.anna.chat)
    reply = await street.execute("anna", PRESS)
    assert linked(street, reply.json["value"]) == f"teams:{IDS['anna']}"
    assert "Back" in json.dumps(reply.json["value"])
    assert len(street.anna.chat) == number
    assert await elsewhere(street.company.database) == before


async def test_p13_a_client_that_knows_no_execute_gets_it_as_a_message(street: Street) -> None:
    await street.say("anna", "…")
    before = await elsewhere(street.company.database)
    done: Outcome = await street.press("anna", street.anna.chat[-1], SAYS, old_client=True)
    assert done.ok
    assert linked(street, street.anna.chat[-1].cards) == f"teams:{IDS['anna']}"
    assert await elsewhere(street.company.database) == before


@pytest.mark.parametrize("place", ["", GROUP])
async def test_p13_the_message_extension_shows_it_in_its_dialog_from_anywhere(street: Street, place: str) -> None:
    before, number = await elsewhere(street.company.database), len(street.tenant.talk.find(GROUP).messages)
    await street.anna.action_command(COMMAND, place)
    assert street.anna.dialog is not None
    assert linked(street, street.anna.dialog.card) == f"teams:{IDS['anna']}"
    assert "ends in 10 minutes" in words(street.anna.dialog.card)
    assert len(street.tenant.talk.find(GROUP).messages) == number
    assert await elsewhere(street.company.database) == before


@each("name", ["task/submit", "composeExtension/submitAction"])
async def test_p13_what_a_client_makes_up_and_sends_is_taken_nowhere_and_not_drawn_again(
    street: Street, drawer: Drawer, name: str
) -> None:
    before = await elsewhere(street.company.database)
    data = {"verb": "send", "form": "breach_report", "about": "", "what": CANARY, "named": "named"}
    reply = await street.invoke("anna", name, {"commandId": COMMAND, "data": data})
    again = await street.execute("anna", data)
    assert linked(street, reply.json["task"]["value"]) == linked(street, again.json["value"]) == f"teams:{IDS['anna']}"
    assert CANARY not in json.dumps([reply.json, again.json])
    assert drawer.filed == []
    assert await elsewhere(street.company.database) == before


async def test_p13_in_a_group_it_is_told_where_to_write(street: Street) -> None:
    before = await elsewhere(street.company.database)
    [said] = await street.say("anna", COMMAND, GROUP, mention=True)
    assert said.startswith("Recordings are a private matter.")
    chat = (
        next(one for one in street.tenant.talk.chats if one.id == GROUP)
        if hasattr(street.tenant.talk, "chats")
        else None
    )
    reply = await street.execute("anna", PRESS, chat or street.tenant.talk.find(GROUP))
    assert shown(reply).startswith("Recordings are a private matter.")
    assert await elsewhere(street.company.database) == before


async def test_p13_whom_the_tenant_does_not_tell_apart_is_answered_all_the_same(street: Street) -> None:
    """A guest who has added the bot: no look-up, so no refusal."""
    await street.moved_in("gus")
    before = await elsewhere(street.company.database)
    await street.say("gus", COMMAND)
    assert linked(street, street.person("gus").chat[-1].cards) == f"teams:{IDS['gus']}"
    assert await elsewhere(street.company.database) == before


async def test_p13_what_teams_does_not_take_is_not_kept_for_later(
    street: Street, logs: list[MutableMapping[str, Any]]
) -> None:
    before = await elsewhere(street.company.database)
    street.tenant.faults.script([Fault("http_500", "send", times=20)])
    await street.anna.say(COMMAND)
    await street.settled()
    assert [told(one) for one in street.anna.chat][-1] == COMMAND
    assert await elsewhere(street.company.database) == before
    assert [one for one in logs if one["event"] == "desk.unreachable"]
    assert IDS["anna"] not in str(logs)


async def test_p13_it_is_over_after_ten_minutes(street: Street) -> None:
    await street.say("anna", COMMAND)
    with pytest.raises(Refused, match="This link is over"):
        linked(street, street.anna.chat[-1].cards, minutes=11)
