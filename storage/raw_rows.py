"""Protected rows as raw text, as the database holds them, and the marks that they should have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import JSON, Boolean, Date, Integer, Table, Text, cast, func, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType

from storage.columns import Moment
from storage.marks import SALT, mark, marked_columns, row_key


class Row(NamedTuple):
    """A row by its key, with the mark that it should have."""

    key: str
    mark: str


def row_of(table: Table, values: Sequence[Any]) -> Row:
    """A row by the values of its `raw_columns`."""
    salt = values[-1]
    row = {
        name: [one.hex()] if isinstance(one, bytes) else one
        for name, one in zip(_names(table), values, strict=False)
        if one is not None
    }
    salt = salt if isinstance(salt, bytes) else b""
    return Row(row_key(table, row, salt), mark(salt, row))


@cache
def _names(table: Table) -> tuple[str, ...]:
    return tuple(one.name for one in marked_columns(table))


def raw_columns(table: Table, file: bool) -> list[ColumnElement[Any]]:  # noqa: FBT001  a file or a server
    """The columns of a table as a mark has them, and its salt."""
    raw = _as_stored if file else _as_a_file_has_it
    return [raw(one) for one in (*marked_columns(table), table.c[SALT])]


def is_file(session: Session) -> bool:
    """Return True for a SQLite file, False for a server."""
    return session.connection().dialect.name == "sqlite"


def _as_stored(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, NullType())


def _as_a_file_has_it(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a server holds, as a SQLite file would hold the same."""
    kind = column.type
    if isinstance(kind, Moment | Date):
        at = func.timezone("UTC", column) if isinstance(kind, Moment) else column
        told = func.to_char(at, "YYYY-MM-DD HH24:MI:SS.USBC" if isinstance(kind, Moment) else "YYYY-MM-DDBC")
        return func.coalesce(func.replace(told, "AD", ""), cast(column, Text))
    if isinstance(kind, JSON):
        return cast(type_coerce(column, JSON()), Text)
    return cast(column, Integer) if isinstance(kind, Boolean) else _as_stored(column)


@contextmanager
def undecoded(session: Session) -> Iterator[None]:
    """In a file any bytes may be put where text belongs: those that are none become halves of characters."""
    if not is_file(session):
        yield
        return
    driver: Any = session.connection().connection.dbapi_connection
    before, driver.text_factory = driver.text_factory, lambda raw: raw.decode(errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before
