"""Rows spoilt by hand, behind the program's back."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, text, update

from storage.database.store import Database, Store
from storage.unreadable import types_of_column
from tests.tables import MATTERS

NO_UTF8 = "CAST(x'ff' AS TEXT)"
"""Text that can't be decoded; only a file accepts it."""
_JUNK: Mapping[type, tuple[str, ...]] = {
    str: (NO_UTF8, "x'00ff'"), datetime: ("'junk'", "''", "5", "'2020-13-45'", NO_UTF8), date: ("'junk'", "5"),
    int: ("'junk'", "1.5", "x'00'"), float: ("'junk'",), bytes: ("'junk'",), dict: ("'{'", "'[1]'", NO_UTF8), list: ("'{'", "5"),
}  # fmt: skip


def junk(column: Column[Any]) -> tuple[str, ...]:
    """Return what a file can be made to hold in a column although its type doesn't have it."""
    return _JUNK.get(types_of_column(column.type)[0], ())


def rewritten(matter: str, **fields: Any) -> Callable[[Store], Any]:
    """Change a matter's own fields by hand."""

    def work(store: Store) -> None:
        store.session.execute(update(MATTERS).where(MATTERS.c.id == matter).values(**fields))

    return work


def said(sentence: str) -> Callable[[Store], Any]:
    """Run a statement of SQL."""
    return lambda store: store.session.execute(text(sentence))


async def spoil(database: Database, sentence: str) -> None:
    """Change a file, whatever its rows refer to."""

    def work(store: Store) -> None:
        connection: Any = store.session.connection().connection.dbapi_connection
        for one in ("COMMIT", "PRAGMA foreign_keys=OFF", sentence, "PRAGMA foreign_keys=ON", "BEGIN IMMEDIATE"):
            connection.execute(one)

    await database.write(work)
