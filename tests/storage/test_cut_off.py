"""A4: a line to the server that is cut in the middle of a piece of work costs nobody anything, once."""

from __future__ import annotations

import asyncio
import os
import select
import socket
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from asyncpg.exceptions import InternalClientError
from asyncpg.transaction import Transaction
from sqlalchemy.exc import InternalError

from storage.database.store import Database, DatabaseDown, Store
from tests.each import each
from tests.storage.rows import note, subjects

SOON = "SET idle_in_transaction_session_timeout = '200ms'"  # of the line that is to be cut: any machine may stand still for as long

OUT_OF_STEP = InternalClientError("cannot switch to state 15; another operation (2) is in progress")


@pytest_asyncio.fixture
async def database(postgresql_url: str) -> AsyncIterator[Database]:
    database = Database(postgresql_url)
    await database.write(lambda store: note(store, "before"))
    yield database
    await database.close()


class Cut:
    """Notes and looks, and is in the middle of that when its line is cut, as often as is said."""

    def __init__(self, times: int, cut: Callable[[Store], None]) -> None:
        self.left, self.cut, self.runs = times, cut, 0

    def look(self, store: Store) -> list[str]:
        self.runs += 1
        subjects(store)
        if self.left:
            self.left -= 1
            self.cut(store)
        return subjects(store)

    def note(self, store: Store) -> None:
        note(store, "after")
        self.look(store)


def hang_up(store: Store) -> None:
    """The server starts anew, or hands over."""
    store.session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


def stand_still(store: Store) -> None:
    """The machine is paused, and the server takes us for dead."""
    connection = store.session.connection()
    connection.exec_driver_sql(SOON)
    until_its_last_word(connection.connection.driver_connection)


def until_its_last_word(driver: Any) -> None:
    """Nobody reads it: the loop stands still."""
    file: int = driver._transport.get_extra_info("socket").fileno()
    with socket.socket(fileno=os.dup(file)) as line:
        while select.select([line], [], []) and (said := line.recv(4096, socket.MSG_PEEK)) and b"25P03" not in said:
            time.sleep(0.01)


CUTS = [hang_up, stand_still]


@each("cut", CUTS)
async def test_a_look_is_taken_once_more(database: Database, cut: Callable[[Store], None]) -> None:
    once = Cut(1, cut)
    assert await database.read(once.look) == ["before"]
    assert once.runs == 2


@pytest.mark.parametrize("cut", CUTS)
async def test_what_was_not_stored_is_stored_once(database: Database, cut: Callable[[Store], None]) -> None:
    once = Cut(1, cut)
    others = [database.write(partial(note, subject=f"other-{n}")) for n in range(3)]
    await asyncio.gather(database.write(once.note), *others)
    assert sorted(await database.read(subjects)) == ["after", "before", "other-0", "other-1", "other-2"]


@each("cut", CUTS)
async def test_what_is_cut_off_twice_is_away(database: Database, cut: Callable[[Store], None]) -> None:
    for do, kind in ((database.read, "look"), (database.write, "note")):
        twice = Cut(2, cut)
        with pytest.raises(DatabaseDown, match="away"):
            await do(getattr(twice, kind))
        assert twice.runs == 2
    assert await database.read(subjects) == ["before"]


@each("times", [1, 2])
async def test_a_last_word_that_nobody_waited_for_is_an_end_too(
    database: Database, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """It lay behind the answer to BEGIN: the driver is out of step with the server, and says so as of a fault of its own."""
    begin, left = Transaction.start, [True] * times

    async def start(transaction: Transaction) -> object:
        if not (transaction._isolation and left):
            return await begin(transaction)
        left.pop()
        await transaction._connection.execute(SOON)
        going = asyncio.ensure_future(begin(transaction))
        await asyncio.sleep(0)  # it is on its way
        until_its_last_word(transaction._connection)
        return await going

    monkeypatch.setattr(Transaction, "start", start)
    if times == 1:
        assert await database.read(subjects) == ["before"]
    else:
        with pytest.raises(DatabaseDown, match="away"):
            await database.read(subjects)
    assert not left


@each("kind", ["look", "note"])
async def test_a_line_that_is_out_of_step_need_not_hear_that_it_is_left(
    database: Database, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """It is still open, and takes nothing any more, no ROLLBACK either."""
    roll_back, left = Transaction.rollback, list[object]()

    async def rollback(transaction: Transaction) -> None:
        if transaction._connection in left:
            raise OUT_OF_STEP
        await roll_back(transaction)

    def out_of_step(store: Store) -> None:
        left.append(store.session.connection().connection.driver_connection)
        raise InternalError("SELECT", None, OUT_OF_STEP)

    monkeypatch.setattr(Transaction, "rollback", rollback)
    once = Cut(1, out_of_step)
    await (database.read(once.look) if kind == "look" else database.write(once.note))
    assert (once.runs, len(left)) == (2, 1)
    assert await database.read(subjects) == ["before", *(["after"] if kind == "note" else [])]


async def test_whom_it_met_the_first_time_is_met_anew(database: Database) -> None:
    """An id that was not stored is nobody's: it would have been remembered for good."""
    once = Cut(1, hang_up)

    def meet(store: Store) -> int:
        [found] = store.people.ids_for(["ruth@fernhill.example"]).values()
        once.look(store)
        return found

    found = await database.write(meet)
    assert await database.read(lambda store: list(store.people.named([found]))) == [found]
    assert await database.write(lambda store: store.people.ids_for(["ruth@fernhill.example"])) == {
        "ruth@fernhill.example": found
    }


async def test_whoever_hangs_up_does_nothing_once_more(database: Database) -> None:
    """A stop that is short of time would leave somebody behind who waits for a silent server."""

    def leave(_store: Store) -> None:
        database.sessions.hang_up()

    for do, kind in ((database.read, "look"), (database.write, "note")):
        once = Cut(1, leave)
        with pytest.raises(DatabaseDown, match="away"):
            await do(getattr(once, kind))
        assert once.runs == 1
