"""Rows that somebody spoils by hand, behind the program's back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from storage.database.store import Database, Store

NO_UTF8 = "CAST(x'ff' AS TEXT)"
"""Text that nobody can read; only a file takes it."""


def said(sentence: str) -> Callable[[Store], Any]:
    """What a statement of SQL does."""
    return lambda store: store.session.execute(text(sentence))


async def spoil(database: Database, sentence: str) -> None:
    """Change a file, whatever its rows refer to."""

    def work(store: Store) -> None:
        connection: Any = store.session.connection().connection.dbapi_connection
        for one in ("COMMIT", "PRAGMA foreign_keys=OFF", sentence, "PRAGMA foreign_keys=ON", "BEGIN IMMEDIATE"):
            connection.execute(one)

    await database.write(work)
