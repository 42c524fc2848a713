"""A row that somebody spoilt by hand is read around, or mended so that it can be set aside; each other one is as it was (A1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from storage.database.store import Database, DatabaseDown, Store
from storage.inbox import Incoming
from storage.legible import Illegible, alone, one_by_one
from storage.records import Outgoing, Person
from storage.taken import SPOILT, Taken
from tests.spoiling import NO_UTF8, said, spoil
from tests.storage.rows import NOW, SECOND, account, effect, left, person

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


async def test_nobody_waits_behind_one_that_was_spoilt(file: Database) -> None:
    await _queued(file, "home", "home", "home")
    await file.write(said(f"UPDATE outbox SET turn = 'behind', id = {NO_UTF8} WHERE id = '{FIRST}'"))
    await file.write(lambda store: store.outbox.line_up_again())
    assert {one.id for one in await _claimed(file)} >= {ANEW}


async def test_an_outbox_that_is_gone_is_nothing_that_was_spoilt(database: Database) -> None:
    await database.write(said("ALTER TABLE outbox RENAME TO elsewhere"))
    with pytest.raises((DBAPIError, DatabaseDown)):
        await _claimed(database)
    with pytest.raises((DBAPIError, DatabaseDown)):
        await database.write(lambda store: store.outbox.waits(1, "", "show", NOW))
    await database.write(said("ALTER TABLE elsewhere RENAME TO outbox"))


async def test_text_that_is_no_utf8_is_no_database_that_is_away(file: Database) -> None:
    await _queued(file)
    await file.write(said(f"UPDATE people SET name = {NO_UTF8} WHERE id = 1"))
    for asked in (file.read, file.write):
        with pytest.raises(DBAPIError):
            await asked(lambda store: store.people.get(1).name)


@pytest.mark.parametrize("shape", ["[1]", "null", '"x"', "7"])
async def test_how_an_account_is_reached_names_nothing_where_it_is_no_object(database: Database, shape: str) -> None:
    await database.write(lambda store: store.meetings.meet(account("UTARA")))
    await database.write(said(f"UPDATE accounts SET reference = '{shape}'"))
    assert await database.read(lambda store: [one.reference for one in store.people.accounts([1])]) == [{}]
    assert await database.write(lambda store: store.people.blocked("slack", "UTARA"))
    assert await database.read(lambda store: store.people.platforms(1)) == []


async def test_of_whose_account_can_not_be_read_nobody_knows_whether_it_is_there(file: Database) -> None:
    keys = [f"{name}@fernhill.example" for name in ("tara", "anna")]
    for name in ("tara", "anna"):
        await file.write(lambda store, one=name: store.meetings.meet(account(f"U{one.upper()}", one)))  # type: ignore[misc]
    await file.write(said("UPDATE accounts SET checked_at = 'x' WHERE account_id = 'UTARA'"))
    assert await file.read(lambda store: store.people.there(keys)) == {"anna@fernhill.example"}


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


async def _set(database: Database, *wanted: tuple[str, str]) -> None:
    for kind, subject in wanted:
        await database.write(lambda store, kind=kind, of=subject: store.deadlines.set(kind, of, NOW))  # type: ignore[misc]


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


async def test_a_page_of_nothing_else_is_passed(file: Database) -> None:
    await _set(file, *(("access.end", one) for one in ("a", "b", "c")))
    await file.write(said("UPDATE deadlines SET due_at = '' WHERE subject <> 'c'"))
    for passed, subjects in ((0, []), (2, ["c"])):
        found = await file.read(lambda store, at=passed: store.deadlines.due(NOW, ["access.end"], 2, passed=at))  # type: ignore[misc]
        assert [one.subject for one in found] == subjects


async def test_a_kind_that_can_not_be_read_is_unknown(file: Database) -> None:
    await _set(file, *((kind, "R-1") for kind in ("new.a", "new.b", "x")))
    await file.write(said(f"UPDATE deadlines SET kind = {NO_UTF8} WHERE kind = 'x'"))
    found = await file.read(lambda store: store.deadlines.unknown(NOW, ["access.end"]))
    assert found == {"new.a": 1, "new.b": 1, "\\xff": 1}


async def test_deadlines_that_are_gone_are_no_row_that_was_spoilt(database: Database) -> None:
    await database.write(said("ALTER TABLE deadlines RENAME TO elsewhere"))
    with pytest.raises((DBAPIError, DatabaseDown)):
        await database.read(lambda store: store.deadlines.due(NOW, ["access.end"], 10))
    await database.write(said("ALTER TABLE elsewhere RENAME TO deadlines"))


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


async def test_a_database_that_fails_is_not_asked_one_by_one(database: Database) -> None:
    asked = []

    def fails(some: object) -> dict[int, int]:
        asked.append(some)
        raise OSError

    with pytest.raises(DatabaseDown):
        await database.read(lambda store: one_by_one(store.session, fails, [1, 2], []))
    assert asked == [[1, 2]]


async def test_an_effect_for_nobody_is_no_row_that_can_not_be_read(file: Database) -> None:
    await _queued(file, "show")
    await spoil(file, "UPDATE outbox SET person_id = 999")
    [one] = await _claimed(file)
    assert (one.kind, one.person_id) == ("show", 999)
    assert await file.read(lambda store: list(store.session.scalars(select(Outgoing.kind)))) == ["show"]
