"""A database of an earlier revision for the upgrade tests, and an upgrade that dies after each of its changes in turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, bindparam, event, text

from storage import search_index
from storage.columns import Moment
from storage.database.servers import UNLIMITED
from storage.database.store import Database
from storage.database.upgrade import _config, revision, upgrade
from storage.records import Record
from tests.storage.rows import NOW

Step = Callable[[Connection], None]
READS = ("SELECT", "PRAGMA", "BEGIN")
REACHED = "UPDATE alembic_version"
"""What Alembic says at the end of each revision."""


class Cut(Exception):
    """The process died here."""


def upgraded_to(before: str) -> Step:
    """The step that brings a database to this revision and no further, in its own time, as the program does."""

    def bring(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(UNLIMITED)
        command.upgrade(_config(connection), before)

    return bring


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


async def cut_off_at_any_statement(database: Database) -> int:
    """Let an upgrade die after each change that belongs to the next revision; how often it died. It stands where it stood each time.

    Between two statements that only read nothing is different, so it dies once there.
    """
    for number in count(1):
        if (await died(database, number))[-1].startswith(REACHED):
            return number
    raise AssertionError


async def died(database: Database, number: int, what: str = "") -> list[str]:
    """What an upgrade changed until it died after so many changes that begin with `what`; nothing of it is left."""
    before, heard = await revision(database), list[str]()

    def cut(_c: Any, _r: Any, statement: str, *_: Any) -> None:
        if sum(one.startswith(what) for one in heard) == number:
            raise Cut
        if not statement.lstrip().startswith(READS):
            heard.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", cut)
    try:
        with pytest.raises(Cut):
            await upgrade(database)
    finally:
        event.remove(engine, "before_cursor_execute", cut)
    assert await revision(database) == before, heard[-1]
    return heard


async def step_on(database: Database) -> None:
    """Bring it to the next revision."""
    async with database.writers.execution_options(steward_upgrades=True).begin() as connection:
        await connection.run_sync(upgraded_to("+1"))


def _is_of_the_models(name: str | None, *_: object) -> bool:
    """What the search looks into follows from what the database can, and is made at each start."""
    return not str(name).startswith(search_index.NAME)


def differences(connection: Connection) -> list[object]:
    """What the migrations made otherwise than the models say."""
    opts = {"compare_type": True, "compare_server_default": True, "include_name": _is_of_the_models}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, Record.metadata))
