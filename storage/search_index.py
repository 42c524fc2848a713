"""The index that finds a part of a number or reference among a million calls; a start makes it if the database can have it."""

import sqlite3
from typing import Literal

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

Lack = Literal["", "package", "right", "version"]
"""What would have to be there for the index: pg_trgm on the server, the right to add it, a newer SQLite; nothing."""
NAME = "recordings_sought"
CAN_FORGET = (3, 42)
"""The first SQLite whose index removes at once what is deleted (sqlite.org/fts5, “secure-delete”): with an older one there is no index (P12)."""
# Without places and sizes, which no search here needs, and without a second copy of the words.
_HOW = "found_by, content='recordings', content_rowid='id', tokenize='trigram', detail='none', columnsize=0"
_FILE = (
    f"CREATE VIRTUAL TABLE {NAME} USING fts5({_HOW})",
    f"INSERT INTO {NAME}({NAME}, rank) VALUES ('secure-delete', 1)",  # noqa: S608  names of our own, here and below
    f"INSERT INTO {NAME}({NAME}) VALUES ('rebuild')",  # noqa: S608
)
_PUT = f"INSERT INTO {NAME}(rowid, found_by) SELECT new.id, new.found_by WHERE new.found_by <> '';"
_TAKE = f"INSERT INTO {NAME}({NAME}, rowid, found_by) SELECT 'delete', old.id, old.found_by WHERE old.found_by <> '';"
_WHEN = "WHEN old.found_by <> new.found_by"
# Triggers, so that every change of a call updates the index, and an erased one leaves it at the same moment.
_KEEPING = (
    f"CREATE TRIGGER {NAME}_new AFTER INSERT ON recordings BEGIN {_PUT} END",
    f"CREATE TRIGGER {NAME}_gone AFTER DELETE ON recordings BEGIN {_TAKE} END",
    f"CREATE TRIGGER {NAME}_other AFTER UPDATE OF found_by ON recordings {_WHEN} BEGIN {_TAKE} {_PUT} END",
)
_AWAY = (*(f"DROP TRIGGER IF EXISTS {NAME}_{one}" for one in ("new", "gone", "other")), f"DROP TABLE IF EXISTS {NAME}")
# What waits to be sorted in is read by each search, so there is never much of it (kB).
_PARTS = f"CREATE INDEX {NAME} ON recordings USING gin (found_by {{schema}}.gin_trgm_ops) WITH (gin_pending_list_limit = 256)"
_SCHEMA = text(
    "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'"
)


def has_index(connection: Connection) -> bool:
    """Return True if this database has the index; without it, searches look through all calls."""
    if connection.dialect.name == "sqlite":
        return bool(connection.exec_driver_sql(f"SELECT 1 FROM sqlite_master WHERE name = '{NAME}'").scalar())  # noqa: S608
    return connection.exec_driver_sql(f"SELECT to_regclass('{NAME}')").scalar() is not None


def make_index(connection: Connection) -> None:
    """Make the index if it is missing; a million calls take some seconds."""
    if connection.dialect.name == "sqlite":
        _make_in_a_file(connection)
    elif (schema := _trigram_schema(connection)) and not has_index(connection):
        _run_statements(connection, _PARTS.format(schema=schema))


def _make_in_a_file(connection: Connection) -> None:
    """Make the index of a file with the triggers that keep it; remove it if this SQLite can't forget what was erased."""
    if sqlite3.sqlite_version_info < CAN_FORGET:
        _run_statements(connection, *_AWAY)  # a newer one may have left it here
    elif not has_index(connection):
        _run_statements(connection, *_FILE, *_KEEPING)
    elif _count_triggers(connection) < len(_KEEPING):  # a table that was rebuilt has lost them
        _run_statements(connection, *_AWAY, *_FILE, *_KEEPING)


def _count_triggers(connection: Connection) -> int:
    """Return how many of the triggers that keep a file's index up to date are there."""
    there = f"SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{NAME}%'"  # noqa: S608
    return int(connection.exec_driver_sql(there).scalar_one())


def _trigram_schema(connection: Connection) -> str:
    """Return the schema of PostgreSQL's pg_trgm, which is installed if this account may; empty if it can't be had."""
    if found := connection.scalar(_SCHEMA):
        return str(found)
    try:
        with connection.begin_nested():
            _run_statements(connection, "CREATE EXTENSION pg_trgm")
    except DBAPIError:  # it isn't on the server, or needs another user's rights; `check` reports it
        return ""
    return str(connection.scalar(_SCHEMA))


def what_is_lacking(connection: Connection) -> Lack:
    """Return what is missing for an index of every part; empty if there is one, or the next start makes it."""
    if connection.dialect.name == "sqlite":
        return "version" if sqlite3.sqlite_version_info < CAN_FORGET else ""
    if has_index(connection):
        return ""
    offered = connection.exec_driver_sql("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
    return "right" if offered.scalar() else "package"


def _run_statements(connection: Connection, *statements: str) -> None:
    for one in statements:
        connection.exec_driver_sql(one)
