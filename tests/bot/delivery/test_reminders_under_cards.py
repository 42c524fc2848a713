"""Whom a reminder, a card or an alarm reaches: under the card, by another platform, or through the next person (P7, B4)."""

from collections.abc import MutableMapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.chats.directory import STALE, Directory
from bot.delivery.worker import Delivery
from bot.ports import Profile, Unavailable, Unreachable
from bot.rehearsal.fake_chat import FakeChat, Fault
from handlers import home
from handlers.access import deciding
from handlers.cards import Card
from tests.handlers.builders import (
    CLAIM,
    NAMES,
    POLICY,
    account,
    approved,
    ask,
    audit,
    email,
    ledger,
    meet,
    nobody_left,
    with_role,
)
from tests.handlers.notices.acts import begun
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import buttons, lines
from tests.handlers.test_waiting import sydney
from tests.offices import Office, profile


async def _reminded(office: Office) -> None:
    """The morning after, when the approvers are reminded."""
    await office.delivery.drain()
    await pass_until(office.company, sydney("2026-11-26", 9))
    await office.all_delivered()


def leads(card: Card) -> int:
    """How many ways lead to cards."""
    return len([one for one in buttons(card) if one.label == "Details"])


def _answers(chat: FakeChat) -> list[tuple[str, str]]:
    """What was posted under what, by their summaries."""
    return [(chat.messages[one].summary, chat.messages[under].summary) for one, under in chat.answers.items()]


async def test_p7_a_reminder_of_one_request_answers_its_card(office: Office) -> None:
    request = await ask(office.company, office.company.anna)
    await _reminded(office)
    [card, reminder] = office.chat.cards("UTARA")
    assert _answers(office.chat) == [(reminder.summary, card.summary)]
    assert leads(reminder) == 1
    assert request in str(reminder)


async def test_p3_the_home_lists_what_the_morning_message_is_about(office: Office) -> None:
    company = office.company
    await company.door.enter(home.open_home(), company.helena)
    await office.delivery.drain()
    await begun(company)
    await office.all_delivered()
    assert "3 to do" in str(office.chat.homes["UHELENA"])


async def test_p7_questions_answers_and_decisions_answer_the_card_that_they_are_about(office: Office) -> None:
    company = office.company
    request = await ask(company, company.anna)
    await office.all_delivered()
    for step, who in (
        (deciding.ask_requester(request, "Which bill?"), company.tara),
        (deciding.answer_question(request, "That of May."), company.anna),
        (deciding.approve_request(request), company.tara),
    ):
        await company.door.enter(step, who)
        await office.all_delivered()
    annas, taras = office.chat.cards("UANNA")[0], office.chat.cards("UTARA")[0]
    assert [office.chat.messages[one] for one in office.chat.answers.values()] == [annas, taras, annas]
    assert len(office.chat.messages) == 5


async def test_p7_where_the_card_was_deleted_the_decision_goes_under_the_new_one(office: Office) -> None:
    company = office.company
    request = await ask(company, company.anna)
    await office.all_delivered()
    office.chat.messages = {at: one for at, one in office.chat.messages.items() if at.conversation != "D-UANNA"}
    await company.door.enter(deciding.approve_request(request), company.tara)
    await office.all_delivered()
    card, word = office.chat.cards("UANNA")
    assert _answers(office.chat) == [(word.summary, card.summary)]


async def test_p9_the_card_that_reminds_goes_to_no_one_who_has_lost_the_role_meanwhile(office: Office) -> None:
    """The deputy was asked by silence and would get the card in the morning; the program starts with another file."""
    company = office.company
    await ask(company, company.anna, **CLAIM)
    await ask(company, company.anna, crm="CS-2")
    await office.delivery.drain()
    await pass_until(company, sydney("2026-11-27", 9))
    company.door.policy = with_role(POLICY, "head_of_customer_success", holder="new.one@fernhill.example", deputies=())
    await office.all_delivered()
    assert (office.chat.cards("UHENRIK"), office.titles("deven")) == ([], ["⏳ Anna Quill wants"])
    assert [row.state for row in await ledger(company, company.henrik) if row.kind == "show"] == ["superseded"]


OUTAGE = Unavailable("invalid_auth", outage=True)


