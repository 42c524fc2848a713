"""P13: of messages about reports one that is spoilt, or whose outcome can't be stored, keeps none of the others back."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.chats.directory import Directory
from bot.delivery.confidential import Confidential
from handlers.acting import Act, Done
from handlers.breach import intents
from storage.breaches import TOLD, WAITING
from storage.database.store import Store
from storage.tables.breaches import ReportNotice
from tests.handlers.breach.reporting import report
from tests.handlers.breach.sending import states
from tests.offices import Office

Logs = list[MutableMapping[str, Any]]
Outcome = intents.Delivered | intents.Undelivered


def _worker(office: Office) -> Confidential:
    door = office.company.door
    return Confidential(door, [Directory(office.chat, door, door.policy, office.company.seconds)], poll=0.01)


def _poisoned(office: Office, monkeypatch: pytest.MonkeyPatch, kind: type[Outcome]) -> list[str]:
    """No outcome of this kind can be stored of the first message that has one; names in their order."""
    whole, names = office.company.door.handlers, list[str]()

    def store(act: Act, intent: Outcome) -> Done[None]:
        names.append(intent.name)
        if intent.name == names[0]:
            raise RuntimeError(intent.name)
        return whole[kind](act, intent)

    monkeypatch.setattr(office.company.door, "handlers", {**whole, kind: store})
    return names


async def test_p13_a_message_that_nobody_can_read_does_not_stop_those_of_other_reports(
    office: Office, logs: Logs
) -> None:
    company = office.company
    await report(company, company.anna)
    await report(company, company.tara, accused=["ruth"])

    def spoil(store: Store) -> None:
        store.session.query(ReportNotice).order_by(ReportNotice.id).first().sealed = b"x" * 60  # type: ignore[union-attr]

    await company.database.write(spoil)
    worker = _worker(office)
    assert await worker.drain() == 2
    assert await states(company) == [TOLD, TOLD, WAITING]
    assert logs == []


async def test_p13_an_outcome_that_can_not_be_stored_keeps_no_other_back_and_its_message_is_not_sent_again(
    office: Office, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, worker = office.company, _worker(office)
    await report(company, company.anna)
    with monkeypatch.context() as patched:
        poisoned = _poisoned(office, patched, intents.Delivered)
        await worker.drain()
        assert await states(company) == [TOLD, WAITING]
        await report(company, company.tara)
        company.clock.pass_(minutes=2)
        await worker.drain()
        assert await states(company) == [TOLD, TOLD, TOLD, WAITING]
        assert len(office.chat.called("post")) == 4
    await worker.take()
    assert await states(company) == [TOLD] * 4
    assert len(office.chat.called("post")) == 4
    assert [(one["event"], one["error"]) for one in logs] == [("delivery.broken", "RuntimeError")]
    assert poisoned[0] not in str(logs)
