"""Compares every protected row, as raw text, with the last mark that the log has of it. It knows no table by name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import unquote

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Integer,
    Select,
    Table,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType

from storage.chain import Link
from storage.columns import Moment, Named
from storage.legible import Illegible, legibly
from storage.marks import KEYED_BY_ADDRESS, SALT, is_protected, mark, marked_columns, row_key
from storage.records import Record
from storage.unheld import unheld

AT_ONCE = 5000
"""Keys that are kept in memory before they go into a temporary file."""
Place = tuple[Any, ...]


class Row(NamedTuple):
    """A row by its key, with the mark that it should have."""

    key: str
    mark: str


class Latest:
    """The last mark of each key, with the entry that has it, in a temporary file, so that memory is bounded."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.executescript(
            "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF;"
            "CREATE TABLE latest (key TEXT PRIMARY KEY, mark TEXT, seq INTEGER) WITHOUT ROWID;"
            "CREATE TABLE unlike (key TEXT PRIMARY KEY) WITHOUT ROWID;"
        )
        self._new: dict[str, tuple[str | None, int]] = {}

    def take(self, links: Iterable[Link]) -> None:
        """Go on with the next entries of the log."""
        for link in links:
            if link[8] not in ("{}", ""):
                seq = link[0]
                self._new.update((key, (told, seq)) for key, told in _marks(link[8]))
        if len(self._new) > AT_ONCE:
            self._spill()

    def compare(self, rows: Iterable[Row]) -> None:
        """Settle the rows that have the mark that they should have, and remember the others."""
        self._spill()
        told = self._file.execute
        for one in rows:
            if not told("DELETE FROM latest WHERE key = ? AND mark = ?", one).rowcount:
                told("INSERT OR IGNORE INTO unlike VALUES (?)", (_storable(one.key),))

    def unsettled(self, most: int) -> list[str]:
        """Keys of rows that have another mark, or that nobody has found."""
        self._spill()
        found = self._file.execute(
            "SELECT key FROM unlike UNION SELECT key FROM latest WHERE mark IS NOT NULL LIMIT ?", (most,)
        )
        return [key for (key,) in found]

    def settle(self, key: str, rows: Sequence[Row]) -> str:
        """A sentence about these rows, which are all that have this key now; empty where all is well."""
        known = self._file.execute("SELECT mark, seq FROM latest WHERE key = ?", (key,)).fetchone()
        for table in ("latest", "unlike"):
            self._file.execute(f"DELETE FROM {table} WHERE key = ?", (key,))  # noqa: S608  one of these two
        return _judged(key, known, rows)

    def leave(self, table: str) -> None:
        """Say nothing of the rows of a table that can't be read."""
        self._spill()
        for ours in ("latest", "unlike"):
            self._file.execute(f"DELETE FROM {ours} WHERE key >= ? AND key < ?", (f"{table}/", f"{table}0"))  # noqa: S608

    def close(self) -> None:
        """Forget all."""
        self._file.close()

    def _spill(self) -> None:
        if self._new:
            rows = [(_storable(key), *told) for key, told in sorted(self._new.items())]
            self._file.execute("BEGIN")
            self._file.executemany("INSERT OR REPLACE INTO latest VALUES (?, ?, ?)", rows)
            self._file.execute("COMMIT")
            self._new.clear()


def _storable(key: str) -> str:
    return key.encode(errors="backslashreplace").decode()


def _judged(key: str, known: tuple[str | None, int] | None, rows: Sequence[Row]) -> str:
    if len(rows) > 1:
        return f"row {key} is stored twice"
    if known is None:
        return f"row {key} is stored, but no entry of the log tells of it"
    told, seq = known
    if not rows:
        return f"row {key} is no longer stored: entry {seq} has it, and none has deleted it" if told else ""
    if told is None:
        return f"row {key} is stored, but entry {seq} has deleted it"
    return "" if rows[0].mark == told else f"row {key} was changed after entry {seq}"


