"""Brings the database to the newest revision, however many replicas start at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chain, search_index
from storage.database import faults, servers
from storage.database.store import Database
from storage.records import Record
from storage.search_index import Lack
from storage.tables.log import AuditHead

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[1] / "migrations"
MIGRATION_LOCK = 0x5745_5244  # any number, as long as all replicas use the same
AGAIN = 0.5  # seconds until a lock that another replica has is asked for again


async def _lock_replicas(connection: AsyncConnection, waits: Callable[[], None]) -> None:
    """Take the lock of all replicas until the transaction ends; `waits` is called each time that another replica had
    it.
    """
    if connection.dialect.name != "postgresql":
        return
    # Changing a table may take long, and so may waiting for another replica.
    await connection.execute(servers.UNLIMITED)
    while not await connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK}):
        waits()
        await asyncio.sleep(AGAIN)


def _bring_up_to_date(connection: Connection) -> str:
    """Create or migrate the tables, and return the revision; raises `Incomplete` if some are missing."""
    revision = _single_head(connection)
    if not revision:
        _create_tables(connection)
    elif revision != newest_revision():
        _run_migrations(connection)
    search_index.make_index(connection)
    if lost := faults.lacking_tables(connection):
        raise faults.Incomplete(lost)
    return newest_revision()


def _create_tables(connection: Connection) -> None:
    """Make a new database from the models, as Alembic recommends, and mark it as being at the newest revision."""
    from alembic import command

    Record.metadata.create_all(connection)
    connection.execute(insert(AuditHead).values(id=1, seq=0, hash=chain.GENESIS))
    command.stamp(_alembic_config(connection), "head")


def _run_migrations(connection: Connection) -> None:
    """Run Alembic. It is imported only when there is something to do: it takes 8 MB, and most starts need nothing."""
    from alembic import command

    before = _count_broken_references(connection)
    command.upgrade(_alembic_config(connection), "head")
    for table, _ in _count_broken_references(connection) - before:
        raise RuntimeError(f"after the upgrade a row of {table} would refer to nothing; nothing was changed")


def _alembic_config(connection: Connection) -> Config:
    """Return the settings for Alembic, with the connection that `migrations/env.py` takes from them."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _count_broken_references(connection: Connection) -> Counter[tuple[str, str]]:
    """Return how many rows of a table refer to nothing in another. Only a file that was changed by hand holds any."""
    if connection.dialect.name != "sqlite":
        return Counter()
    # Without their row ids, since a table that is rebuilt gives out new ones.
    return Counter((table, other) for table, _, other, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"))


async def upgrade_database(database: Database, waits: Callable[[], None] = lambda: None) -> str:
    """Apply what is missing and return the revision. Safe to run in several processes at once. Raises `DatabaseDown`.
    It waits as long as another process is upgrading, and calls `waits` now and then.
    """
    with faults.as_database_down():
        async with database.writers.execution_options(steward_upgrades=True).begin() as connection:
            await _lock_replicas(connection, waits)
            reached = await connection.run_sync(_bring_up_to_date)
        await database.engine.dispose()
    return reached


async def current_revision(database: Database) -> str:
    """Return the revision that the database is at; empty for a new one.

    Raises `DatabaseDown`, also for one that is not ours.
    """
    with faults.as_database_down():
        async with database.engine.connect() as connection:
            return await connection.run_sync(_single_head)


async def missing_tables(database: Database) -> list[str]:
    """Return the tables that a database of the newest revision lacks: none, unless they were removed by hand.

    Raises `DatabaseDown`.
    """
    with faults.as_database_down():
        async with database.engine.connect() as connection:
            return await connection.run_sync(faults.lacking_tables)


async def search_lacks(database: Database) -> Lack:
    """Return what keeps the search from finding every part of a number quickly; empty if nothing does.

    Raises `DatabaseDown`.
    """
    with faults.as_database_down():
        async with database.engine.connect() as connection:
            return await connection.run_sync(search_index.what_is_lacking)


def _single_head(connection: Connection) -> str:
    """Return the revision that the database is at; empty for a new one.
    Raises `DatabaseDown` for one of another program, a newer one, or one with several revisions.
    """
    heads = _stored_heads(connection)
    if len(heads) > 1:
        raise faults.DatabaseDown("several_versions")
    revision = "".join(heads)
    if not revision and inspect(connection).get_table_names():
        raise faults.DatabaseDown("somebody_elses")
    if revision and not knows_revision(revision):
        raise faults.DatabaseDown("newer")
    return revision


def _stored_heads(connection: Connection) -> list[str]:
    """Return what Alembic has written into its table."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.scalars(text("SELECT version_num FROM alembic_version")))


def knows_revision(revision: str) -> bool:
    """Return True if this program can bring a database of that revision up to date."""
    return revision in _known_revisions()


def newest_revision() -> str:
    """Return the revision that this program needs."""
    return _known_revisions()[0]


@cache
def _known_revisions() -> tuple[str, ...]:
    """Return all revisions that this program knows, newest first; each is a module that begins with its number."""
    return tuple(sorted((one.name[:4] for one in (MIGRATIONS / "versions").glob("[0-9]*.py")), reverse=True))