def _directory(office: Office, chat: FakeChat) -> Directory:
    return Directory(chat, office.company.door, office.company.door.policy, lambda: office.clock().timestamp())


async def _with_teams(office: Office) -> FakeChat:
    """Tara has both platforms, and prefers the first."""
    teams = FakeChat([Profile("T-TARA", email(NAMES["tara"]), NAMES["tara"], "UTC", "member")], "teams")
    office.delivery = Delivery(office.company.door, [_directory(office, office.chat), _directory(office, teams)])
    await meet(office.company.door, replace(account("T-TARA", NAMES["tara"]), platform="teams"))
    await office.company.door.enter(home.prefer_platform("slack"), office.company.tara)
    return teams


async def test_p7_while_one_platform_is_out_the_card_goes_to_the_other(office: Office) -> None:
    teams = await _with_teams(office)
    office.chat.faults.append(Fault(OUTAGE, "post", "UTARA", times=9))
    await ask(office.company, office.company.anna)
    await office.delivery.drain()
    assert len(teams.cards("T-TARA")) == 1
    assert [one.platform for one in await ledger(office.company, office.company.tara)] == ["teams"]


async def test_p7_after_a_fault_that_may_have_posted_it_the_card_waits_for_the_same_platform(office: Office) -> None:
    teams = await _with_teams(office)
    office.chat.faults.append(Fault(Unavailable("http_500"), "post", "UTARA"))
    await ask(office.company, office.company.anna)
    await office.all_delivered()
    assert teams.cards("T-TARA") == []
    assert office.titles("tara") == ["⏳ Anna Quill wants"]


async def test_p7_a_listener_whose_platform_never_told_that_he_left_is_found_out(office: Office) -> None:
    """A platform's news of a change gets lost if the bot isn't running."""
    company = office.company
    await approved(company)
    directory = _directory(office, office.chat)
    office.chat.people["UANNA"] = profile("anna", "deactivated")
    await directory.look_again()
    assert (
        await company.database.read(lambda store: store.people.get(company.anna.person_id or 0))
    ).standing == "member"
    office.clock.now += timedelta(seconds=STALE + 1)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UANNA"))
    for _ in range(2):
        await directory.look_again()
    found = await company.database.read(lambda store: store.people.get(company.anna.person_id or 0))
    assert found.standing == "deactivated"


Logs = list[MutableMapping[str, Any]]
STUCK = "No one may decide this at the moment"
GONE = Unreachable("user_disabled")


async def _stuck(office: Office, *out: str) -> str:
    """Helena asks on a day when no one may decide it, and these people can't be reached."""
    office.company.door.policy = nobody_left()
    office.chat.faults += [Fault(GONE, "post", one, times=9) for one in out]
    request = await ask(office.company, office.company.helena)
    await office.all_delivered()
    return request


def _says(office: Office) -> str:
    """What Helena's card says of it."""
    [card] = office.chat.cards("UHELENA")
    return next(one for one in lines(card) if one.startswith(STUCK))


def _unheard() -> float:
    return REGISTRY.get_sample_value("steward_alarms_unheard_total") or 0.0


async def test_one_who_cannot_be_reached_is_followed_by_the_next(office: Office, logs: Logs) -> None:
    request = await _stuck(office, "UMILES")
    assert office.chat.cards("UMILES") == []
    assert len(office.chat.cards("URUTH")) == 1
    assert _says(office) == f"{STUCK}. Ruth Adeyemi (Manager, Human Resources) has been told."
    told = [one[1] for one in await audit(office.company, request)]
    assert told == ["access.file", "alarm.unheard", "alarm.told"]
    assert [one.code for one in await ledger(office.company) if one.state == "failed"] == ["user_disabled"]


@pytest.mark.soak
async def test_with_no_one_left_the_log_and_the_card_say_so(office: Office, logs: Logs) -> None:
    before = _unheard()
    request = await _stuck(office, "UMILES", "URUTH")
    [cry] = [one for one in logs if one["event"] == "alarm.unheard"]
    assert (cry["log_level"], cry["about"]) == ("error", request)
    assert _unheard() == before + 1
    assert _says(office).endswith("ask the Manager, Human Resources yourself.")
    states = {(one.kind, one.state) for one in await ledger(office.company)}
    assert {("warn", "failed"), ("alert", "sent")} <= states
