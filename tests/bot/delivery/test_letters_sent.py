"""P8: a letter goes out once; what became of it is told as it is known; no fault of one, or of anything, stops the others."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.delivery.letters import Letters
from bot.mail import Writing
from bot.ports import LetterRefused, OutcomeUnknown, Unavailable
from bot.rehearsal.fake_chat import Fault
from bot.rehearsal.fake_mail import FakeMail
from handlers.acting import Intent
from handlers.cards import Written
from handlers.customers import letters
from storage.database.store import Database, DatabaseDown
from tests.bot.delivery.test_never_ends import failing
from tests.handlers.builders import Clock, Company, a_company
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import collected, release
from tests.mailroom import CANARY, TO, Room, a_worker
from tests.offices import Office

Logs = list[MutableMapping[str, Any]]


@pytest.mark.parametrize(("error", "outcome"), [
    (Unavailable("smtp_451", answer="451 later"), letters.put_off_letter("M-1", "smtp_451")),
    (Unavailable("login_refused", outage=True), letters.put_off_letter("M-1", "login_refused")),
    (LetterRefused("smtp_550", "550 5.1.1 no"), letters.note_refused_mail("M-1", "smtp_550", "550 5.1.1 no")),
    (OutcomeUnknown("timeout"), letters.note_uncertain_mail("M-1", "timeout")),
    (RuntimeError(TO), letters.note_uncertain_mail("M-1", "fault")),
])  # fmt: skip
async def test_p8_what_became_of_it_is_told_as_it_is_known(
    office: Office, room: Room, mail: FakeMail, logs: Logs, error: Exception, outcome: Intent[None]
) -> None:
    room.leave("M-1")
    mail.faults = [Fault(error)]
    settled = await a_worker(office, mail).take()
    assert room.told == [outcome]
    assert settled == (outcome.handler is not letters.put_off_letter)
    assert mail.sent == []
    assert TO not in str(logs)


async def test_p8_a_letter_that_cannot_be_written_is_set_aside_by_itself(
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
    assert {one.given["mail_id"]: one.handler for one in room.told} == {
        "M-1": letters.note_refused_mail, "M-2": letters.note_accepted, "M-3": letters.note_refused_mail, "M-4": letters.note_refused_mail
    }  # fmt: skip
    assert {one.given["mail_id"]: one.given["code"] for one in room.told if one.handler is letters.note_refused_mail} == {
        "M-1": "unwritable", "M-3": "address", "M-4": "address"
    }  # fmt: skip
    assert [one.message_id for one in mail.sent] == ["<m-2@fernhill.example>"]
    assert CANARY not in str(logs) and "eve@" not in str(logs)


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
    assert {one.given["mail_id"] for one in room.told} == {"M-2", "M-3", "M-4"}
    go_on.set()
    assert await taking == 4


async def test_p8_what_became_of_it_and_could_not_be_stored_is_stored_later_and_the_letter_not_sent_again(
    office: Office, room: Room, mail: FakeMail
) -> None:
    worker = a_worker(office, mail)
    room.leave("M-1", "M-2")

    with failing(letters.note_accepted, DatabaseDown("locked")):
        assert await worker.take() == 0
        assert await worker.take() == 0
    assert (len(mail.sent), room.told) == (2, [])
    assert await worker.take() == 0
    assert {one.given["mail_id"] for one in room.told} == {"M-1", "M-2"}
    assert len(mail.sent) == 2


async def test_p8_the_loop_outlives_faults_wakes_and_ends(
    office: Office, room: Room, mail: FakeMail, logs: Logs
) -> None:
    faults: list[Exception] = [DatabaseDown("locked"), RuntimeError(CANARY)]

    def due(*_: Any) -> list[str]:
        if faults:
            raise faults.pop()
        return room.names()

    worker = a_worker(office, mail, due=due)
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


async def _released(database: Database) -> tuple[Company, str]:
    company = await a_company(database, Clock())
    request = await a_request(company)
    await release(company, request)
    return company, request


def _worker(company: Company, mail: FakeMail) -> Letters:
    return Letters(company.door, mail, Writing("Fernhill Telecare"), poll=0.01)


async def test_p8_what_another_process_took_and_lost_is_found_by_one_that_lives(database: Database) -> None:
    company, request = await _released(database)
    mail = FakeMail()
    worker = _worker(company, mail)
    await worker.drain()
    assert mail.sent
    other, _ = await a_request(company, recordings=[str(company.calls[1])]), request
    await release(company, other)
    await collected(company)
    assert await worker.drain() == 0
    assert (await stored(company, other)).state == "sending"
    company.clock.pass_(minutes=15)
    await worker.drain()
    assert (await stored(company, other)).state == "unknown"


@pytest.mark.parametrize(
    ("before", "code", "kind"),
    [(True, "stopped", letters.put_off_letter), (False, "stopped", letters.note_uncertain_mail)],
)
async def test_p8_a_stop_breaks_off_what_takes_long_and_says_what_it_is_by_then(
    office: Office, room: Room, mail: FakeMail, monkeypatch: pytest.MonkeyPatch, before: bool, code: str, kind: type
) -> None:
    monkeypatch.setattr("bot.delivery.letters.PATIENCE", 0.01)
    worker, reached = a_worker(office, mail), asyncio.Event()

    async def for_ever() -> None:
        reached.set()
        await asyncio.Event().wait()

    if before:
        mail.before = for_ever
    else:
        mail.after = for_ever
    room.leave("M-1")
    running = asyncio.create_task(worker.run())
    await reached.wait()
    await worker.stop()
    await asyncio.wait_for(running, 5)
    [outcome] = room.told
    assert (outcome.handler, outcome.given["code"]) == (kind, code)
    room.leave("M-2")
    assert await worker.drain() == 0
    assert room.taken == ["M-1"]
