"""C1: of what earlier versions wrote into the log the rest is compared, and it is said what could not be."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Update, delete, update

from handlers.access.intents import Answer, Approve, CallChanged, Question
from handlers.acting import CLOCK, WEB
from handlers.listening import Exchange, Heard, Listen
from handlers.reconciling import Finding, Gap
from storage.database.store import Store
from storage.records import Grant, Listening, Party, Pass, Remark
from storage.tables.log import AuditEntry
from tests.handlers.builders import Company, ask, call, register
from tests.moments import NOW
from tests.reconciled import findings, results, sentences
from tests.tables import MATTERS, REQUESTS

pytestmark = pytest.mark.soak

SINCE = {
    "until", "words", "remark", "told", "code", "session", "named", "stamps", "because", "stepped_in", "roles", "stepped_in_as", "passed_as", "versions",
}  # fmt: skip
"""What entries did not hold in the first two revisions of the database."""


def _as_before(store: Store) -> None:
    for entry in store.session.query(AuditEntry):
        entry.detail = {name: value for name, value in entry.detail.items() if name not in SINCE}


async def _heard_before(company: Company) -> str:
    """A request that was asked about, answered, approved and heard under the version before."""
    request = await ask(company, company.anna)
    await company.door.enter(Question(request, "Which one?"), company.tara)
    await company.door.enter(Answer(request, "That one."), company.anna)
    await company.door.enter(Approve(request), company.tara)
    opened = await company.door.enter(Exchange(await company.door.enter(Listen(request), company.anna)), WEB)
    await company.door.enter(Heard(opened.grant, opened.secret, company.calls[0], 1.0, 9.5), WEB)
    await company.database.write(_as_before)
    return request


async def test_it_raises_no_alarm_and_says_what_could_not_be_compared(company: Company) -> None:
    await _heard_before(company)
    found = await company.database.read(results)
    assert [one for one in found if isinstance(one, Finding)] == []
    assert Counter(one.what for one in found if isinstance(one, Gap)) == {
        "the words of what was asked, said and decided": 4,
        "until when access was given": 1,
        "which calls were approved, but for their audio": 1,
        "one-time codes and sessions": 2,
        "why somebody was asked": 1,
        "as what somebody was asked": 1,
        "as which version calls are named": 1,
    }


@pytest.mark.parametrize(
    "change",
    [
        update(MATTERS).values(state="denied"), update(REQUESTS).values(decided_by=1), update(REQUESTS).values(reason="training"),
        update(Grant).values(person_id=7), update(Grant).values(ended_at=None, ended_by=3), update(Party).values(part="former"),
        update(Remark).where(Remark.kind == "answer").values(kind="question"), update(Listening).values(end=10.0),
        update(Pass).values(made_at=Pass.ends_at), delete(Listening), delete(Remark).where(Remark.kind == "question"),
    ],
)  # fmt: skip
async def test_everything_else_is_still_compared(company: Company, change: Update) -> None:
    await _heard_before(company)

    def work(store: Store) -> list[str]:
        store.session.execute(change.execution_options(synchronize_session=False))
        return sentences(store)

    assert await company.database.read(work)


async def test_what_comes_after_the_upgrade_is_compared_whole(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.database.write(_as_before)
    await company.door.enter(Approve(request), company.tara)
    assert await findings(company.database) == []

    def work(store: Store) -> list[str]:
        store.session.execute(update(Grant).values(ends_at=NOW))
        return sentences(store)

    assert len(await company.database.read(work)) == 1


async def test_a_call_that_the_version_before_saw_change_is_not_compared(company: Company) -> None:
    """P7: as in the minute in which one replica is of this version, and the other one is not yet."""
    request = await ask(company, company.anna, calls=company.calls[:2])
    await register(company.door, call(1, size=7, stamp="2", started=NOW))
    await company.door.enter(CallChanged(request), CLOCK)
    assert [one for one in await company.database.read(results) if isinstance(one, Gap)] == []

    def work(store: Store) -> None:
        [entry] = store.session.query(AuditEntry).where(AuditEntry.action == CallChanged.action)
        entry.detail = {"recordings": entry.detail["recordings"]}

    await company.database.write(work)
    assert await company.database.read(results) == [Gap("as which version calls are named")]


async def test_a_code_of_before_the_upgrade_that_is_used_after_it_raises_no_alarm(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(Approve(request), company.tara)
    code = await company.door.enter(Listen(request), company.anna)
    await company.database.write(_as_before)
    await company.door.enter(Exchange(code), WEB)
    assert await findings(company.database) == []


async def test_nor_does_one_that_the_version_before_exchanged_during_the_upgrade(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(Approve(request), company.tara)
    await company.door.enter(Exchange(await company.door.enter(Listen(request), company.anna)), WEB)

    def work(store: Store) -> None:
        [entry] = store.session.query(AuditEntry).where(AuditEntry.action == "listening.open")
        entry.detail = {name: value for name, value in entry.detail.items() if name not in SINCE}

    await company.database.write(work)
    assert await findings(company.database) == []


@pytest.mark.by_hand
@pytest.mark.parametrize(
    "detail", [{}, {"recordings": 7, "reason": [], "asked": 3}, {"asked": [None], "recordings": []}]
)
async def test_an_entry_that_says_nothing_sensible_is_a_finding_and_no_fault(
    company: Company, detail: dict[str, Any]
) -> None:
    request = await ask(company, company.anna)
    await company.database.write(
        lambda store: (
            store.session.execute(update(AuditEntry).where(AuditEntry.subject == request).values(detail=detail))
            and None
        )
    )
    assert any(request in one for one in await findings(company.database))


@pytest.mark.by_hand
async def test_an_entry_that_cannot_be_read_is_left_to_the_chain(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.database.write(
        lambda store: (
            store.session.execute(update(AuditEntry).where(AuditEntry.subject == request).values(at="never")) and None
        )
    )
    assert f"request {request} is stored, but the log knows nothing of it" in await findings(company.database)
