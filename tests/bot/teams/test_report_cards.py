"""P13 in Teams: a report is written on the bot's own page, no row tells of it, and its card stays usable."""

import json
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.delivery.confidential import Confidential
from bot.rehearsal.teams import Fault, Message, words
from handlers import BEGINS
from handlers.breach.filing import read_token
from handlers.cards import Button
from storage.database.store import Database
from tests.breaching import BUTTON, CANARY, COMMAND, KEYS, SAYS, Drawer, elsewhere, furnished
from tests.each import each
from tests.handlers.breach.reporting import page, report, the_report

from .street import GROUP, IDS, Street, a_street, shown, told

ALERT = "A confidential report has come in"
GONE = "I can’t find this request."


@dataclass
class Desk:
    """The street, and a report of which Ruth has the card."""

    street: Street
    report: str

    def card(self, short: str, words: str) -> Message:
        [card] = [one for one in self.street.person(short).chat if words in told(one)]
        return card

    async def delivered(self) -> None:
        await Confidential(self.street.company.door, [self.street.directory]).drain()


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with a_street(database) as street:
        street.company.door.keys = KEYS
        await street.moved_in("ruth", "anna")
        visitor = await street.directory.visitor(street.anna.id)
        await report(street.company, visitor, named="named")
        opened = Desk(street, await the_report(street.company))
        await opened.delivered()
        yield opened
        assert street.tenant.problems == []


async def test_p13_back_from_details_is_the_card_of_the_report(desk: Desk) -> None:
    card = desk.card("ruth", ALERT)
    assert (await desk.street.press("ruth", card, "Details")).ok
    there = desk.street.again(card, "ruth")
    assert "Open the page" in told(there)
    outcome = await desk.street.press("ruth", there, "Back to the card")
    assert outcome.ok
    assert GONE not in told(desk.street.again(card, "ruth"))
    assert told(desk.street.again(card, "ruth")) == told(card)
    assert (await desk.street.press("ruth", desk.street.again(card, "ruth"), "Details")).ok


async def test_p13_acknowledging_after_reading_shows_it_on_the_card(desk: Desk) -> None:
    ruth = await page(desk.street.company, desk.street.company.ruth, desk.report)
    await ruth.read()
    await desk.delivered()
    card = desk.card("ruth", ALERT)
    assert (await desk.street.press("ruth", card, "Acknowledge")).ok
    assert "acknowledged" in told(desk.street.again(card, "ruth"))
    assert GONE not in told(desk.street.again(card, "ruth"))


LEFT_THERE = "Your message is still in this chat. Delete it if you like."
PRESS = {"verb": BUTTON, "value": ""}


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    begins = (*BEGINS, Button(BUTTON, SAYS, ""))
    monkeypatch.setattr("handlers.BEGINS", begins)
    return furnished(monkeypatch)


@pytest_asyncio.fixture
async def street(drawer: Drawer, database: Database) -> AsyncIterator[Street]:
    async with a_street(database) as opened:
        opened.company.door.keys = KEYS
        await opened.moved_in("anna")
        opened.company.clock.pass_(hours=1)  # so that each look-up asks again
        yield opened
        assert opened.tenant.problems == []


def linked(street: Street, card: Any, **later: float) -> str:
    """The account that the card's link names."""
    [url] = [one["url"] for one in _buttons(card) if one["type"] == "Action.OpenUrl"]
    address, _, token = url.partition("#")
    assert address.endswith("/report/start")
    return read_token(KEYS, token, street.company.clock.now + timedelta(**later)).account


def _buttons(card: Any) -> list[Any]:
    if isinstance(card, dict):
        own = [card] if str(card.get("type", "")).startswith("Action.") else []
        return own + [found for one in card.values() for found in _buttons(one)]
    return [found for one in card for found in _buttons(one)] if isinstance(card, list) else []


@each(
    ("typed", "behind"),
    [(COMMAND, False), ("Recording breach", False), (f"/{COMMAND} help", False), (f"{COMMAND} {CANARY}", True)],
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


async def test_p13_the_button_at_home_shows_the_link_to_who_pressed_and_posts_nothing(street: Street) -> None:
    before, number = await elsewhere(street.company.database), len(street.anna.chat)
    reply = await street.execute("anna", PRESS)
    assert linked(street, reply.json["value"]) == f"teams:{IDS['anna']}"
    assert "Back" in json.dumps(reply.json["value"])
    assert len(street.anna.chat) == number
    assert await elsewhere(street.company.database) == before


@pytest.mark.parametrize("place", ["", GROUP])
async def test_p13_the_message_extension_shows_it_in_its_dialog_from_anywhere(street: Street, place: str) -> None:
    before, number = await elsewhere(street.company.database), len(street.tenant.talk.find(GROUP).messages)
    await street.anna.action_command(COMMAND, place)
    assert street.anna.dialog is not None
    assert linked(street, street.anna.dialog.card) == f"teams:{IDS['anna']}"
    assert "in 10 minutes" in words(street.anna.dialog.card)
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
    assert said.startswith("Recordings are private.")
    reply = await street.execute("anna", PRESS, street.tenant.talk.find(GROUP))
    assert shown(reply).startswith("Recordings are private.")
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
