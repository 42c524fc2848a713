"""P8: what the room of customers says is what the worker sends: taken once, and believed only as far as the server spoke."""

from __future__ import annotations

import asyncio

import pytest

from bot.delivery.letters import Letters
from bot.mail.writing import Writing
from bot.rehearsal.fake_mail import FakeMail
from storage.database.store import Database, Store
from storage.tables.customers import CustomerMail
from tests.handlers.builders import Clock, Company, a_company
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import collected, release


async def _released(database: Database) -> tuple[Company, str]:
    company = await a_company(database, Clock())
    request = await a_request(company)
    await release(company, request)
    return company, request


def _worker(company: Company, mail: FakeMail) -> Letters:
    return Letters(company.door, mail, Writing("Fernhill Telecare"), poll=0.01)


async def test_p8_a_release_is_sent_and_answered(database: Database) -> None:
    company, request = await _released(database)
    mail = FakeMail()
    assert await _worker(company, mail).drain() == 1
    [letter] = mail.sent
    assert letter.to == "mara.ellis@customer.example"
    assert "https://steward.example/copy#" in letter.plain
    assert (await stored(company, request)).state == "answered"


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


async def test_p8_a_letter_that_nobody_can_read_does_not_stop_those_of_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, spoilt = await _released(database)
    company.clock.pass_(seconds=1)
    whole = await a_request(company, recordings=[str(company.calls[1])])
    await release(company, whole)

    def spoil(store: Store) -> None:
        store.session.query(CustomerMail).filter_by(matter_id=spoilt).update({"sealed": b"x" * 60})

    await database.write(spoil)
    mail, sent = FakeMail(), asyncio.Event()

    async def arrived() -> None:
        sent.set()

    mail.after = arrived
    worker = Letters(company.door, mail, Writing("Fernhill Telecare"), poll=3600.0)
    monkeypatch.setattr(company.door, "after", worker.wake)
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        await sent.wait()
        await worker.stop()
        await running
    assert len(mail.sent) == 1
    assert [(await stored(company, one)).state for one in (spoilt, whole)] == ["waiting", "answered"]
