"""A4: a connection to the server that is cut in the middle of work costs no one anything, once."""

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

from storage.database.store import Database, Store
from tests.each import each
from tests.storage.rows import note, subjects

SOON = "SET idle_in_transaction_session_timeout = '200ms'"  # of the line that is to be cut: any machine may stand still for as long


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
    """The server starts again, or hands over."""
    store.session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


def stand_still(store: Store) -> None:
    """The machine is paused, and the server takes us for dead."""
    connection = store.session.connection()
    connection.exec_driver_sql(SOON)
    until_its_last_word(connection.connection.driver_connection)


def until_its_last_word(driver: Any) -> None:
    """No one reads it: the loop has stalled."""
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
