"""What neither the chain nor the state would show: entries below the log's first, and tables in which a row can stand twice (C1)."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from storage.audit import Audit
from storage.records import Record

_COLUMNS = text(
    "SELECT one.name, its.name, its.pk FROM sqlite_master AS one, pragma_table_info(one.name) AS its WHERE one.type = 'table'"
)


def unheld(session: Session) -> list[str]:
    """Sentences without full stops; nothing of a table that is gone, which is told where its rows are missed."""
    return [*filter(None, [Audit(session).below()]), *map(_keyless, _without_key(session))]


def _without_key(session: Session) -> list[str]:
    """Tables that no longer have the primary key that they were made with: somebody made them anew."""
    found = _keys_of_a_file(session) if session.connection().dialect.name == "sqlite" else _keys(session)
    ours = {name: {one.name for one in table.primary_key} for name, table in Record.metadata.tables.items()}
    return sorted(name for name, key in ours.items() if found.get(name, key) != key)


def _keys(session: Session) -> dict[str, set[str]]:
    there = inspect(session.connection()).get_multi_pk_constraint()
    return {name: set(key["constrained_columns"]) for (_, name), key in there.items()}


def _keys_of_a_file(session: Session) -> dict[str, set[str]]:
    """As one question, where an inspection asks two for each table."""
    found = defaultdict[str, set[str]](set)
    for table, column, place in session.execute(_COLUMNS):
        found[table] |= {column} if place else set()
    return found


def _keyless(table: str) -> str:
    return f"table {table} has lost its primary key, so a row can stand in it twice: it was made anew by hand"
