"""Compares every protected row, as raw text, with the last mark that the log has of it. It knows no table by name."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from sqlalchemy import Integer, Select, Table, and_, literal, literal_column, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.chain import Link
from storage.marks import AFTER, Row, is_file, is_protected, raw_columns, reading_raw_text, row_of
from storage.records import Record
from storage.rows import Rows

AT_ONCE = 5000
"""Keys that are kept in memory before they go into a temporary file."""
Place = tuple[Any, ...]


class _Told(NamedTuple):
    """What the entries still in memory say of a row's key.
    `mark` is the last mark, from entry `seq`; `before` is the mark that the `first` of these entries found. `astray` is
    the entry that found another mark than the one before it had left.
    """

    mark: str | None
    seq: int
    before: str | None
    first: int
    astray: int | None


class Latest:
    """The last mark of each key, with the entry that has it, in a temporary file, so that memory is bounded."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.executescript(
            "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF;"
            "CREATE TABLE latest (key TEXT PRIMARY KEY, mark TEXT, seq INTEGER, before TEXT, first INTEGER, astray INTEGER,"
            " settled INTEGER DEFAULT 0) WITHOUT ROWID;"
            "CREATE TABLE unlike (key TEXT PRIMARY KEY) WITHOUT ROWID;"
        )
        self._new: dict[str, _Told] = {}

    def take(self, links: Iterable[Link]) -> None:
        """Continue with the next entries of the log."""
        for link in links:
            # By place, which is faster: 8 is the marks, 0 the entry's number.
            if link[8] not in ("{}", ""):
                for key, before_and_after in marks_of(link[8]):
                    self._note(key, before_and_after, link[0])
        if len(self._new) > AT_ONCE:
            self._spill()

    def _note(self, key: str, before_and_after: str, seq: int) -> None:
        """Note what an entry says of a key: its mark before and after."""
        before, _, mark = before_and_after.rpartition(AFTER)
        so_far = self._new.get(key)
        if so_far is None:
            self._new[key] = _Told(mark or None, seq, before or None, seq, None)
        else:
            astray = so_far.astray or (None if so_far.mark == (before or None) else seq)
            self._new[key] = _Told(mark or None, seq, so_far.before, so_far.first, astray)

    def compare(self, rows: Sequence[Row]) -> None:
        """Settle the rows that have the mark that they should have, and remember the others."""
        self._spill()
        file, storable = self._file, [Row(_storable_key(one.key), one.mark) for one in rows]
        file.execute("BEGIN")
        count = file.executemany(
            "UPDATE latest SET settled = settled + 1 WHERE key = ? AND mark = ?", storable
        ).rowcount
        file.execute("COMMIT")
        for one in storable if count < len(rows) else ():
            if file.execute("SELECT 1 FROM latest WHERE key = ? AND mark = ?", one).fetchone() is None:
                file.execute("INSERT OR IGNORE INTO unlike VALUES (?)", (one.key,))

    def astray(self, most: int) -> list[tuple[str, int]]:
        """Return keys of rows that an entry found changed since the entry before, with the first such entry."""
        self._spill()
        found = self._file.execute("SELECT key, astray FROM latest WHERE astray ORDER BY astray, key LIMIT ?", (most,))
        return found.fetchall()

    def unsettled(self, most: int) -> list[str]:
        """Return keys of rows with another mark than they should have, stored twice, or missing."""
        self._spill()
        found = self._file.execute(
            "SELECT key FROM unlike UNION SELECT key FROM latest WHERE settled <> 1 AND mark IS NOT NULL LIMIT ?",
            (most,),
        )
        return [key for (key,) in found]

    def settle(self, key: str, rows: Sequence[Row]) -> str:
        """Return a sentence about these rows, which are all that have this key now; empty if all is well."""
        mark_and_entry = self._file.execute("SELECT mark, seq FROM latest WHERE key = ?", (key,)).fetchone()
        self._file.execute("UPDATE latest SET settled = 1 WHERE key = ?", (key,))
        self._file.execute("DELETE FROM unlike WHERE key = ?", (key,))
        return _judge_row(key, mark_and_entry, rows)

    def leave(self, table: str) -> None:
        """Ignore the rows of a table that can't be read."""
        self._spill()
        span = (f"{table}/", f"{table}0")  # all keys that begin with the table's name and a slash, which 0 follows
        self._file.execute("UPDATE latest SET settled = 1 WHERE key >= ? AND key < ?", span)
        self._file.execute("DELETE FROM unlike WHERE key >= ? AND key < ?", span)

    def close(self) -> None:
        """Forget all."""
        self._file.close()

    def _spill(self) -> None:
        """Move what is in memory into the file."""
        if self._new:
            rows = [(_storable_key(key), *marks) for key, marks in sorted(self._new.items())]
            self._file.execute("BEGIN")
            self._file.executemany(_SPILL, rows)
            self._file.execute("COMMIT")
            self._new.clear()


