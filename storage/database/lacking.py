"""Which tables of ours a database lacks: somebody took them out, or put a copy in its place that never had them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from storage.records import Record

_IN_A_FILE = text("SELECT name FROM sqlite_master WHERE type = 'table'")
# As the server itself looks for a name without a schema: along the search_path, and nowhere else.
_ON_A_SERVER = text(
    "SELECT name FROM unnest(CAST(:ours AS text[])) AS name WHERE to_regclass(quote_ident(name)) IS NOT NULL"
)


def lacking(connection: Connection) -> list[str]:
    """Their names, by one question to the catalogue, which a database has in memory anyhow."""
    if connection.dialect.name == "postgresql":
        return missing_from(connection.scalars(_ON_A_SERVER, {"ours": list(Record.metadata.tables)}))
    return missing_from(connection.scalars(_IN_A_FILE))


def missing_from(there: Iterable[str]) -> list[str]:
    """Which of our tables are not among those that are there."""
    return sorted(set(Record.metadata.tables).difference(there))
