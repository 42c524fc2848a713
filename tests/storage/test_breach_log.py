"""P13: the log of confidential reports is a chain of its own, in which what was changed is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.breaches import Breaches, broken_at, link_hash
from storage.chain import GENESIS
from storage.database.store import Database, Store
from storage.tables.breaches import (
    ReportEntry,
)


async def logged(database: Database, *marks: str) -> None:
    """Entries of reports with these marks."""

    def work(store: Store) -> None:
        for number, mark in enumerate(marks):
            Breaches(store.session).log(mark, f"sealed {number}".encode())

    await database.write(work)


async def fault(database: Database) -> int:
    return await database.read(lambda store: broken_at(Breaches(store.session).links()))


async def test_p13_the_log_of_reports_is_a_chain_of_its_own(database: Database) -> None:
    rows = await database.read(lambda store: Breaches(store.session).head())
    assert rows == (0, GENESIS)
    assert await fault(database) == 0
    await logged(database, "m1", "m2", "m1")

    def look(store: Store) -> tuple[list[int], tuple[int, str], str]:
        breaches = Breaches(store.session)
        [*_, last] = breaches.links()
        return [one.seq for one in breaches.logged("m1")], breaches.head(), last.hash

    mine, head, last = await database.read(look)
    assert (mine, head) == ([1, 3], (3, last))
    assert await fault(database) == 0


async def test_p13_the_log_goes_on_in_a_later_transaction(database: Database) -> None:
    await logged(database, "m1")
    await logged(database, "m2", "m1")
    assert await fault(database) == 0


def _words(store: Store) -> None:
    store.session.get_one(ReportEntry, 2).sealed = b"other words"


def _mark(store: Store) -> None:
    store.session.get_one(ReportEntry, 2).report = "m9"


def _words_with_their_hash(store: Store) -> None:
    one = store.session.get_one(ReportEntry, 2)
    one.sealed = b"other words"
    one.hash = link_hash(one)


def _first(store: Store) -> None:
    store.session.delete(store.session.get_one(ReportEntry, 1))


def _middle(store: Store) -> None:
    store.session.delete(store.session.get_one(ReportEntry, 2))


def _swapped(store: Store) -> None:
    one, other = (store.session.get_one(ReportEntry, seq) for seq in (2, 3))
    one.report, other.report = other.report, one.report
    one.sealed, other.sealed = other.sealed, one.sealed


def _another_beginning(store: Store) -> None:
    store.session.get_one(ReportEntry, 1).previous = "f" * 64


def _renumbered(store: Store) -> None:
    store.session.get_one(ReportEntry, 4).seq = 5


@pytest.mark.parametrize(
    ("change", "at"),
    [
        (_words, 2), (_mark, 2), (_words_with_their_hash, 3), (_first, 1), (_middle, 2), (_swapped, 2),
        (_another_beginning, 1), (_renumbered, 4),
    ],
)  # fmt: skip
async def test_p13_a_link_that_was_changed_or_taken_out_is_found(
    database: Database, change: Callable[[Store], None], at: int
) -> None:
    await logged(database, "m1", "m2", "m3", "m4")
    await database.write(change)
    assert await fault(database) == at


async def test_p13_an_end_that_was_cut_off_is_told_by_what_was_sealed_of_it(database: Database) -> None:
    """The chain alone can't tell; the main log has where it ended on each day."""
    await logged(database, "m1", "m2")
    head = await database.read(lambda store: Breaches(store.session).head())
    await database.write(lambda store: store.session.delete(store.session.get_one(ReportEntry, 2)))
    assert await fault(database) == 0
    assert await database.read(lambda store: Breaches(store.session).holds(*head)) is False


async def test_p13_where_the_log_ended_once_is_still_in_it(database: Database) -> None:
    await logged(database, "m1", "m2")
    head = await database.read(lambda store: Breaches(store.session).head())
    await logged(database, "m3")
    told = [head, (0, GENESIS), (2, "f" * 64), (9, head[1])]
    found = await database.read(lambda store: [Breaches(store.session).holds(*one) for one in told])
    assert found == [True, True, False, False]
