"""The audit log is a chain: whatever is changed, put in, moved or cut off is found, and no protected row is written past it."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable, Table, insert, text, update

from bot.commands.auditing import _as_csv, _as_lines
from storage.audit import Entry
from storage.chain import FIELDS, GENESIS, Verdict, entry_digest
from storage.database.store import Database, Store
from storage.marks import is_protected
from storage.records import Record
from storage.tables.log import DATABASE, RESTORED, AuditEntry
from tests.each import each
from tests.ledgers import check_chain, verdict_of
from tests.storage.rows import NOW

Row = dict[str, Any]
LONG = 5


def _entries() -> list[Entry]:
    return [
        Entry("person:7", "access.file", "R-1", clause="P7", detail={"recordings": [3, 1], "asked": [2], "é": None}),
        Entry("person:7", "access.approve", "R-1", "refused", "P7", {"why": "requester"}),
        Entry("person:2", "access.approve", "R-1", clause="P7", detail={"grant": "G-1"}),
        Entry("delivery", "delivery.done", "000000000003.000.abcdef", detail={"person": 7, "late": False, "ms": 1.5}),
        Entry("clock", "access.expire", "R-1", clause="P7", detail={"late_seconds": 0}),
    ]


async def _written(database: Database) -> tuple[list[Row], tuple[int, str]]:
    def work(store: Store) -> None:
        for place, entry in enumerate(_entries()):
            store.audit.append(entry, NOW + timedelta(seconds=place))

    await database.write(work)
    rows = await database.read(lambda store: list(store.audit.exported()))
    return rows, (len(rows), rows[-1]["hash"])


def _chain(entries: list[Entry]) -> list[Row]:
    """The chain as anyone would compute it who has only read how it is made."""
    rows: list[Row] = []
    for place, entry in enumerate(entries, start=1):
        at = (NOW + timedelta(seconds=place - 1)).astimezone(UTC).isoformat(timespec="microseconds")
        told = {"actor": entry.actor, "action": entry.action, "subject": entry.subject, "outcome": entry.outcome}
        row: Row = {"seq": place, "at": at, **told, "clause": entry.clause, "detail": entry.detail, "marks": {}}
        row["journal"] = 0
        row["previous"] = rows[-1]["hash"] if rows else GENESIS
        rows.append({**row, "hash": entry_digest(row)})
    return rows


async def test_what_is_written_is_the_chain_that_anyone_can_recompute(database: Database) -> None:
    rows, head = await _written(database)
    assert rows == _chain(_entries())
    assert await database.read(verdict_of) == Verdict(*head)
    assert check_chain(rows, head) == Verdict(*head)


TEXTS = ("actor", "action", "subject", "outcome", "clause", "at", "previous", "hash")
CHANGES: list[dict[str, object]] = [{name: "x"} for name in TEXTS]
CHANGES += [{"previous": ""}, {"hash": GENESIS}, {"subject": ""}, {"seq": 99}]
CHANGES += [
    {"marks": {"grants/G-1": None}}, {"detail": {}}, {"detail": {"grant": "G-2"}},
    {"detail": {"grant": "G-1", "more": None}},
]  # fmt: skip


@each("seq", range(1, LONG + 1))
async def test_any_change_of_any_field_of_any_row_in_the_database_is_found(database: Database, seq: int) -> None:
    await _written(database)
    for change in CHANGES:
        forged = update(AuditEntry).where(AuditEntry.seq == seq).values(change)
        assert "entr" in await _fault_after(database, forged), change


@pytest.mark.parametrize("seq", range(1, LONG + 1))
async def test_any_row_taken_out_of_the_database_is_found(database: Database, seq: int) -> None:
    await _written(database)
    fault = await _fault_after(database, text("DELETE FROM audit WHERE seq = :seq").bindparams(seq=seq))
    last = f"the log ends at entry {LONG - 1}, but {LONG} were written"
    assert fault == (last if seq == LONG else f"entry {seq} is missing: the next one says it is {seq + 1}")


async def test_a_log_that_was_cut_off_or_emptied_is_found(database: Database) -> None:
    await _written(database)
    assert "ends at entry 2" in await _fault_after(database, text("DELETE FROM audit WHERE seq > 2"))
    assert "ends at entry 0" in await _fault_after(database, text("DELETE FROM audit"))
    assert "ends at entry 5" in await _fault_after(database, text("UPDATE audit_head SET seq = 4"))
    assert "ends at entry 5" in await _fault_after(database, text("UPDATE audit_head SET hash = 'x'"))


async def _fault_after(database: Database, change: Executable) -> str:
    """What the check says while a change is in place, which is then taken back."""

    def work(store: Store) -> str:
        store.session.execute(change)
        store.session.expire_all()
        fault = verdict_of(store).fault
        store.session.rollback()
        return fault

    return await database.read(work)


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists, max_leaves=4)
ENTRIES = st.lists(
    st.builds(Entry, st.text(max_size=9), st.text(max_size=9), st.text(max_size=9), detail=st.dictionaries(st.text(max_size=4), VALUES, max_size=3)),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(ENTRIES, st.data())
def test_any_log_verifies_from_its_file_alone_and_no_other_does(entries: list[Entry], data: st.DataObject) -> None:
    rows = _chain(entries)
    written = io.StringIO()
    _as_lines(rows, written)
    lines = [json.loads(line) for line in written.getvalue().split("\n")[:-1]]
    head = (len(rows), rows[-1]["hash"])
    assert lines == rows
    assert check_chain(lines, head) == Verdict(*head)
    place = data.draw(st.integers(0, len(rows) - 1))
    name = data.draw(st.sampled_from(FIELDS))
    other = data.draw(st.text(max_size=9) | st.integers() | VALUES)
    changed = [*lines[:place], lines[place] | {name: other}, *lines[place + 1 :]]
    same = json.dumps(other, sort_keys=True) == json.dumps(lines[place][name], sort_keys=True)
    assert bool(check_chain(changed, head).fault) != same


def _tell(rows: list[Row], write: Callable[[list[Row], Any], None]) -> str:
    written = io.StringIO()
    write(rows, written)
    return written.getvalue()


def test_formulas_in_every_column_come_out_harmless() -> None:
    row: Row = dict.fromkeys((*FIELDS, "hash"), "=HYPERLINK(1)") | {"detail": {"=cmd": "=1+1"}}
    [_, cells] = csv.reader(io.StringIO(_tell([row], _as_csv)))
    assert all(one.startswith(("'=", "{")) for one in cells)


async def test_p12_the_last_restore_is_found_with_its_number_and_moment(database: Database) -> None:
    for day in (0, 1):
        at = NOW + timedelta(days=day)
        entry = Entry("clock", RESTORED, DATABASE, clause="P12", detail={"hash": f"{day}"})
        await database.write(lambda store, one=entry, at=at: store.audit.append(one, at))  # type: ignore[misc]
    last, before, never = [
        await database.read(lambda store, by=by: store.audit.restored(by))  # type: ignore[misc]
        for by in (None, NOW, NOW - timedelta(seconds=1))
    ]
    assert last is not None
    assert (last.seq, datetime.fromisoformat(last.at)) == (2, NOW + timedelta(days=1))
    assert (before.seq if before else 0, never) == (1, None)


@each(
    ("numbers", "told"),
    [([-1], "is -1"), ([0], "is 0"), ([-9, 0, -1], "is -9"), ([1], "does not follow"), ([99], "is 99")],
)
async def test_c1_what_is_below_the_first_entry_or_beyond_the_last_is_a_fault(
    database: Database, numbers: list[int], told: str
) -> None:
    row: dict[str, Any] = {**dict.fromkeys((*FIELDS, "hash", "seal"), ""), "detail": {}, "marks": {}, "journal": 0}
    put_in = insert(AuditEntry).values([{**row, "seq": number} for number in numbers])
    assert told in await _fault_after(database, put_in)


STORAGE = Path(__file__).parents[2] / "storage"
LEAVE_OUT = {
    ("inbox.py", "Incoming"), ("people.py", "ChatAccount"), ("people.py", "Person"), ("recordings.py", "Recording"),
}  # fmt: skip
"""These statements write only columns that a mark leaves out."""


def test_no_statement_writes_some_columns_of_a_protected_row() -> None:
    kinds = {one.class_.__name__: cast("Table", one.class_.__table__) for one in Record.registry.mappers}
    found = {
        (file.name, name)
        for file in STORAGE.glob("*.py")
        for name in re.findall(r"\b(?:update|delete)\((\w+)", file.read_text())
        if name in kinds and is_protected(kinds[name])
    }
    assert found == LEAVE_OUT


async def test_p14_a_text_declared_while_a_writer_waited_is_the_one_in_force(database: Database) -> None:
    def declare(store: Store, digest: str, number: int | None) -> int | None:
        store.audit.declare(digest)
        assert store.policy_texts.keep(digest, digest, NOW).number == number
        return store.policy_texts.number_in_force()

    assert [
        await database.write(partial(declare, digest=one * 64, number=place)) for place, one in enumerate("ab", 1)
    ] == [1, 2]
    assert await database.write(lambda store: (store.audit.lock().text, store.policy_texts.number_in_force())) == (2, 2)

    def as_before_the_wait(store: Store) -> tuple[int | None, int | None]:
        store.audit.lock().text = None
        return store.audit.lock().text, store.policy_texts.number_in_force()

    assert await database.write(as_before_the_wait) == (None, 2)
