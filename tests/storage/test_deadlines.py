"""Deadlines and absences as they are kept, and what crosses the border of the database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from storage.columns import storable_text
from storage.database.store import Database, Store
from storage.deadlines import Deadline
from storage.records import Seen
from storage.tables.reviews import Absence
from tests.each import each
from tests.spoiling import said
from tests.storage.rows import NOW, SECOND, account, person

KIND = "access.end"


def _set(*wanted: tuple[str, datetime], kind: str = KIND) -> Callable[[Store], None]:
    def work(store: Store) -> None:
        for subject, due_at in wanted:
            store.deadlines.set(kind, subject, due_at)

    return work


def _due(most: int = 10, now: datetime = NOW, after: Deadline | None = None) -> Callable[[Store], list[str]]:
    return lambda store: [one.subject for one in store.deadlines.due(now, most, after)]


def _settled(subject: str, now: datetime = NOW) -> Callable[[Store], bool]:
    return lambda store: store.deadlines.settle(f"{KIND}:{subject}", now)


async def test_they_come_in_their_order_and_only_once(database: Database) -> None:
    await database.write(_set(("late", NOW + SECOND), ("b", NOW), ("a", NOW), ("oldest", NOW - 9 * SECOND)))
    assert await database.read(_due()) == ["oldest", "a", "b"]
    assert await database.read(_due(2)) == ["oldest", "a"]
    for subject in ("oldest", "a", "b", "never set"):
        await database.write(lambda store, one=subject: store.deadlines.drop(one, KIND))  # type: ignore[misc]
        await database.write(lambda store, one=subject: store.deadlines.drop(one, KIND))  # type: ignore[misc]
    assert await database.read(_due()) == []
    coming = await database.read(lambda store: store.deadlines.next())
    assert coming == (NOW + SECOND, KIND, "late")
    assert await database.read(lambda store: store.deadlines.next(NOW + SECOND)) is None


async def test_one_that_stays_does_not_hide_those_behind_it(database: Database) -> None:
    """A2: a loop continues after the last, even at the same moment."""
    await database.write(_set(("b", NOW), ("a", NOW), ("c", NOW), ("d", NOW + SECOND)))
    seen, last = [], None
    while some := await database.read(lambda store, on=last: store.deadlines.due(NOW + SECOND, 1, on)):  # type: ignore[misc]
        [last] = some
        seen.append(last.subject)
    assert seen == ["a", "b", "c", "d"]


async def test_a_deadline_can_be_set_a_second_time(database: Database) -> None:
    """A2: what was done is to be done again, and what was to come comes later."""
    await database.write(_set(("done", NOW), ("moved", NOW)))
    assert await database.write(_settled("done"))
    await database.write(_set(("done", NOW - SECOND), ("moved", NOW + SECOND)))
    assert await database.read(_due()) == ["done"]
    assert await database.read(_due(now=NOW + SECOND)) == ["done", "moved"]


async def test_what_is_to_be_done_about_one_subject_is_one_row(database: Database) -> None:
    """Each thing comes at its own moment, and one that can't be done keeps none of the others back."""
    kinds = {"a": NOW, "b": NOW + SECOND, "c": NOW + 9 * SECOND}
    await database.write(lambda store: store.deadlines.begin("R-1", kinds))
    for now, done, left in ((NOW, "", ["a"]), (NOW + SECOND, "b", ["a"]), (NOW + 9 * SECOND, "a", ["c"])):
        await database.write(lambda store, done=done: store.deadlines.drop("R-1", done))  # type: ignore[misc]
        [row] = await database.read(lambda store, now=now: store.deadlines.due(now, 9))  # type: ignore[misc]
        assert [one.kind for one in row.due(now, kinds)] == left
        assert row.due(now, ()) == []
    assert (row.moment("a"), row.coming("a"), row.coming("c")) == (NOW, None, NOW + 9 * SECOND)


