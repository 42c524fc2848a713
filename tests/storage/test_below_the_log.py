"""C1: the log begins at entry 1. What somebody puts in below that stands in no chain: it is a fault, and no reader heeds it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from storage.audit import Entry
from storage.chain import GENESIS
from storage.database.store import Database, Store
from storage.noticed import Noticed
from storage.served import SERVED, served
from storage.tables.log import DATABASE, RESTORED, AuditEntry
from tests.each import each
from tests.storage.rows import NOW, note

STORAGE = Path(__file__).parents[2] / "storage"
ASKING = [one for one in STORAGE.rglob("*.py") if re.search(r"\bAuditEntry\.", one.read_text())]
LOWEST = -(10**6)


def below(store: Store, *numbers: int, action: str = SERVED, subject: str = "G-1") -> None:
    """Entries that somebody puts in by hand."""
    at = NOW.isoformat(timespec="microseconds")
    row: dict[str, Any] = {
        "at": at, "actor": "person:7", "action": action, "subject": subject, "outcome": "done", "clause": "P7",
        "detail": {"recording": 5, "why": "x"}, "marks": {}, "previous": GENESIS, "hash": "a" * 64,
    }  # fmt: skip
    store.session.execute(insert(AuditEntry), [{**row, "seq": number} for number in numbers])


READERS: dict[str, Callable[[Store], object]] = {
    "page": lambda store: [link.seq for link in store.audit.page(0, 9)[0]] == [1],
    "rows": lambda store: [row["seq"] for row in store.audit.rows()] == [1],
    "holds": lambda store: not store.audit.holds("a" * 64),
    "hashes": lambda store: not store.audit.hashes([-1, 0]),
    "done_between": lambda store: not store.audit.done_between(LOWEST, 9, [SERVED]),
    "newest": lambda store: store.audit.newest(SERVED) is None,
    "about": lambda store: not store.audit.about("G-1"),
    "restored": lambda store: store.audit.restored() is None,
    "count": lambda store: not store.audit.count(SERVED, "G-1"),
    "evidence": lambda store: not [*store.audit.logged(["G-1"], [SERVED])],
    "served": lambda store: not served(store.session, ["G-1"]),
    "noticed": lambda store: not Noticed(store.session).done(SERVED),
}  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
async def test_c1_whoever_reads_the_log_reads_nothing_below_its_first_entry(database: Database, reader: str) -> None:
    await database.write(lambda store: note(store, "n"))
    await database.write(lambda store: below(store, -1, 0))
    await database.write(lambda store: below(store, -2, action=RESTORED, subject=DATABASE))
    assert await database.read(READERS[reader])


@each("file", ASKING)
def test_c1_every_file_that_asks_the_log_asks_for_numbered_entries(file: Path) -> None:
    """So that a new one does not forget it."""
    assert "NUMBERED" in file.read_text()


ONE = "entry {0} stands before the first, where the program writes none: it was put in by hand"
SEVERAL = (
    "3 entries stand before the first, where the program writes none, the lowest is entry {0}: they were put in by hand"
)


@pytest.mark.parametrize(("numbers", "told"), [([-1], ONE), ([0], ONE), ([LOWEST, 0, -1], SEVERAL)])
async def test_c1_what_stands_below_the_first_entry_is_a_fault(
    database: Database, numbers: list[int], told: str
) -> None:
    await database.write(lambda store: note(store, "n"))
    await database.write(lambda store: below(store, *numbers))
    verdict = await database.read(lambda store: store.audit.verify())
    assert (verdict.entries, verdict.fault) == (1, told.format(numbers[0]))


@pytest.mark.parametrize("number", [3, 99])
async def test_c1_what_stands_beyond_the_last_entry_is_a_fault(database: Database, number: int) -> None:
    await database.write(lambda store: note(store, "n"))
    await database.write(lambda store: store.audit.append(Entry("clock", "test.note", "m"), NOW))
    await database.write(lambda store: below(store, number))
    assert (await database.read(lambda store: store.audit.verify())).fault
