"""What somebody may have spoilt is read over one net where nothing is written, and over one for each question where something is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import event, text

from storage.database.store import Database, Store
from storage.legible import Illegible, legibly
from storage.records import Person
from tests.storage.rows import person

THERE, SPOILT = text("SELECT count(*) FROM people"), text("SELECT nothing FROM nowhere")


@contextmanager
def _nets(database: Database) -> Iterator[list[str]]:
    """The places to go back to that a database was asked for."""
    said: list[str] = []

    def hear(_c: Any, name: str) -> None:
        said.append(name)

    engine = database.sessions.engine
    event.listen(engine, "savepoint", hear)
    yield said
    event.remove(engine, "savepoint", hear)


async def test_whatever_can_be_read_takes_one_place_to_go_back_to(database: Database) -> None:
    """A5: a server was asked thrice for each question."""

    def work(store: Store) -> int:
        found = 0
        for _ in range(5):
            with legibly(store.session):
                found += store.session.scalar(THERE) == 0
        return found

    with _nets(database) as nets:
        assert await database.read(work) == 5
    assert len(nets) == 1


async def test_what_cannot_be_read_keeps_nothing_else_from_being_read(database: Database) -> None:
    """Nor does one that lies in what is read over the same net, before and after it."""

    def work(store: Store) -> list[int]:
        found: list[int] = []
        for _ in range(2):
            with suppress(Illegible), legibly(store.session):
                found.append(store.session.scalar(THERE) or 0)
                with pytest.raises(Illegible), legibly(store.session):
                    store.session.execute(SPOILT)
                found.append(store.session.scalar(THERE) or 0)
                store.session.execute(SPOILT)
        return [*found, store.session.scalar(THERE) or 0]

    assert await database.read(work) == [0] * 5


async def test_what_was_written_before_stays(database: Database) -> None:
    def work(store: Store) -> None:
        for name in ("anna", "tara"):
            store.session.add(person(name))
            store.session.flush()
            with pytest.raises(Illegible), legibly(store.session):
                store.session.execute(SPOILT)

    await database.write(work)
    assert await database.read(lambda store: store.session.query(Person).count()) == 2
