"""Absences as they are kept: which count, read once in a transaction, and told from before by their revision."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import event

from storage.database.store import Database, Store
from storage.tables.absences import Absence
from tests.storage.rows import NOW, person

TODAY = date(2026, 11, 24)


def absence(name: str, first: int, last: int, person_id: int = 1) -> Absence:
    days = [TODAY + timedelta(days=number) for number in (first, last)]
    return Absence(id=name, person_id=person_id, first=days[0], last=days[1], entered_at=NOW)


async def kept(database: Database, *rows: Absence) -> None:
    def work(store: Store) -> None:
        store.session.add_all([person("tara"), person("deven")])
        store.session.flush()
        for row in rows:
            store.absences.add(row)

    await database.write(work)


async def test_those_count_that_were_not_ended_and_are_not_over(database: Database) -> None:
    await kept(database, absence("W-3", 2, 3), absence("W-1", -2, -1), absence("W-2", -2, 0, 2), absence("W-4", 0, 9))

    def end(store: Store) -> None:
        ended = store.absences.get("W-4")
        assert ended is not None
        store.absences.end(ended, NOW)

    await database.write(end)
    found = await database.read(lambda store: [one.email_key for one in store.absences.from_day(TODAY)])
    assert [one.partition("@")[0] for one in found] == ["deven", "tara"]
    assert [one.id for one in await database.read(lambda store: store.absences.of(1, TODAY))] == ["W-3"]
    assert await database.read(lambda store: store.absences.get("W-9")) is None


async def test_they_are_read_once_in_a_transaction_and_anew_when_one_changes(database: Database) -> None:
    await kept(database)

    def work(store: Store) -> tuple[list[int], int]:
        said: list[str] = []
        event.listen(store.session.connection(), "before_cursor_execute", lambda *told: said.append(told[2]))

        def number() -> int:
            return len(store.absences.from_day(TODAY))

        seen = [number(), number()]
        new = absence("W-1", 0, 1)
        store.absences.add(new)
        seen += [number(), number()]
        store.absences.end(new, NOW)
        return [*seen, number()], sum("SELECT" in one for one in said)

    assert await database.write(work) == ([0, 0, 1, 1, 0], 3)


async def test_each_change_is_told_by_the_revision_whatever_the_clock_says(database: Database) -> None:
    await kept(database)
    seen = [await database.read(lambda store: store.absences.revision())]

    def end(store: Store) -> None:
        store.absences.end(store.absences.of(1, TODAY)[0], NOW - timedelta(days=9))

    for work in (lambda store: store.absences.add(absence("W-1", 0, 1)), end):
        await database.write(work)
        seen.append(await database.read(lambda store: store.absences.revision()))
    assert seen == [(0, 0), (1, 0), (1, 1)]
