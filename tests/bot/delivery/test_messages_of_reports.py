"""P13: messages about reports reach people past outbox, ledger, audit log, metrics and directory, on both databases."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from prometheus_client import REGISTRY, generate_latest

from bot.chats.directory import Directory
from bot.delivery.confidential import Confidential
from bot.ports import NOT_INSTALLED, Unavailable, Unreachable
from bot.rehearsal.fake_chat import FakeChat, Fault
from handlers.acting import DELIVERY, Actor, Context, Intent, Result
from handlers.breach import cards
from handlers.breach.cards import Message
from handlers.cards import Card, Line
from storage.breaches import TOLD, WAITING
from storage.database.store import DatabaseDown, Store
from storage.people import Account
from storage.tables.breaches import ReportPart
from tests.bot.delivery.test_never_ends import failing
from tests.breaching import elsewhere
from tests.handlers.builders import email, meet
from tests.moments import NOW
from tests.offices import Office, profile
from tests.standing_in import stand_in

CARD = Card((Line("A confidential report has come in. B-7F3KQ2XM"),), "A confidential report has come in. B-7F3KQ2XM")
NEWER = Card((Line("Acknowledged."),), "Acknowledged.")


@dataclass
class Letters:
    """What is to be sent, and what became of it; a stand-in for the room."""

    letters: dict[str, Message] = field(default_factory=dict)
    told: list[Intent[None]] = field(default_factory=list)
    asked: list[Actor] = field(default_factory=list)

    def collect(self, ctx: Context, intent: Intent[list[Message]]) -> Result[list[Message]]:
        self.asked.append(ctx.who)
        return Result([self.letters[one.name] for one in _waiting(ctx.store) if one.name in self.letters])

    def done(self, ctx: Context, intent: Intent[None]) -> Result[None]:
        self.told.append(intent)
        row = ctx.store.session.get(ReportPart, intent.given["name"])
        assert row is not None
        if intent.handler is cards.note_delivered or intent.given["gone"]:
            row.kind = TOLD
        return Result(None)


def _waiting(store: Store) -> list[ReportPart]:
    return [one for one in store.session.query(ReportPart) if one.kind == WAITING]


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    made = Letters()
    for intent, handler in (
        (cards.collect_messages, made.collect),
        (cards.note_delivered, made.done),
        (cards.note_undelivered, made.done),
    ):
        stand_in(monkeypatch, intent, handler)
    return made


def a_worker(office: Office, *more: FakeChat) -> Confidential:
    door = office.company.door
    chats = (office.chat, *more)
    return Confidential(door, [Directory(one, door, door.policy, office.company.seconds) for one in chats], poll=0.01)


def measured() -> list[str]:
    """Every line of our own that `/metrics` has."""
    return [one for one in generate_latest(REGISTRY).decode().splitlines() if one.startswith("steward_")]


async def left(office: Office, letters: Letters, name: str = "N-1", **more: Any) -> None:
    told: dict[str, Any] = {"person": office.company.ruth.person_id, "account": "", **more}
    letters.letters[name] = Message(name, told.pop("card", CARD), **told)

    def add(store: Store) -> None:
        store.session.add(
            ReportPart(name=name, report_id="B-1", sealed=b"", kind=WAITING, due_at=office.company.clock.now)
        )

    await office.company.database.write(add)


async def test_p13_it_is_sent_and_nothing_else_anywhere_changes(
    office: Office, letters: Letters, logs: list[MutableMapping[str, Any]]
) -> None:
    worker = a_worker(office)
    before, metrics = await elsewhere(office.company.database), measured()
    await left(office, letters)
    assert await worker.drain() == 1
    [(posted, card)] = office.chat.messages.items()
    assert (posted.conversation, card) == ("D-URUTH", CARD)
    assert letters.told == [cards.note_delivered("N-1", "slack", posted.conversation, posted.message)]
    assert letters.asked == [DELIVERY]
    assert await elsewhere(office.company.database) == before
    assert measured() == metrics
    assert [one.method for one in office.chat.calls] == ["post"]
    assert logs == []


async def test_p13_it_is_redrawn_in_place_and_posted_where_that_is_gone(office: Office, letters: Letters) -> None:
    worker = a_worker(office)
    await left(office, letters)
    await worker.drain()
    [posted] = office.chat.messages
    place = {"platform": "slack", "conversation": posted.conversation, "message": posted.message}
    await left(office, letters, "N-2", card=NEWER, **place)
    await worker.drain()
    assert office.chat.messages == {posted: NEWER}
    office.chat.messages.clear()
    await left(office, letters, "N-3", card=CARD, **place)
    await worker.drain()
    [again] = office.chat.messages
    assert again != posted
    assert letters.told[-1] == cards.note_delivered("N-3", "slack", again.conversation, again.message)


async def test_p13_who_gave_a_name_is_reached_by_the_account_alone_met_or_not(office: Office, letters: Letters) -> None:
    office.chat.people["UNEW"] = profile("new")
    before = await elsewhere(office.company.database)
    await left(office, letters, person=None, account="slack:UNEW")
    await left(office, letters, "N-2", person=None, account="slack:UANNA")
    await a_worker(office).drain()
    assert [len(office.chat.cards(one)) for one in ("UNEW", "UANNA")] == [1, 1]
    assert await elsewhere(office.company.database) == before


async def test_p13_the_preferred_platform_first_with_its_reference_and_another_where_that_does_not_reach(
    office: Office, letters: Letters
) -> None:
    teams = FakeChat([replace(profile("ruth"), account_id="29:ruth")], "teams")
    address = email("Ruth Adeyemi")
    account = Account("teams", "29:ruth", address, address, "Ruth Adeyemi", "", "member", NOW, {"conversation": "a:1"})
    await meet(office.company.door, account)
    await office.company.database.write(
        lambda store: setattr(store.people.get(office.company.ruth.person_id or 0), "prefers", "teams")
    )
    worker = a_worker(office, teams)
    await left(office, letters)
    await worker.drain()
    assert [one.conversation for one in teams.messages] == ["D-29:ruth"]
    teams.faults = [Fault(Unreachable("MessageWritesBlocked", blocked=True), "post", times=1)]
    before = await elsewhere(office.company.database)
    await left(office, letters, "N-2")
    await worker.drain()
    assert (len(office.chat.cards("URUTH")), letters.told[-1].given["name"]) == (1, "N-2")
    teams.faults = [Fault(Unavailable("invalid_auth", outage=True), "post", times=1)]
    await left(office, letters, "N-3")
    await worker.drain()
    assert len(office.chat.cards("URUTH")) == 2
    assert await elsewhere(office.company.database) == before


@pytest.mark.parametrize("code", ["MessageWritesBlocked", NOT_INSTALLED, "user_not_found"])
async def test_p13_a_reader_out_of_reach_is_told_to_the_rule_alone(
    office: Office, letters: Letters, code: str, logs: list[MutableMapping[str, Any]]
) -> None:
    before = await elsewhere(office.company.database)
    office.chat.faults.append(Fault(Unreachable(code, blocked=code != NOT_INSTALLED), "post"))
    await left(office, letters)
    assert await a_worker(office).drain() == 0
    assert letters.told == [cards.note_undelivered("N-1", gone=True)]
    assert await elsewhere(office.company.database) == before
    assert logs == []


@pytest.mark.parametrize("error", [RuntimeError("B-7F3KQ2XM"), DatabaseDown("locked")])
async def test_p13_a_fault_on_one_holds_up_no_other_and_its_words_stay_out_of_the_log(
    office: Office, letters: Letters, logs: list[MutableMapping[str, Any]], error: Exception
) -> None:
    office.chat.faults.append(Fault(error, "post", "URUTH"))
    await left(office, letters)
    await left(office, letters, "N-2", person=office.company.helena.person_id)
    assert await a_worker(office).take() == 1
    assert len(office.chat.cards("UHELENA")) == 1
    assert "B-7F3KQ2XM" not in str(logs) and "URUTH" not in str(logs)
    assert {one["event"] for one in logs} <= {"delivery.broken"}


@pytest.mark.parametrize("error", [DatabaseDown("locked"), RuntimeError("a fault of ours")])
async def test_p13_what_was_sent_and_could_not_be_stored_is_stored_later_and_not_sent_again(
    office: Office, letters: Letters, error: Exception
) -> None:
    worker = a_worker(office)
    await left(office, letters)
    with failing(cards.note_delivered, error):
        for _ in range(2):
            await worker.take()
    await worker.take()
    assert (len(letters.told), len(office.chat.called("post"))) == (1, 1)