def _marks(told: str) -> Iterable[tuple[str, str | None]]:
    try:
        return [(str(key), one if one is None else str(one)) for key, one in json.loads(told).items()]
    except (ValueError, AttributeError, RecursionError):
        return ()


def protected_tables() -> list[str]:
    """The names of all whose rows are marked."""
    return [one.name for one in Record.metadata.sorted_tables if is_protected(one)]


class MarkedRows:
    """Protected rows as they are stored, with the marks that they should have, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def page(self, name: str, after: Place | None, most: int) -> tuple[list[Row], Place | None]:
        """The next rows of a table after a place, and the place of the last; None where there are no more. Raises `Illegible`."""
        table, order = Record.metadata.tables[name], _order(self.session, Record.metadata.tables[name])
        query = _all_rows(self.session, table).order_by(*order).limit(most)
        if after is not None:
            last = [literal(value, column.type) for value, column in zip(after, order, strict=True)]
            query = query.where(tuple_(*order) > tuple_(*last))
        found = self._read(query)
        rows = [_row(table, one[len(order) :]) for one in found]
        return rows, tuple(found[-1][: len(order)]) if len(found) == most else None

    def find(self, key: str) -> list[Row]:
        """The rows with this key, as they are now; none of a key that no row can have."""
        name, _, told = key.partition("/")
        table = Record.metadata.tables[name]
        query = _all_rows(self.session, table)
        skipped = len(_order(self.session, table))
        with suppress(Illegible, ValueError):
            if name not in KEYED_BY_ADDRESS:
                columns = list(table.primary_key)
                values = [told] if len(columns) == 1 else [unquote(one) for one in told.split("/")]
                query = query.where(*map(_is, columns, values))
            rows = [_row(table, one[skipped:]) for one in self._read(query)]
            return [one for one in rows if _storable(one.key) == key]
        return []

    def unheld(self) -> list[str]:
        """What neither the chain nor the marks would show: see `storage/unheld.py`."""
        return unheld(self.session)

    def _read(self, query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
        with legibly(self.session), _undecoded(self.session):
            return self.session.connection().execute(query).all()


def _is(column: ColumnElement[Any], told: str) -> ColumnElement[bool]:
    return column == (int(told) if isinstance(column.type, Integer) else told)


def _row(table: Table, values: Sequence[Any]) -> Row:
    *told, salt = values
    names = (one.name for one in marked_columns(table))
    row = {
        name: [one.hex()] if isinstance(one, bytes) else one
        for name, one in zip(names, told, strict=True)
        if one is not None
    }
    salt = salt if isinstance(salt, bytes) else b""
    return Row(row_key(table, row, salt), mark(salt, row))


def _order(session: Session, table: Table) -> list[ColumnElement[Any]]:
    """By what the rows of a table are read in pages: in a file by what no hand can leave empty or twice."""
    return [literal_column("rowid", Integer)] if _is_file(session) else list(table.primary_key)


def _all_rows(session: Session, table: Table) -> Select[*tuple[Any, ...]]:
    """Each row with its place, its columns as a mark has them, and its salt."""
    raw = _as_stored if _is_file(session) else _as_a_file_has_it
    columns = [*marked_columns(table), table.c[SALT]]
    return select(*_order(session, table), *map(raw, columns)).select_from(table)


def _is_file(session: Session) -> bool:
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
    if isinstance(kind, JSON | Named):
        return cast(type_coerce(column, JSON()), Text)
    return cast(column, Integer) if isinstance(kind, Boolean) else _as_stored(column)


@contextmanager
def _undecoded(session: Session) -> Iterator[None]:
    """In a file any bytes may be put where text belongs: those that are none become halves of characters."""
    if not _is_file(session):
        yield
        return
    driver: Any = session.connection().connection.dbapi_connection
    before, driver.text_factory = driver.text_factory, lambda raw: raw.decode(errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before
