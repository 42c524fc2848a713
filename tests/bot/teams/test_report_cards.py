"""P13 in Teams: the card of a report stays usable after Details, and after an Acknowledge that came too early."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from bot.delivery.confidential import Confidential
from bot.rehearsal.teams import Message
from handlers.breach.intents import Ask
from storage.database.store import Database
from tests.breaching import KEYS, elsewhere
from tests.handlers.breach.reporting import page, report, the_report

from .street import Street, a_street, shown, told

ALERT = "A confidential report has come in."
NEWS = "There is an answer to what you told in confidence."
GONE = "I can't find this request."


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


async def test_p13_acknowledging_before_reading_says_what_to_do_and_keeps_the_card(desk: Desk) -> None:
    card, before = desk.card("ruth", ALERT), await elsewhere(desk.street.company.database)
    reply = await desk.street.execute("ruth", {"verb": "breach_acknowledge", "value": desk.report})
    assert shown(reply) == "Please press Details and read it first; then your acknowledgement counts."
    assert told(desk.street.again(card, "ruth")) == told(card)
    assert await elsewhere(desk.street.company.database) == before


async def test_p13_acknowledging_after_reading_shows_it_on_the_card(desk: Desk) -> None:
    ruth = await page(desk.street.company, desk.street.company.ruth, desk.report)
    await ruth.read()
    card = desk.card("ruth", ALERT)
    assert (await desk.street.press("ruth", card, "Acknowledge")).ok
    assert "acknowledged" in told(desk.street.again(card, "ruth"))
    assert GONE not in told(desk.street.again(card, "ruth"))


async def test_p13_back_from_reply_is_the_card_of_the_one_who_gave_a_name(desk: Desk) -> None:
    ruth = await page(desk.street.company, desk.street.company.ruth, desk.report)
    await ruth.do(Ask, "Which day?")
    await desk.delivered()
    card = desk.card("anna", NEWS)
    assert (await desk.street.press("anna", card, "Reply")).ok
    assert (await desk.street.press("anna", desk.street.again(card, "anna"), "Back to the card")).ok
    assert told(desk.street.again(card, "anna")) == told(card)


async def test_p13_a_known_id_is_like_a_wrong_one_to_who_has_no_sight_of_it(desk: Desk) -> None:
    await desk.street.moved_in("helena", "tara")
    for verb in ("show", "breach_acknowledge", "breach_details"):
        answers = {
            shown(await desk.street.execute("tara", {"verb": verb, "value": one})).replace(one, "")
            for one in (desk.report, "B-22222222")
        }
        assert len(answers) == 1, answers
