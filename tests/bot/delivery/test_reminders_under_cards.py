"""P7: a reminder of one thing answers its card, where the person has that card; anything else is a message of its own."""

from __future__ import annotations

import pytest

from bot.rehearsal.fake_chat import FakeChat
from handlers.access.intents import Approve, Withdraw
from handlers.door import leave
from handlers.effects import Digest
from tests.handlers.builders import CLAIM, POLICY, ask, ledger
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import labels
from tests.handlers.test_reminding import without_role
from tests.handlers.test_waiting import sydney
from tests.offices import Office


async def _reminded(office: Office) -> None:
    """The morning after, when whoever is to decide is reminded."""
    await office.delivery.drain()
    await pass_until(office.company, sydney("2026-11-26", 9))
    await office.all_delivered()


def _answers(chat: FakeChat) -> list[tuple[str, str]]:
    """What was posted under what, by their summaries."""
    return [(chat.messages[one].summary, chat.messages[under].summary) for one, under in chat.answers.items()]


async def test_p7_a_reminder_of_one_request_answers_its_card(office: Office) -> None:
    request = await ask(office.company, office.company.anna)
    await _reminded(office)
    [card, reminder] = office.chat.cards("UTARA")
    assert _answers(office.chat) == [(reminder.summary, card.summary)]
    assert labels(reminder) == ["Details"]
    assert request in str(reminder)


async def test_p7_two_requests_are_one_message_of_its_own(office: Office) -> None:
    for crm in ("CS-10442", "CS-10443"):
        await ask(office.company, office.company.anna, crm=crm)
    await _reminded(office)
    reminder = office.chat.cards("UTARA")[-1]
    assert reminder.summary == "2 things need your attention."
    assert labels(reminder) == ["Details", "Details"]
    assert office.chat.answers == {}


async def test_p9_the_card_that_reminds_goes_to_nobody_who_has_lost_the_role_meanwhile(office: Office) -> None:
    """The deputy was asked by silence and would get the card in the morning; the program starts with another file."""
    company = office.company
    await ask(company, company.anna, **CLAIM)
    await office.delivery.drain()
    await pass_until(company, sydney("2026-11-27", 9))
    company.door.policy = without_role(POLICY, "head_of_customer_success")
    await office.all_delivered()
    assert office.chat.cards("UHENRIK") == []
    assert [row.state for row in await ledger(company, company.henrik) if row.kind == "show"] == ["superseded"]


async def _reminded_again(office: Office) -> None:
    """The same message once more, without its card's being drawn before it."""
    [row] = [one for one in await ledger(office.company, office.company.tara) if one.kind == "digest"]
    again = Digest(row.person_id, tuple(row.payload["reminders"]), "again")
    await office.company.database.write(lambda store: leave(store, (again,), office.clock()))
    await office.all_delivered()


async def test_p7_where_the_card_is_gone_the_reminder_stands_by_itself(office: Office) -> None:
    await ask(office.company, office.company.anna)
    await _reminded(office)
    office.chat.messages.clear()
    office.chat.answers.clear()
    await _reminded_again(office)
    assert office.chat.answers == {}
    assert [labels(one) for one in office.chat.cards("UTARA")] == [["Details"]]


@pytest.mark.soak
async def test_p7_whom_a_morning_asked_gets_no_message_more_for_what_asks_nothing(office: Office) -> None:
    """Silence had brought in the Head for two requests, in one message; what becomes of them needs her no more."""
    company = office.company
    first, second = [await ask(company, company.anna, crm=crm) for crm in ("CS-10442", "CS-10443")]
    await office.delivery.drain()
    await pass_until(company, sydney("2026-11-30", 9))
    await office.all_delivered()
    [asked] = office.chat.cards("UHELENA")
    assert asked.summary == "2 things need your attention."
    await company.door.enter(Approve(first), company.tara)
    await company.door.enter(Withdraw(second), company.anna)
    await office.all_delivered()
    assert office.chat.cards("UHELENA") == [asked]
    shown = [row.state for row in await ledger(company, company.helena) if row.kind == "show"]
    assert shown
    assert set(shown) == {"superseded"}
