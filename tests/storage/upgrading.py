"""A database of an earlier revision for the upgrade tests, and an upgrade that dies at each of its statements in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from alembic import command
from sqlalchemy import Connection, bindparam, event, text

from storage.columns import Moment
from storage.store import Database
from storage.upgrade import _config, newest, revision, upgrade
from tests.storage.rows import NOW

Step = Callable[[Connection], None]


class Cut(Exception):
    """The process died here."""


def upgraded_to(before: str) -> Step:
    """The step that brings a database to this revision and no further."""
    return lambda connection: command.upgrade(_config(connection), before)


def said(*statements: str, **moments: datetime) -> Step:
    """The step that says these; `:now` in them is `NOW`, and each of `moments` goes by its name."""

    def say(connection: Connection) -> None:
        for statement in statements:
            named = {name: at for name, at in {"now": NOW, **moments}.items() if f":{name}" in statement}
            connection.execute(text(statement).bindparams(*(bindparam(one, at, Moment()) for one, at in named.items())))

    return say


async def of_before(url: str, *steps: Step) -> Database:
    """A database that these steps left behind; the caller closes it."""
    database = Database(url)
    for step in steps:
        async with database.writers.execution_options(steward_upgrades=True).begin() as connection:
            await connection.run_sync(step)
    return database


async def cut_off_at_any_statement(database: Database, before: str, least: int) -> None:
    """Upgrade it, again and again, until nothing is cut off; each time it died it stands where it stood, at `before`."""
    number = done = 0
    while not done:
        number += 1
        with _cut_before(database, number) as heard:
            try:
                await upgrade(database)
            except Cut:
                pass
            else:
                done = len(heard)
        if not done:
            assert await revision(database) == before, heard[-1]
    assert number > least
    assert await revision(database) == newest()


@contextmanager
def _cut_before(database: Database, number: int) -> Iterator[list[str]]:
    """The upgrade dies before this statement; which ones it said."""
    heard: list[str] = []

    def before(_c: Any, _r: Any, statement: str, *_: Any) -> None:
        heard.append(statement)
        if len(heard) == number:
            raise Cut

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", before)
