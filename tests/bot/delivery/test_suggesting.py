"""“Away”: what is put to somebody is one message, which says afterwards what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.ports import Unavailable
from bot.rehearsal.fake_chat import Fault
from handlers.away.intents import Accept, Dismiss, Say, Suspect
from handlers.away.suggesting import NEVER
from storage.tables.absences import Absence
from tests.handlers.reading import labels, lines
from tests.offices import Office, states

pytestmark = pytest.mark.usefixtures("logs")
LAST = "2026-12-04"


async def asked(office: Office) -> None:
    await office.company.door.enter(Suspect(f"{LAST}T23:59:59+11:00"), office.company.tara)
    await office.delivery.drain()


async def test_it_is_one_message_with_its_buttons_and_then_its_answer(office: Office) -> None:
    await asked(office)
    await asked(office)
    [card] = office.chat.cards("UTARA")
    assert (card.summary, labels(card)) == ("Are you away until Fri 4 Dec?", ["Yes", "No", "I'm away"])
    await office.company.door.enter(Dismiss(LAST), office.company.tara)
    await office.delivery.drain()
    assert [lines(one) for one in office.chat.cards("UTARA")] == [[NEVER]]
    assert [state for _, state, *_ in await states(office.company)] == ["sent", "updated"]


async def test_an_answer_is_no_message_of_its_own_where_the_question_is_gone(office: Office) -> None:
    await asked(office)
    office.chat.messages.clear()
    await office.company.door.enter(Accept(LAST), office.company.tara)
    await office.delivery.drain()
    assert office.chat.cards("UTARA") == []
    assert [one for one in await states(office.company) if one[0] == "suggest"] == [
        ("suggest", "sent", "", 1), ("suggest", "updated", "", 1),
    ]  # fmt: skip


async def test_nor_where_nothing_was_asked(office: Office) -> None:
    await office.company.door.enter(Dismiss(LAST), office.company.tara)
    await office.delivery.drain()
    assert office.chat.cards("UTARA") == []
    assert [one[:2] for one in await states(office.company)] == [("suggest", "superseded")]


async def test_what_was_said_before_it_could_be_sent_is_asked_no_more(office: Office) -> None:
    office.chat.faults.append(Fault(Unavailable("http_500"), "post", "UTARA"))
    await asked(office)
    day = office.clock().date()
    await office.company.door.enter(Say(day, day + timedelta(days=30), "V1"), office.company.tara)
    await office.all_delivered()
    assert office.chat.cards("UTARA") == []
    assert len(await office.company.database.read(lambda store: store.session.query(Absence).all())) == 1
