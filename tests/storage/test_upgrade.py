"""A new database is made from the models, and an earlier one is brought up to date, whichever process starts first."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from storage import search_index
from storage.database.store import Database, DatabaseDown
from storage.database.upgrade import (
    MIGRATIONS,
    _count_broken_references,
    _known_revisions,
    current_revision,
    newest_revision,
    upgrade_database,
)
from storage.records import Matter, Record
from storage.tables.log import AuditHead
from tests.reconciled import findings
from tests.storage.rows import LOST


@pytest.mark.soak
async def test_two_programs_that_start_at_once_both_find_it_done(empty_url: str) -> None:
    databases = [Database(empty_url), Database(empty_url)]
    assert await asyncio.gather(*map(upgrade_database, databases)) == [newest_revision(), newest_revision()]
    assert await databases[0].read(lambda store: store.session.query(AuditHead).count()) == 1
    for database in databases:
        await database.close()


@pytest.mark.soak
async def test_a_start_while_another_process_writes_to_a_new_file_waits_for_it(tmp_path: Path) -> None:
    """A8: SQLite switches to WAL at once or says “database is locked” at once, whatever its time-out."""
    path = tmp_path / "steward.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA user_version = 1")
    other.execute("BEGIN IMMEDIATE")
    soon = threading.Timer(0.3, other.execute, ["COMMIT"])
    soon.start()
    database = Database(f"sqlite:///{path}")
    assert await upgrade_database(database) == newest_revision()
    soon.join()
    other.close()
    await database.close()


async def test_a_database_of_the_first_release_has_all_tables_of_today_once_it_was_opened(empty_url: str) -> None:
    """A table that changes needs a revision in storage/migrations; what is in first_release/ stays as it is."""
    database = await _first_release(empty_url)
    assert await upgrade_database(database) == newest_revision()
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await database.close()


async def test_a_company_of_the_first_release_is_still_there_after_an_upgrade(tmp_path: Path) -> None:
    database = await _first_release(f"sqlite:///{tmp_path / 'steward.db'}")
    before = await database.read(lambda store: (len(store.rows(Matter)), len(list(store.audit.exported()))))
    assert min(before) > 0
    await upgrade_database(database)
    assert await database.read(lambda store: (len(store.rows(Matter)), len(list(store.audit.exported())))) == before
    assert await findings(database) == []
    assert await database.look_through() == []
    await database.close()


async def test_a_new_database_has_all_tables_of_today(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def _first_release(url: str) -> Database:
    """A database that release 0.1.0 made: a small company in a file, tables alone on a server."""
    database = Database(url)
    dialect = database.engine.dialect.name
    script = (Path(__file__).parent / f"first_release/{dialect}.sql").read_text(encoding="utf-8")
    if dialect == "sqlite":
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.executescript(script)
        file.close()
        return database
    async with database.writers.begin() as connection:
        for statement in script.split(";\n"):
            await connection.exec_driver_sql(statement)
    return database


def _differences(connection: Connection) -> list[object]:
    opts = {"compare_type": True, "compare_server_default": True, "include_name": _is_in_the_models}
    return list(compare_metadata(MigrationContext.configure(connection, opts=opts), Record.metadata))


def _is_in_the_models(name: str | None, *_: object) -> bool:
    """The index of the search depends on what the database can do, and is made at each start."""
    return not str(name).startswith(search_index.NAME)


LATER = f"""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "{newest_revision()}"


def upgrade():
    op.add_column("people", sa.Column("nickname", sa.String()))
"""


def _tell(path: Path, *statements: str) -> None:
    """Change the file by hand, as a tool that ignores references does."""
    with sqlite3.connect(path) as other:
        for statement in statements:
            other.execute(statement)
    other.close()


@pytest.fixture
async def one_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """A database at this release's revision, with a row that refers to nothing, and a program that has one revision more."""
    path = tmp_path / "steward.db"
    database = Database(f"sqlite:///{path}")
    await upgrade_database(database)
    _tell(path, LOST.format("R-LOST"))
    shutil.copytree(MIGRATIONS, tmp_path / "later")
    (tmp_path / "later/versions/9999_people_have_a_nickname.py").write_text(LATER)
    monkeypatch.setattr("storage.database.upgrade.MIGRATIONS", tmp_path / "later")
    _known_revisions.cache_clear()
    yield database
    _known_revisions.cache_clear()
    await database.close()


async def _dangling(database: Database) -> dict[str, int]:
    """How many rows of which tables refer to what is not there."""
    async with database.engine.connect() as connection:
        return {table: number for (table, _), number in (await connection.run_sync(_count_broken_references)).items()}


async def test_a_row_that_refers_to_nothing_does_not_keep_the_next_start_out(one_behind: Database) -> None:
    """A8: the worker sets such a row aside and continues; so does each start, with a new revision and without."""
    for _ in range(2):
        assert await upgrade_database(one_behind) == newest_revision()
        assert await _dangling(one_behind) == {"outbox": 1}


async def test_an_upgrade_that_takes_away_what_rows_refer_to_changes_nothing(
    one_behind: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loses(config: Config, _: str) -> None:
        connection = config.attributes["connection"]
        connection.exec_driver_sql(LOST.format("R-MORE"))
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{newest_revision()}'")

    before = await current_revision(one_behind)
    monkeypatch.setattr(command, "upgrade", loses)
    with pytest.raises(RuntimeError, match="a row of outbox would refer to nothing"):
        await upgrade_database(one_behind)
    assert (await current_revision(one_behind), await _dangling(one_behind)) == (before, {"outbox": 1})


async def test_a_database_of_two_versions_at_once_is_refused(database: Database) -> None:
    """As a copy leaves it that was put over another without emptying it first."""
    await database.write(
        lambda store: store.session.execute(text("INSERT INTO alembic_version (version_num) VALUES ('0000')"))
    )
    for look in (current_revision, upgrade_database):
        with pytest.raises(DatabaseDown, match="several_versions"):
            await look(database)
    await database.write(
        lambda store: store.session.execute(text("DELETE FROM alembic_version WHERE version_num = '0000'"))
    )
