"""The chain is read quickly, in pieces, in every form that it was ever stored in."""

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import text

from storage.audit import Entry
from storage.chain import GENESIS, Verdict, Walk, entry_digest
from storage.database.store import Database, Store
from tests.each import each
from tests.storage.rows import NOW

DETAILS: list[dict[str, Any]] = [
    {"recordings": [3, 1], "asked": [2]}, {}, {"z": {"b": 1, "a": [None, True, 1.5]}, "a": "é \U0001f600"}, {"q": '"\\\n\x7f'},
]  # fmt: skip


async def _write(database: Database, *moments: timedelta) -> None:
    def work(store: Store) -> None:
        for place, span in enumerate(moments):
            store.audit.append(Entry("clock", "test.note", f"n{place}", detail=DETAILS[place % 4]), NOW + span)

    await database.write(work)


async def _in_pieces(database: Database, most: int, walk: Walk | None = None) -> Verdict:
    walk = walk or Walk()
    while True:
        page, head = await database.read(lambda store: store.audit.page(walk.seq, most))
        walk.take(page)
        if len(page) < most:
            return walk.verdict(head)


OTHERWISE = (
    '{"recordings": [3, 2], "asked": [2]}',
    "[]",
    "null",
    '"x"',
    '{"asked":[7],"asked":[2],"recordings":[3,1]}',  # a key twice
    '{"\\u0061sked":[2],"recordings":[3,1]}',  # and is spelled otherwise
    '{ "asked":[2],"recordings":[3,1]}',
    '{"asked":[2],"recordings":[3,1e0]}',
)


@each("stored", OTHERWISE)
async def test_c1_a_detail_in_which_a_database_may_read_something_else_is_a_changed_entry(
    database: Database, stored: str
) -> None:
    """P11: SQLite takes the first of two keys, Python and so the hash the last: who listened could be rewritten so."""
    if not await database.read(lambda store: store.audit.head()[0]):
        await _write(database, timedelta(0))
        assert (await _in_pieces(database, 9)).fault == ""
    await database.write(partial(_store_as, detail=stored))
    assert (await _in_pieces(database, 9)).fault == "entry 1 was changed after it was written"


@each(("name", "value"), [("detail", "{"), ("marks", "{"), ("actor", b"x"), ("outcome", b"done"), ("hash", b"x")])
async def test_what_no_column_of_ours_holds_is_a_changed_entry_and_no_fault_of_the_program(
    sqlite_url: str, name: str, value: str | bytes
) -> None:
    """SQLite stores anything in any column."""
    database = Database(sqlite_url)
    await _write(database, timedelta(0))
    forged = text(f"UPDATE audit SET {name} = :value").bindparams(value=value)
    await database.write(lambda store: store.session.execute(forged) and None)
    assert (await _in_pieces(database, 9)).fault == "entry 1 was changed after it was written"
    await database.close()


def _store_as(store: Store, detail: str, seq: int = 1) -> None:
    kind = "TEXT" if store.session.get_bind().dialect.name == "sqlite" else "JSON"
    stored = text(f"UPDATE audit SET detail = CAST(:detail AS {kind}) WHERE seq = :seq")
    store.session.execute(stored.bindparams(detail=detail, seq=seq))


async def test_marks_that_the_chain_lacks_are_named(database: Database) -> None:
    await _write(database, *[timedelta(seconds=one) for one in range(5)])
    hashes = [row["hash"] for row in await database.read(lambda store: list(store.audit.exported()))]
    marks = {1: hashes[0], 2: hashes[2], 4: GENESIS, 5: hashes[4]}
    assert (await _in_pieces(database, 2, Walk(marks))).astray == (2, 4)


def test_a_hash_is_over_the_canonical_json_of_what_the_readme_names() -> None:
    """What old logs were written with, to the letter."""
    row = {
        "seq": 1, "at": "2026-11-24T03:00:00.000000+00:00", "actor": "person:7", "action": "access.file", "subject": "R-1",
        "outcome": "done", "clause": "P7", "detail": {"b": [1, 2], "a": "é"}, "marks": {"matters/R-1": "m"}, "journal": 7,
        "previous": GENESIS,
    }  # fmt: skip
    assert entry_digest(row) == "18ca8ad51a6a8f799d2b390a3c88f2aebcfbaf03c60b1ed3392b02afb929a1f3"
