"""B2: nobody hears a call that was put in the place of the one that was approved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from handlers.acting import CLOCK, WEB
from handlers.listening import Exchange, Listen, Opened, as_approved
from handlers.recordings import Register
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.records import Recording, RequestedRecording
from storage.tables.log import AuditEntry
from tests.handlers.builders import UK, Company, approved, ask, call, email, register
from tests.handlers.changing import ONE, OTHER, change, identified
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.soak

ANOTHER: dict[str, dict[str, Any]] = {
    "file": {"native_id": "call-9"}, "system": {"system": "elsewhere"}, "stamp": {"stamp": "9"}, "number": {"caller": "+61499999999"},
    "operator": {"operator_key": email("Deven Okafor")}, "start": {"started": NOW}, "line": {"line": UK}, "version": {"version": 2},
    "audio": {"identity": OTHER},
}  # fmt: skip


def first(company: Company, **values: object) -> object:
    """Somebody writes these into the row of the first call, and where its version is hidden, into the request's, too."""
    return update(Recording).where(Recording.id == company.calls[0]).values(**values)


HIDDEN = update(RequestedRecording).values(version=2, changed_at=None)


async def opened(company: Company, request: str) -> Opened:
    return await company.door.enter(Exchange(await company.door.enter(Listen(request), company.anna)), WEB)


def _heard_after(company: Company, session: Opened, *changes: object) -> Callable[[Store], str]:
    """What comes of opening the first call, once somebody has changed rows."""

    def work(store: Store) -> str:
        for one in changes:
            store.session.execute(one)  # type: ignore[call-overload]
        act = company.door.act(store, WEB)
        try:
            as_approved(act, session.grant, session.secret, company.calls[0])
        except Refused as refused:
            return refused.code
        return "open"

    return work


WAYS = ["approved early", "identified first", "approved early, and never read"]


async def _given(company: Company, way: str) -> str:
    if way == "identified first":
        await identified(company)
    request = await approved(company)
    if way == "approved early":
        await identified(company)
    return request


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", ANOTHER)
async def test_b2_whatever_else_stands_in_the_row_of_an_approved_call_is_not_heard(
    company: Company, what: str, way: str
) -> None:
    """The database is changed behind everybody's back, so that the file of another call, or other facts, stand there."""
    session = await opened(company, await _given(company, way))
    assert await company.database.read(_heard_after(company, session)) == "open"
    changes = [first(company, **ANOTHER[what]), *([HIDDEN] if what == "version" else [])]
    assert await company.database.read(_heard_after(company, session, *changes)) == "not_as_approved"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "back", [{}, {"version": 1}, {"version": 1, "identity": ""}, {"version": 1, "identity": "old"}]
)
async def test_b2_a_change_that_the_register_saw_can_not_be_hidden_afterwards(
    company: Company, way: str, back: dict[str, Any]
) -> None:
    """The file was written over, the register saw it; somebody makes the rows look as though nothing had happened."""
    session = await opened(company, await _given(company, way))
    before = await company.database.read(lambda store: store.recordings.get(company.calls[0]))
    assert before is not None
    await register(company.door, call(1, stamp="2", audio="" if way.endswith("read") else OTHER))
    back = {name: before.identity if value == "old" else value for name, value in back.items()}
    changes = [first(company, **back)] if back else [HIDDEN]
    assert await company.database.read(_heard_after(company, session, *changes)) == "not_as_approved"


@pytest.mark.by_hand
async def test_b2_a_file_that_was_exchanged_before_anybody_had_read_it_is_not_heard(company: Company) -> None:
    """Within the second between approval and reading, in the folder and in the database at once."""
    session = await opened(company, await approved(company))
    await company.database.write(lambda store: store.session.execute(first(company, stamp="9")) and None)  # type: ignore[call-overload]
    await identified(company, audio=OTHER)
    assert await company.database.read(_heard_after(company, session)) == "not_as_approved"


@pytest.mark.by_hand
async def test_b2_access_that_nobody_approved_opens_nothing(company: Company) -> None:
    request, other = await approved(company), await ask(company, company.anna, calls=company.calls[1:])
    session = await opened(company, request)
    await company.database.write(
        lambda store: (
            store.session.execute(update(AuditEntry).where(AuditEntry.action == "access.approve").values(action="x"))
            and None
        )
    )
    assert await company.database.read(_heard_after(company, session)) == "not_as_approved"
    assert other


@pytest.mark.parametrize("way", WAYS)
async def test_b2_a_file_that_was_moved_restored_or_away_raises_no_alarm(company: Company, way: str) -> None:
    session = await opened(company, await _given(company, way))
    if way.endswith("read"):
        await identified(company)
    for stamp in ("2", "3"):
        await change(company, stamp=stamp, audio=ONE, crm="CS-1")
        assert await company.database.read(_heard_after(company, session)) == "open"
    await company.door.enter(Register("file", (), ("call-1",)), CLOCK)
    for stamp in ("3", "4"):
        await change(company, stamp=stamp, audio=ONE)
        assert await findings(company.database) == []
        assert await company.database.read(_heard_after(company, session)) == "open"


async def test_b2_facts_that_are_told_otherwise_of_the_same_file_are_another_call(company: Company) -> None:
    """As after a row was changed by hand and the file was away for a moment."""
    await identified(company)
    request = await approved(company)
    await company.door.enter(Register("file", (), ("call-1",)), CLOCK)
    assert await change(company, stamp="1", caller="+61412000000") == [request]