_SPILL = (
    "INSERT INTO latest (key, mark, seq, before, first, astray) VALUES (?1, ?2, ?3, ?4, ?5, coalesce(iif(?4 IS NULL, NULL, ?5), ?6))"
    " ON CONFLICT (key) DO UPDATE SET astray = coalesce(astray, iif(mark IS excluded.before, ?6, excluded.first)),"
    " mark = excluded.mark, seq = excluded.seq, settled = 0"
)


def _storable_key(key: str) -> str:
    """Return a key that SQLite can store: lone surrogates, from invalid bytes in a file, become escapes."""
    return key.encode(errors="backslashreplace").decode()


def _judge_row(key: str, mark_and_entry: tuple[str | None, int] | None, rows: Sequence[Row]) -> str:
    """Return what is wrong with the rows that have this key, as a sentence; empty if all is well."""
    if len(rows) > 1:
        return f"row {key} is stored twice"
    if mark_and_entry is None:
        return f"row {key} is in the database, but no log entry mentions it"
    mark, seq = mark_and_entry
    if not rows:
        return f"row {key} is missing: entry {seq} has it, and no later entry deletes it" if mark else ""
    if mark is None:
        return f"row {key} is in the database, but entry {seq} deleted it"
    return "" if rows[0].mark == mark else f"row {key} was changed after entry {seq}"


def marks_of(text: str) -> Iterable[tuple[str, str]]:
    """Return the marks of an entry by the keys of the rows; none if they can't be read."""
    try:
        return [(key, str(one)) for key, one in json.loads(text).items()]
    except (ValueError, AttributeError, RecursionError):
        return ()


def protected_tables() -> list[str]:
    """Return the names of the tables whose rows are marked."""
    return [one.name for one in Record.metadata.sorted_tables if is_protected(one)]


class MarkedRows(Rows):
    """Protected rows as they are stored, with the marks that they should have."""

    def page(self, name: str, after: Place | None, most: int) -> tuple[list[Row], Place | None]:
        """Return the next rows of a table after a place, and the place of the last; None if there are no more.
        A table that was made again by hand may hold a key twice. Such rows are never split: the next page begins after
        both.
        """
        table, order = Record.metadata.tables[name], row_order(self.session, Record.metadata.tables[name])
        query, size = _every_row(table, is_file(self.session)).order_by(*order).limit(most + 1), len(order)
        if after is not None:
            query = query.where(tuple_(*order) > row_place(order, after))
        found = self.read(query)
        last = tuple(found[most - 1][:size]) if len(found) > most else None
        some = found[:most] if last and last != tuple(found[most][:size]) else found
        return [row_of(table, one[size:]) for one in some], last

    def find(self, key: str) -> list[Row]:
        """Return the rows with this key as they are now; empty for a key that no row can have."""
        name, _, rest = key.partition("/")
        with suppress(ValueError):
            return [one for one in rows_of(self.session, name, [rest]) if _storable_key(one.key) == key]
        return []

    def read(self, query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
        """Return what a query finds, as raw text."""
        with reading_raw_text(self.session):
            return self.session.connection().execute(query).all()


def rows_of(session: Session, name: str, keys: Iterable[str]) -> list[Row]:
    """Return the rows of a table by the first column of their key, or by all of it."""
    table = Record.metadata.tables[name]
    query = _every_row(table, is_file(session)).where(or_(*(_has_key(table, one) for one in keys)))
    return [row_of(table, one[len(row_order(session, table)) :]) for one in MarkedRows(session).read(query)]


def _has_key(table: Table, key: str) -> ColumnElement[bool]:
    """Select rows with this key, as `row_key` in `storage/marks.py` writes it after the table's name, or with its first part."""
    columns = list(table.primary_key)
    return and_(*map(_column_equals, columns, [key] if len(columns) == 1 else map(unquote, key.split("/"))))


def _column_equals(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return column == (int(text) if isinstance(column.type, Integer) else text)


def row_order(session: Session, table: Table) -> list[ColumnElement[Any]]:
    """Return the order in which rows are paged: in a file by values that can't be emptied or doubled by hand."""
    return _place_columns(table, is_file(session))


def row_place(order: Sequence[ColumnElement[Any]], values: Sequence[Any]) -> ColumnElement[Any]:
    """Return the place of a row in that order."""
    return tuple_(*(literal(value, column.type) for value, column in zip(values, order, strict=True)))


def _place_columns(table: Table, file: bool) -> list[ColumnElement[Any]]:  # noqa: FBT001  a file or a server
    """Return the columns by which rows are paged: a file's row number, or a server's primary key."""
    return [literal_column("rowid", Integer)] if file else list(table.primary_key)


@cache
def _every_row(table: Table, file: bool) -> Select[*tuple[Any, ...]]:  # noqa: FBT001  which is a key of the cache
    """Return each row with its place, its columns as a mark has them, and its salt."""
    return select(*_place_columns(table, file), *raw_columns(table, file)).select_from(table)
