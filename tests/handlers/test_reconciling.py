"""C1: the state is held against the log. Whatever is changed behind the back of the door is found and named, nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.columns import Moment
from storage.database.store import Database, Store
from storage.records import (
    Grant,
    Listening,
    Matter,
    Party,
    Pass,
    Record,
    Remark,
    Request,
    RequestedRecording,
)
from storage.tables.concerned import Concerned
from storage.tables.keys import MatterKey
from tests.altering import look, others
from tests.databases import migrated_file
from tests.handlers.builders import POLICY, Clock, Company, a_company
from tests.handlers.busy import STEPS, Busy
from tests.reconciled import findings, sentences
from tests.tables import MATTERS as ALL_MATTERS
from tests.tables import REQUESTS, table_of

pytestmark = pytest.mark.soak

MATTERS: dict[type[Record], tuple[str, ...]] = {
    Matter: ("asked_at", "state", "closed_at"),
    Request: (
        "requester_id", "reason", "crm", "longer", "sealed", "decided_by", "decided_as", "changes",
    ),
    RequestedRecording: ("recording_id", "version", "changed_at"),
    Party: ("person_id", "part", "because", "role"),
    Concerned: ("person_id",),
    Remark: ("id", "person_id", "kind", "at"),
    MatterKey: ("wrap",),
    Grant: ("person_id", "starts_at", "ends_at", "ended_at", "ended_by", "ended_why"),
    Pass: ("hash", "kind", "grant_id", "made_at", "ends_at", "used_at"),
    Listening: ("grant_id", "recording_id", "person_id", "start", "end", "at"),
}  # fmt: skip
"""Fields that say who asked, was asked, said, decided as what, was given, or heard which call, and when."""

_numbers = count(1)
THROWN_AWAY = (Pass,)  # rows that may go: they only helped for a while
A_DAY = [
    ("ask", 0, 0), ("question", 0, 0), ("answer", 0, 0), ("approve", 0, 0), ("listen", 0, 0), ("hear", 0, 0), ("hear", 0, 3),
    ("ask", 1, 1), ("pass on", 1, 0), ("deny", 1, 0), ("claim", 2, 0), ("approve", 2, 0), ("listen", 2, 0), ("hear", 2, 1),
    ("withdraw", 2, 0), ("ask", 3, 0), ("withdraw", 3, 0), ("ask", 4, 1), ("absence", 4, 0), ("expire", 0, 0), ("expire", 0, 0),
    ("expire", 0, 0), ("ask", 5, 0), ("change", 5, 0), ("claim about", 6, 0),
]  # fmt: skip


async def _a_day(company: Company) -> Busy:
    busy = Busy(company)
    for step in A_DAY:
        await busy.do(*step)
    return busy


def _changes(rows: Iterable[tuple[type[Record], Record]]) -> Iterator[tuple[str, Executable]]:
    for kind, row in rows:
        whole, table = table_of(kind), kind.__table__.c
        names = [one.name for one in whole.primary_key]
        same = [table[name] == getattr(row, name) for name in names]
        told = f"{kind.__tablename__} {[getattr(row, name) for name in names]}"
        for name in MATTERS[kind]:
            for value in others(getattr(row, name), isinstance(table[name].type, Moment)):
                yield f"{told}: {name} = {value}", update(whole).where(*same).values({name: value})
        if kind not in THROWN_AWAY:
            yield f"{told} deleted", delete(whole).where(*same)


def _all(store: Store) -> list[tuple[type[Record], Record]]:
    return [(kind, row) for kind in MATTERS for row in store.session.scalars(select(kind))]


async def _unnoticed(database: Database, every: bool) -> list[str]:
    """Which change of which row nobody would notice; each is made alone. Of rows that look alike one is tried, or `every` one."""
    rows = await database.read(_all)
    unlike = {(kind, *look(row, MATTERS[kind])): (kind, row) for kind, row in rows}
    changes = list(_changes(rows if every else unlike.values()))
    after = [await database.read(lambda store, change=change: _findings_after(store, change)) for _, change in changes]  # type: ignore[misc]
    return [what for (what, _), found in zip(changes, after, strict=True) if not found]


def _findings_after(store: Store, *changes: Executable) -> list[str]:
    """In a read, which keeps nothing."""
    try:
        for change in changes:
            store.session.execute(change)
        store.session.expunge_all()
        return sentences(store)
    except IntegrityError as refused:
        return [str(refused)]


def _cast(store: Store) -> tuple[Request, Request, Grant]:
    """A request that was approved and whose access has ended by itself, one that waits, and that access."""
    grant = store.session.scalars(select(Grant).where(Grant.ended_by.is_(None)).order_by(Grant.starts_at)).first()
    waiting = store.session.scalars(
        select(Request).where(Request.state == "waiting").order_by(Request.asked_at)
    ).first()
    request = store.requests.get(grant.matter_id) if grant else None
    assert grant and waiting and request
    return request, waiting, grant


async def _entry(company: Company, action: str, subject: str) -> int:
    """The number of the first entry of this kind."""
    rows = await company.database.read(lambda store: store.audit.about(subject))
    return next(one.seq for one in rows if (one.action, one.outcome) == (action, "done"))


async def _after(company: Company, *changes: Executable) -> list[str]:
    return await company.database.read(lambda store: _findings_after(store, *changes))


def _copy(request: Request, name: str) -> tuple[Executable, Executable]:
    row, more = ({column.key: getattr(request, column.key) for column in one.c} for one in (ALL_MATTERS, REQUESTS))
    halves = insert(ALL_MATTERS).values(**row | {"id": name}), insert(REQUESTS)
    return halves[0], halves[1].values(**more | {"id": name, "key": name, "fingerprint": name})


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_file(tmp_path_factory.mktemp("busy"))


async def test_a_day_of_the_company_fits_its_log(company: Company) -> None:
    await _a_day(company)
    rows = await company.database.read(_all)
    assert {kind for kind, _ in rows} == set(MATTERS)
    assert {one.state for _, one in rows if isinstance(one, Request)} == {"waiting", "approved", "denied", "withdrawn"}
    assert await findings(company.database) == []


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["each kind", "every"])
async def test_any_change_of_any_field_that_matters_of_any_row_is_found(company: Company, every: bool) -> None:
    await _a_day(company)
    assert await _unnoticed(company.database, every) == []


async def test_it_is_named_by_id_in_plain_words(company: Company) -> None:
    await _a_day(company)
    request, other, grant = await company.database.read(_cast)
    bram, tara, until = company.bram.person_id, company.tara.person_id, f"{grant.ends_at:%Y-%m-%d %H:%M:%S.%f} UTC"
    moved = grant.ends_at + timedelta(days=30)
    entry = {"access.approve": await _entry(company, "access.approve", request.id)}
    told: list[tuple[Executable, str]] = [
        (
            update(Grant).where(Grant.id == grant.id).values(ends_at=moved),
            f"access {grant.id} to request {request.id}: “ends” is stored as {moved:%Y-%m-%d %H:%M:%S.%f} UTC, but entry {entry['access.approve']} says {until}",
        ),
        (
            update(REQUESTS).where(REQUESTS.c.id == request.id).values(decided_by=bram),
            f"request {request.id}: “decided by” is stored as person {bram}, but entry {entry['access.approve']} says person {tara}",
        ),
        (
            update(ALL_MATTERS).where(ALL_MATTERS.c.id == other.id).values(state="approved"),
            f"request {other.id}: “state” is stored as approved, but the log says open",
        ),
        (
            update(REQUESTS).where(REQUESTS.c.id == request.id).values(sealed=b"Something else."),
            f"request {request.id}: what is sealed of its words was changed, or is gone",
        ),
        (
            delete(Party).where(Party.matter_id == request.id),
            f"request {request.id}: person {tara} was asked, but is no longer stored",
        ),
    ]
    for change, sentence in told:
        assert await _after(company, change) == [sentence]


async def test_a_listening_that_was_deleted_is_named_by_its_entry(company: Company) -> None:
    """P11."""
    await _a_day(company)
    _, _, grant = await company.database.read(_cast)
    entry = await _entry(company, "listening.part", grant.id)
    found = await _after(company, delete(Listening).where(Listening.grant_id == grant.id))
    call = company.calls[0]
    assert (
        f"entry {entry} says that recording {call} was heard under access {grant.id}, but that is no longer stored"
        in found
    )
    assert len(found) == 3


async def test_rows_that_no_entry_speaks_of_are_named(company: Company) -> None:
    """P7: access that nobody gave, a listening that nobody did, a decider whom nobody asked, a session out of nothing."""
    await _a_day(company)
    request, other, grant = await company.database.read(_cast)
    ruth, now = company.ruth.person_id, company.clock.now
    made = {"person_id": ruth, "starts_at": now, "ends_at": now + timedelta(days=7)}
    heard = {"recording_id": company.calls[0], "person_id": ruth, "start": 0.0, "end": 9.0, "at": now}
    unlogged = "is stored, but the log knows nothing of it"
    told: list[tuple[Executable, str]] = [
        (insert(Grant).values(id="G-1", matter_id=other.id, **made), f"access G-1 to request {other.id} {unlogged}"),
        (
            insert(Listening).values(id="L-1", grant_id=grant.id, **heard),
            f"listening L-1 under access {grant.id} {unlogged}",
        ),
        (
            insert(Party).values(
                matter_id=other.id, person_id=ruth, part="approver", role="x", since=now, unreachable=""
            ),
            f"request {other.id}: person {ruth} is stored as approver, but the log knows nothing of it",
        ),
        (
            insert(Pass).values(hash="0123456789", kind="session", grant_id=grant.id, made_at=now, ends_at=now),
            f"session 01234567 for access {grant.id} {unlogged}",
        ),
        (
            insert(Remark).values(id="R-1.1", matter_id=other.id, person_id=ruth, kind="answer", at=now),
            f"remark R-1.1 about request {other.id} {unlogged}",
        ),
    ]
    for change, sentence in told:
        assert sentence in await _after(company, change)
    matter, details = _copy(request, "R-1")
    assert f"request R-1 {unlogged}" in await _after(company, matter, details)
    for half in (matter, details):
        assert any("R-1" in one for one in await _after(company, half))


async def test_a_session_that_was_moved_to_somebody_elses_access_is_found(company: Company) -> None:
    await _a_day(company)
    first, second = [
        one.id for one in await company.database.read(lambda store: store.session.query(Grant).limit(2).all())
    ]
    found = await _after(company, update(Pass).where(Pass.grant_id == first).values(grant_id=second))
    assert sum(f" for access {second} is stored, but the log knows nothing of it" in one for one in found) == 2


@pytest.mark.by_hand
async def test_a_request_that_is_gone_with_all_that_belongs_to_it_is_named(company: Company) -> None:
    await _a_day(company)
    request, _, grant = await company.database.read(_cast)

    def work(store: Store) -> None:
        for owned in (Listening.grant_id, Pass.grant_id):
            store.session.execute(delete(owned.class_).where(owned == grant.id))
        for owned in (
            Party.matter_id,
            Remark.matter_id,
            RequestedRecording.request_id,
            Grant.matter_id,
            MatterKey.matter_id,
        ):
            store.session.execute(delete(owned.class_).where(owned == request.id))
        for table in (REQUESTS, ALL_MATTERS):
            store.session.execute(delete(table).where(table.c.id == request.id))

    await company.database.write(work)
    assert await findings(company.database) == [f"request {request.id} stands in the log, but is no longer stored"]


@settings(deadline=None, max_examples=15)
@given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 4), st.integers(0, 6)), max_size=25),
    data=st.data(),
)
def test_whatever_happened_fits_and_no_change_of_it_does(
    template: Path, steps: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    """C1, the property: no false alarm in any state that the door leads to, and no change of a row that matters unnoticed."""
    asyncio.run(_play(f"sqlite:///{copyfile(template, template.with_name(f'{next(_numbers)}.db'))}", steps, data))


async def _play(url: str, steps: list[tuple[str, int, int]], data: st.DataObject) -> None:
    database = Database(url)
    try:
        busy = Busy(await a_company(database, Clock(), POLICY))
        for step in [("ask", 0, 0), *steps]:
            await busy.do(*step)
        assert await findings(database) == []
        what, change = data.draw(st.sampled_from(list(_changes(await database.read(_all)))), label="change")
        assert await database.read(lambda store: _findings_after(store, change)), what
    finally:
        await database.close()
