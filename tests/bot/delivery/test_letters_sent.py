"""P8: a letter goes out once; what became of it is told as it is known; no fault of one, or of anything, stops the others."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from prometheus_client import REGISTRY, generate_latest

from bot.ports import NotKnown, NotTaken, Unavailable
from bot.rehearsal.fake_chat import Fault
from bot.rehearsal.fake_mail import FakeMail
from handlers.acting import DELIVERY, Intent, Visitor
from handlers.customers.intents import (
    LetterAccepted,
    LetterNotKnown,
    LetterPutOff,
    LetterRefused,
)
from handlers.letters import Written
from storage.database.store import DatabaseDown
from tests.mailroom import CANARY, TO, Room, a_worker
from tests.offices import Office

Logs = list[MutableMapping[str, Any]]


async def test_p8_each_letter_goes_out_once_and_its_answer_is_told(
    office: Office, room: Room, mail: FakeMail, logs: Logs
) -> None:
    room.leave("M-1", "M-2", "M-3", "M-4", "M-5")
    assert await a_worker(office, mail).drain() == 5
    assert sorted(one.message_id for one in mail.sent) == [f"<m-{number}@fernhill.example>" for number in range(1, 6)]
    assert {one.mail for one in room.told} == {"M-1", "M-2", "M-3", "M-4", "M-5"}
    assert all(isinstance(one, LetterAccepted) and one.answer.startswith("250 2.0.0 queued as ") for one in room.told)
    assert set(room.asked) == {DELIVERY}
    assert {(one["event"], one["outcome"]) for one in logs} == {("letters.sent", "accepted")}


@pytest.mark.parametrize(("error", "outcome"), [
    (Unavailable("smtp_451", answer="451 later"), LetterPutOff("M-1", "smtp_451")),
    (Unavailable("login_refused", outage=True), LetterPutOff("M-1", "login_refused")),
    (NotTaken("smtp_550", "550 5.1.1 no"), LetterRefused("M-1", "smtp_550", "550 5.1.1 no")),
    (NotKnown("timeout"), LetterNotKnown("M-1", "timeout")),
    (RuntimeError(TO), LetterNotKnown("M-1", "fault")),
])  # fmt: skip
async def test_p8_what_became_of_it_is_told_as_it_is_known(
    office: Office, room: Room, mail: FakeMail, logs: Logs, error: Exception, outcome: Intent[None]
) -> None:
    room.leave("M-1")
    mail.faults = [Fault(error)]
    settled = await a_worker(office, mail).take()
    assert room.told == [outcome]
    assert settled == (not isinstance(outcome, LetterPutOff))
    assert mail.sent == []
    assert TO not in str(logs)


async def test_p8_a_letter_that_can_not_be_written_is_set_aside_by_itself(
    office: Office, room: Room, mail: FakeMail, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = a_worker(office, mail)
    whole = worker.writing.write

    def write(written: Written) -> Any:
        if written.subject == "Bad":
            raise RuntimeError(CANARY)
        return whole(written)

    monkeypatch.setattr(worker.writing, "write", write)
    room.leave("M-1", written=Written("Bad", CANARY, ()))
    room.leave("M-2")
    room.leave("M-3", to=f"{TO}\nBcc: eve@x.example")
    room.leave("M-4", to="nobody")
    assert await worker.drain() == 4
    assert {one.mail: type(one) for one in room.told} == {
        "M-1": LetterRefused, "M-2": LetterAccepted, "M-3": LetterRefused, "M-4": LetterRefused
    }  # fmt: skip
    assert {one.mail: one.code for one in room.told if isinstance(one, LetterRefused)} == {
        "M-1": "unwritable", "M-3": "unwritable", "M-4": "address"
    }  # fmt: skip
    assert [one.message_id for one in mail.sent] == ["<m-2@fernhill.example>"]
    assert CANARY not in str(logs) and "eve@" not in str(logs)


async def test_p8_while_the_server_is_away_not_every_letter_is_tried(
    office: Office, room: Room, mail: FakeMail
) -> None:
    room.leave(*(f"M-{number}" for number in range(10)))
    mail.faults = [Fault(Unavailable("no_connection"), times=100)]
    assert await a_worker(office, mail).take() == 0
    assert len(room.told) == len(room.taken) == 3
    assert {one.code for one in room.told} == {"no_connection"}


async def test_p8_a_letter_that_takes_long_holds_up_no_other(office: Office, room: Room, mail: FakeMail) -> None:
    held: list[bool] = []
    worker, go_on = a_worker(office, mail), asyncio.Event()

    async def slow() -> None:
        if not held:
            held.append(True)
            await go_on.wait()

    mail.after = slow
    room.leave("M-1", "M-2", "M-3", "M-4")
    taking = asyncio.create_task(worker.take())
    while len(room.told) < 3:
        worker.wake()
        await asyncio.sleep(0)
    assert {one.mail for one in room.told} == {"M-2", "M-3", "M-4"}
    go_on.set()
    assert await taking == 4


async def test_p8_what_became_of_it_and_could_not_be_stored_is_stored_later_and_the_letter_not_sent_again(
    office: Office, room: Room, mail: FakeMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, whole = a_worker(office, mail), office.company.door.enter
    room.leave("M-1", "M-2")

    async def down(intent: Any, who: Visitor, **more: Any) -> Any:
        if isinstance(intent, LetterAccepted):
            raise DatabaseDown("locked")
        return await whole(intent, who, **more)

    with monkeypatch.context() as patched:
        patched.setattr(office.company.door, "enter", down)
        assert await worker.take() == 0
        assert await worker.take() == 0
    assert (len(mail.sent), room.told) == (2, [])
    assert await worker.take() == 0
    assert {one.mail for one in room.told} == {"M-1", "M-2"}
    assert len(mail.sent) == 2


async def test_p8_an_outcome_that_the_room_does_not_take_holds_up_no_other_and_is_named_once(
    office: Office, room: Room, mail: FakeMail, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the stand-in has given away does not come back with a transaction that fails.
    monkeypatch.setattr("bot.delivery.letters.LANES", 1)
    worker = a_worker(office, mail)
    room.refuses = {"M-1": RuntimeError(CANARY)}
    room.leave("M-1", "M-2")
    await worker.drain()
    room.leave("M-3")
    await worker.drain()
    assert {one.mail for one in room.told} == {"M-2", "M-3"}
    assert [(one["mail"], one["error"]) for one in logs if one["event"] == "letters.untold"] == [
        ("M-1", "RuntimeError")
    ]
    assert CANARY not in str(logs)
    room.refuses = {}
    await worker.take()
    assert {one.mail for one in room.told} == {"M-1", "M-2", "M-3"}
    assert len(mail.sent) == 3


async def test_p8_where_nothing_waits_nothing_is_wanted(office: Office, room: Room, mail: FakeMail) -> None:
    moments = []

    def waits(store: Any, now: Any) -> bool:
        moments.append(now)
        return bool(room.due)

    worker = a_worker(office, mail, waits=waits)
    assert await worker.drain() == 0
    assert room.asked == []
    room.leave("M-1")
    assert await worker.drain() == 1
    assert set(moments) == {office.clock()}


async def test_p8_the_loop_outlives_faults_is_woken_and_ends(
    office: Office, room: Room, mail: FakeMail, logs: Logs
) -> None:
    faults: list[Exception] = [DatabaseDown("locked"), RuntimeError(CANARY)]

    def waits(*_: Any) -> bool:
        if faults:
            raise faults.pop()
        return True

    worker = a_worker(office, mail, waits=waits)
    room.leave("M-1")
    running = asyncio.create_task(worker.run())
    while not room.told:
        worker.wake()
        await asyncio.sleep(0)
    await worker.stop()
    await asyncio.wait_for(running, 5)
    assert [(one["event"], one["error"]) for one in logs if one["event"] == "letters.broken"] == [
        ("letters.broken", "RuntimeError")
    ]
    assert len(mail.sent) == 1
    assert CANARY not in str(logs)


async def test_p8_metrics_count_and_name_nobody(office: Office, room: Room, mail: FakeMail) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("steward_letters_total", {"outcome": "accepted"}) or 0.0

    before = counted()
    room.leave("M-1")
    await a_worker(office, mail).drain()
    assert counted() == before + 1
    told = generate_latest(REGISTRY).decode()
    assert TO not in told and "M-1" not in told