@pytest.mark.parametrize("change", ["kind = 'other'", "subject = 'b'"])
async def test_one_that_was_changed_by_hand_is_not_in_the_way_of_the_real_one(database: Database, change: str) -> None:
    """It was refused at each tick, for ever: the changed row still had its key."""
    await database.write(_set(("a", NOW)))
    await database.write(said(f"UPDATE deadlines SET {change}"))
    await database.write(_set(("a", NOW + SECOND)))
    assert await database.read(lambda store: store.deadlines.moment(KIND, "a")) == NOW + SECOND


async def test_only_what_is_due_and_open_is_settled(database: Database) -> None:
    """A2: of two programs that take the same one, one does it."""
    await database.write(_set(("a", NOW), ("moved", NOW + SECOND)))
    assert [await database.write(_settled(one)) for one in ("a", "a", "moved", "never set")] == [
        True, False, False, False,
    ]  # fmt: skip


TODAY = date(2026, 11, 24)


def absence(name: str, first: int, last: int, person_id: int = 1) -> Absence:
    days = [TODAY + timedelta(days=number) for number in (first, last)]
    return Absence(id=name, person_id=person_id, first=days[0], last=days[1], entered_at=NOW)


async def kept(database: Database, *rows: Absence) -> None:
    def work(store: Store) -> None:
        store.session.add_all([person("tara"), person("deven")])
        store.session.flush()
        for row in rows:
            store.entered.add(row)

    await database.write(work)


async def test_those_count_that_were_not_ended_and_are_not_over(database: Database) -> None:
    await kept(database, absence("W-3", 2, 3), absence("W-1", -2, -1), absence("W-2", -2, 0, 2), absence("W-4", 0, 9))

    def end(store: Store) -> list[int]:
        before, ended = store.entered.away(TODAY), store.row(Absence, "W-4")
        assert ended is not None
        store.entered.end(ended, NOW)
        return [len(before), len(store.entered.away(TODAY))]

    assert await database.write(end) == [3, 2], "read once in a transaction, and again when one changes"
    found = await database.read(lambda store: [one.person_id for one in store.entered.away(TODAY)])
    assert found == [2, 1]
    assert [one.id for one in await database.read(lambda store: store.entered.of(1, TODAY))] == ["W-3"]
    assert await database.read(lambda store: store.row(Absence, "W-9")) is None


@pytest.mark.parametrize(
    "at",
    [
        NOW,
        datetime(2026, 10, 4, 2, 30, tzinfo=timezone(timedelta(hours=10))),
        datetime(2026, 11, 24, 23, 59, 59, 999_999, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
    ],
)
async def test_a_moment_comes_back_as_the_same_moment_in_utc(database: Database, at: datetime) -> None:
    await database.write(lambda store: store.session.add(Seen(key="k", at=at)))
    found = await database.read(lambda store: store.session.query(Seen).filter(Seen.at == at).one().at)
    assert found == at
    assert found.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 24, 9)
    with pytest.raises(StatementError, match="a moment without a time zone can't be stored"):
        await database.write(lambda store: store.session.add(Seen(key="k", at=naive)))
    with pytest.raises(StatementError, match="without a time zone"):
        await database.read(lambda store: store.session.query(Seen).filter(Seen.at < naive).all())


@each(
    ("typed", "kept"),
    [
        ("Zoë 🎧 العربية", "Zoë 🎧 العربية"),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("half \ud83d", "half \N{REPLACEMENT CHARACTER}"),
    ],
)
async def test_text_that_no_database_takes_is_made_whole(database: Database, typed: str, kept: str) -> None:
    met = await database.write(lambda store: store.meetings.meet(replace(account("U1"), name=typed)))
    assert await database.read(lambda store: store.people.get(met.person_id or 0).name) == kept
    assert await database.read(lambda store: store.people.by_key(typed)) is None


@given(st.text(st.characters(), max_size=50))
def test_whole_text_is_text_and_stays_as_it_is(typed: str) -> None:
    kept = storable_text(typed)
    assert kept.encode().count(0) == 0
    assert storable_text(kept) == kept
    if "\0" not in typed and not any("\ud800" <= one <= "\udfff" for one in typed):
        assert kept == typed
