"""Deadlines come in their order, each once, and may be set again: what is due is a row, never a timer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from storage.database.store import Database, Store
from storage.deadlines import Deadline
from tests.storage.rows import NOW, SECOND

KIND = "access.end"


def _set(*wanted: tuple[str, datetime], kind: str = KIND) -> Callable[[Store], None]:
    def work(store: Store) -> None:
        for subject, due_at in wanted:
            store.deadlines.set(kind, subject, due_at)

    return work


def _due(most: int = 10, now: datetime = NOW, after: Deadline | None = None) -> Callable[[Store], list[str]]:
    return lambda store: [one.subject for one in store.deadlines.due(now, [KIND], most, after)]


def _settled(subject: str, now: datetime = NOW) -> Callable[[Store], bool]:
    return lambda store: store.deadlines.settle(f"{KIND}:{subject}", now)


async def test_they_come_in_their_order_and_only_once(database: Database) -> None:
    await database.write(_set(("late", NOW + SECOND), ("b", NOW), ("a", NOW), ("oldest", NOW - 9 * SECOND)))
    assert await database.read(_due()) == ["oldest", "a", "b"]
    assert await database.read(_due(2)) == ["oldest", "a"]
    for subject in ("oldest", "a", "b", "never set"):
        await database.write(lambda store, one=subject: store.deadlines.drop(KIND, one, NOW))  # type: ignore[misc]
        await database.write(lambda store, one=subject: store.deadlines.drop(KIND, one, NOW + SECOND))  # type: ignore[misc]
    assert await database.read(_due()) == []
    coming = await database.read(lambda store: store.deadlines.next())
    assert coming is not None
    assert (coming.subject, coming.due_at, coming.done_at) == ("late", NOW + SECOND, None)
    assert await database.read(lambda store: store.deadlines.next(NOW + SECOND)) is None


async def test_one_that_stays_does_not_hide_those_behind_it(database: Database) -> None:
    """A2: whoever goes through them goes on after the last, at the same moment too."""
    await database.write(_set(("b", NOW), ("a", NOW), ("c", NOW), ("d", NOW + SECOND)))
    seen, last = [], None
    while some := await database.read(lambda store, on=last: store.deadlines.due(NOW + SECOND, [KIND], 1, on)):  # type: ignore[misc]
        [last] = some
        seen.append(last.subject)
    assert seen == ["a", "b", "c", "d"]


async def test_a_deadline_can_be_set_a_second_time(database: Database) -> None:
    """A2: today an IntegrityError. What was done is to be done anew, and what was to come comes later."""
    await database.write(_set(("done", NOW), ("moved", NOW)))
    assert await database.write(_settled("done"))
    await database.write(_set(("done", NOW - SECOND), ("moved", NOW + SECOND)))
    assert await database.read(_due()) == ["done"]
    assert await database.read(_due(now=NOW + SECOND)) == ["done", "moved"]


async def test_only_what_is_due_and_open_is_settled(database: Database) -> None:
    """A2: of two programs that take the same one, one does it."""
    await database.write(_set(("a", NOW), ("moved", NOW + SECOND)))
    assert [await database.write(_settled(one)) for one in ("a", "a", "moved", "never set")] == [
        True,
        False,
        False,
        False,
    ]


async def test_what_only_a_newer_version_knows_is_kept_for_it(database: Database) -> None:
    await database.write(_set(("a", NOW - SECOND), ("b", NOW), ("c", NOW + SECOND), kind="holds.end"))
    await database.write(_set(("R-1", NOW)))
    assert await database.read(_due()) == ["R-1"]
    assert await database.read(lambda store: store.deadlines.unknown(NOW, [KIND])) == {"holds.end": 2}
    assert await database.read(lambda store: store.deadlines.unknown(NOW, [KIND, "holds.end"])) == {}
