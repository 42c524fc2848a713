"""A row that somebody spoilt by hand is read around, or mended so that it can be set aside; each other one is as it was (A1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from storage.database.store import Database, Store
from storage.inbox import Incoming
from storage.legible import Illegible, alone
from storage.records import Person
from storage.taken import SPOILT, Taken
from tests.spoiling import NO_UTF8, said
from tests.storage.rows import NOW, SECOND, effect, left, person

pytestmark = pytest.mark.soak

LEASE = timedelta(seconds=25)
FIRST = f"{1:012d}.000.aaaaaa"
ANEW = f"{0:012d}.000.\\xff"
FAR = timedelta(minutes=10)


@pytest_asyncio.fixture
async def file(sqlite_url: str) -> AsyncIterator[Database]:
    """What only a file can be made to hold."""
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


async def _queued(database: Database, *kinds: str) -> None:
    def work(store: Store) -> None:
        store.session.add_all(person(name) for name in ("anna", "tara"))
        store.session.flush()
        for number, kind in enumerate(kinds, 1):
            store.outbox.leave(left(effect(1 + number % 2, number, kind=kind)))

    await database.write(work)


async def _claimed(database: Database, now: datetime = NOW) -> list[Taken]:
    return await database.write(lambda store: store.outbox.claim(now, LEASE, 8))


@pytest.mark.parametrize("column", ["id", "kind", "lane", "code"])
@pytest.mark.parametrize("turn", ["new", "next"])
async def test_an_effect_that_can_not_be_read_comes_as_such_and_the_next_as_it_is(
    file: Database, column: str, turn: str
) -> None:
    await _queued(file, "show", "show")
    await file.write(said(f"UPDATE outbox SET turn = '{turn}', {column} = {NO_UTF8} WHERE id = '{FIRST}'"))
    taken = {one.id: one for one in await _claimed(file)}
    spoilt = taken.pop(ANEW if column == "id" else FIRST)
    assert (spoilt.kind, spoilt.person_id, spoilt.attempts, spoilt.code) == (SPOILT, 2, 1, "")
    assert [(one.kind, one.code) for one in taken.values()] == [("show", "")]
    row = await file.read(lambda store: store.outbox.get(spoilt.id))
    assert (row.kind, row.lane, row.state) == (SPOILT, "" if column == "lane" else "in order", "queued")


async def test_an_effect_whose_payload_alone_can_not_be_read_keeps_its_kind(file: Database) -> None:
    await _queued(file, "show", "show")
    await file.write(said(f"UPDATE outbox SET payload = x'ff' WHERE id = '{FIRST}'"))
    assert [(one.kind, one.payload == "") for one in await _claimed(file)] == [("show", True), ("show", False)]


async def test_a_kept_press_whose_row_can_not_be_read_comes_without_it(file: Database) -> None:
    def keep(store: Store) -> None:
        for name in ("UANNA", "UTARA", "UCORA"):
            store.inbox.keep(Incoming(platform="slack", account_id=name, press="{}", at=NOW, due_at=NOW))

    await file.write(keep)
    await file.write(said("UPDATE inbox SET at = 'x' WHERE account_id = 'UANNA'"))
    await file.write(said(f"UPDATE inbox SET press = {NO_UTF8}, due_at = '' WHERE account_id = 'UTARA'"))
    kept = await file.write(lambda store: store.inbox.claim(NOW, LEASE, FAR, 8))
    assert sorted((one.press, one.at, one.attempts) for one in kept) == [("", NOW, 0), ("", NOW, 0), ("{}", NOW, 1)]
    for one in kept:
        await file.write(lambda store, name=one.id: store.inbox.put_off(name, "http_500", NOW))  # type: ignore[misc]
        await file.write(lambda store, name=one.id: store.inbox.settle(name))  # type: ignore[misc]
    assert not await file.read(lambda store: store.inbox.has_any())


DUE = ("due_at = ''", "due_at = 5", "due_at = '2020-13-45'", f"subject = {NO_UTF8}", f"key = {NO_UTF8}")


@pytest.mark.parametrize("change", DUE)
async def test_a_deadline_that_can_not_be_read_is_stepped_over_and_named(file: Database, change: str) -> None:
    def work(store: Store) -> None:
        for place, subject in enumerate(("a", "b", "c")):
            store.deadlines.set("access.end", subject, NOW + place * SECOND)

    await file.write(work)
    await file.write(said(f"UPDATE deadlines SET {change} WHERE subject = 'b'"))
    name = "\\xff" if change.startswith("key") else "access.end:b"

    def look(store: Store) -> tuple[list[str], list[str], list[str]]:
        spoilt: list[str] = []
        found = store.deadlines.due(NOW + FAR, ["access.end"], 10, spoilt=spoilt)
        return [one.subject for one in found], spoilt, store.deadlines.illegible()

    assert await file.read(look) == (["a", "c"], [name], [name])


async def test_what_is_changed_by_what_can_not_be_read_is_changed_back(database: Database) -> None:
    await _queued(database)

    def work(store: Store) -> str:
        anna = store.people.get(1)
        with pytest.raises(Illegible), alone(store.session):
            anna.name = "Somebody else"
            store.session.execute(select(Person).where(Person.id == 1)).all()
            raise AttributeError
        with pytest.raises(OSError), alone(store.session):  # noqa: PT011  whoever raises it
            raise OSError
        return anna.name

    assert await database.write(work) == "Anna"
