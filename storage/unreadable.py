"""Finds rows that can't be read, in any table, names them, and leaves them out of everything else that is read.

A SQLite file accepts anything put there by hand: a word in place of a moment, broken JSON, a row that refers to no
other. One such row fails every query that reads it with others. So work that fails is done once more while each table
that it reads is checked; from then on the unreadable rows are left out, until they can be read again. Rows that a query
only compares in the database, such as what keeps a call, still count.
"""

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, reduce
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Float, Integer, Select, Table, Text, event, func, literal_column, select, tuple_
from sqlalchemy import cast as as_type
from sqlalchemy.exc import DBAPIError, InvalidRequestError, StatementError
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause, Join
from sqlalchemy.types import TypeEngine

from storage import mark_check, sessions
from storage.columns import Moment, Words, is_sound
from storage.marks import is_file
from storage.records import Matter, Record, Recording
from storage.tables.calls import Keep, Operator
from storage.tables.log import AuditEntry

KEPT_IN = frozenset({Keep.__tablename__})
"""Work that changes something fails if a row of these is unreadable, since that row keeps a call."""
BY_THE_CHAIN = frozenset({AuditEntry.__tablename__})
"""Checked only after work failed: it is long, and verifying the log names what is wrong in it."""
AT_ONCE = 500  # rows
REST = 50.0  # a table is looked through again after so many times as long as it took
T = TypeVar("T")
Key: TypeAlias = str
"""The primary key of a row as each database can say it: in hexadecimal in a file, as text on a server."""


def is_invalid_value(error: BaseException) -> bool:
    """Return True if a SQLite file holds invalid text, which Python reports without an error code, or invalid JSON."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    is_text = hasattr(cause, "sqlite_errorcode") and str(cause) != "malformed JSON"
    return isinstance(cause, sqlite3.OperationalError) and not is_text


def may_be_unreadable_row(error: BaseException) -> bool:
    """Return True if an unreadable row may be why work failed; an absent database or a refusal has other causes."""
    cause = error.orig if isinstance(error, StatementError) else error
    return isinstance(cause, (*sessions.OF_A_VALUE, InvalidRequestError)) or is_invalid_value(error)


class Unreadable:
    """What can't be read in a database, as of the last look. `seconds` is a clock that never goes back.
    If a row of a matter, or of a call it names, is unreadable, the whole matter is left out. `found` counts the rows
    that were ever found.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.found = seconds, 0
        self._known: dict[str, dict[Key, str]] = {}
        self._matters: dict[str, frozenset[Key]] = {}
        self.parts: frozenset[str] = frozenset()
        self._again: dict[str, float] = {}

    def rows(self) -> list[str]:
        """Return each unreadable row by table and key, and each part of a page that couldn't be drawn since the last
        look.
        """
        rows = [f"{table}/{in_log}" for table, keys in sorted(self._known.items()) for in_log in sorted(keys.values())]
        return [*rows, *sorted(self.parts)]

    def watch(self, session: Session, *, closely: bool) -> None:
        """Leave unreadable rows out of a session's queries; `closely` checks each table before it is read."""
        session.info[sessions.LEFT_OUT] = self.leave_out if closely else None
        if closely or self._known:
            event.listen(session, "do_orm_execute", lambda state: self._leave_out(state, closely=closely))

    def leave_out(self, part: str) -> None:
        """Note that a part of a page couldn't be drawn."""
        self.parts |= {part}

    def is_due(self, table: Table) -> bool:
        """Return True if enough time has passed for another look to cost little."""
        return self._again.get(table.name, float("-inf")) <= self.seconds()

    def look_through(self, session: Session, table: Table, *, whole: bool = False) -> None:
        """Find the unreadable rows of a table, unless that was done a moment ago.
        With `whole`, also find rows that refer to nothing, and drop those that can be read again.
        """
        if not self.is_due(table):
            return
        began, name = self.seconds(), table.name
        before, keys = self._known.get(name, {}), set(unreadable_keys(session, table, whole=whole))
        self.found += len(keys - before.keys())
        keys |= set() if whole else before.keys()
        self._known = _with_table(self._known, name, {key: _key_to_log(session, table, key) for key in keys})
        self._matters = _with_table(
            self._matters, name, frozenset(_matters_of(session, table, keys)) if keys else frozenset()
        )
        self._again[name] = self.seconds() + (self.seconds() - began) * REST

    def _leave_out(self, state: ORMExecuteState, *, closely: bool) -> None:
        """Change a query so that it leaves out unreadable rows, and all that belongs to an unreadable matter."""
        statement, session = state.statement, state.session
        if not isinstance(statement, Select) or state.is_column_load:
            return
        changes = not session.info.get(sessions.ONLY_READS, False)
        for source, table in _tables_read(statement.get_final_froms()):
            if closely:
                self.look_through(session, table)
            if changes and table.name in KEPT_IN:
                continue
            if keys := self._known.get(table.name):
                statement = statement.where(func.coalesce(_key_text(session, table, source), "").not_in(keys))
            matters = frozenset[Key]().union(*self._matters.values())
            if matters and (owner := _owner_columns().get(table.name)):
                statement = statement.where(func.coalesce(_column_text(session, source.c[owner]), "").not_in(matters))
        state.statement = statement


def _with_table(by_table: dict[str, T], table: str, found: T) -> dict[str, T]:
    """Return the mapping with what was found for a table, or without the table if nothing was."""
    others = {name: one for name, one in by_table.items() if name != table}
    return {**others, table: found} if found else others


@cache
def _owner_columns() -> dict[str, str]:
    """Return, for each table whose rows belong to a matter, the first column that says to which."""
    matter = Matter.__table__.c.id
    return {
        table.name: column.name
        for table in Record.metadata.tables.values()
        for column in reversed(list(table.columns))
        if column is matter or any(one.column is matter for one in column.foreign_keys)
    }


def _matters_of(session: Session, table: Table, keys: Collection[Key]) -> Iterator[Key]:
    """Yield the matters to which these rows belong; for calls, also the matters that name them."""
    ask, owners = session.connection().scalars, _owner_columns()
    if owner := owners.get(table.name):
        yield from ask(select(_column_text(session, table.c[owner])).where(_key_text(session, table, table).in_(keys)))
    if table.name == Recording.__tablename__:
        for part in (Record.metadata.tables[name] for name in owners):
            for column in (one for one in part.columns if any(to.column.table is table for to in one.foreign_keys)):
                yield from ask(
                    select(_column_text(session, part.c[owners[part.name]])).where(
                        _column_text(session, column).in_(keys)
                    )
                )


def watched_tables() -> list[Table]:
    """Return the tables that are looked through regularly."""
    return [one for one in Record.metadata.sorted_tables if one.name not in BY_THE_CHAIN]


def unreadable_keys(session: Session, table: Table, *, whole: bool = True) -> Iterator[Key]:
    """Yield the keys of rows that can't be read; with `whole`, also of those that refer to nothing."""
    place: Sequence[Any] = ()
    while found := _next_places(session, table, place):
        yield from (
            key
            for key, row in zip(found, _rows_at(session, table, found.values()), strict=True)
            if not _row_fits(table, row)
        )
        place = list(found.values())[-1]
    for those in (*_of_no_kind(table), *(_referring_to_nothing(session, table) if whole and is_file(session) else ())):
        yield from session.connection().scalars(select(_key_text(session, table, table)).where(those))


def _next_places(session: Session, table: Table, after: Sequence[Any]) -> dict[Key, Sequence[Any]]:
    """Return the next keys after a place, each with its own place."""
    order = mark_check.row_order(session, table)
    query = select(_key_text(session, table, table), *order).order_by(*order).limit(AT_ONCE)
    if after:
        query = query.where(tuple_(*order) > mark_check.row_place(order, after))
    return {key: place for key, *place in session.connection().execute(query)}


def _rows_at(session: Session, table: Table, places: Iterable[Sequence[Any]]) -> list[Sequence[Any] | None]:
    """Return the rows at these places, all at once if they can be read; None for each that can't."""
    order, wanted = mark_check.row_order(session, table), list(places)
    ask, query = session.connection().execute, select(*table.columns).order_by(*order)

    def between(first: Sequence[Any], last: Sequence[Any]) -> list[Sequence[Any] | None]:
        """Read from one place to another; if that fails, read each row alone."""
        low, high = (mark_check.row_place(order, one) for one in (first, last))
        try:
            return list(ask(query.where(tuple_(*order) >= low, tuple_(*order) <= high)))
        except Exception as error:
            if not may_be_unreadable_row(error):
                raise
            return [None] if first is last else [row for one in wanted for row in between(one, one)]

    return between(wanted[0], wanted[-1])


def _row_fits(table: Table, row: Sequence[Any] | None) -> bool:
    """Return True if each value is of its column's type: a SQLite file accepts any value in any column."""
    if row is None or not all(map(isinstance, row, _column_types(table))):
        return False
    if table is not Matter.__table__:
        return True
    values = dict(zip(table.columns.keys(), row, strict=True))
    return values["kind"] not in _kinds_of_matters() or is_sound(_kinds_of_matters()[values["kind"]], values["body"])


@cache
def _kinds_of_matters() -> dict[str, type]:
    """Return the class of each kind of matter, by what its rows have as `kind`."""
    return {name: one.class_ for name, one in Matter.__mapper__.polymorphic_map.items()}


@cache
def _column_types(table: Table) -> tuple[tuple[type, ...], ...]:
    """Return the types that a value may have, for each column of a table."""
    return tuple((*types_of_column(one.type), *((type(None),) if one.nullable else ())) for one in table.columns)


def types_of_column(column: TypeEngine[Any]) -> tuple[type, ...]:
    """Return the types that a value read from a column of this kind may have."""
    if isinstance(column, Words):
        return (str,)
    if isinstance(column, Moment):
        return (datetime,)
    return (float, int) if isinstance(column, Float) else (column.python_type,)


def _of_no_kind(table: Table) -> Iterator[ColumnElement[bool]]:
    """Select matters of an unknown kind."""
    if table is Matter.__table__:
        yield table.c.kind.not_in(_kinds_of_matters())


def _referring_to_nothing(session: Session, table: Table) -> Iterator[ColumnElement[bool]]:
    """Select rows that refer to a missing row. A server prevents those; a SQLite file only on request."""
    found = session.connection().exec_driver_sql(f'PRAGMA foreign_key_check("{table.name}")')
    if rows := {one[1] for one in found}:
        yield literal_column("rowid", Integer).in_(rows)


def _tables_read(froms: Iterable[FromClause]) -> Iterator[tuple[FromClause, Table]]:
    """Yield our tables that a query reads, each with its alias in the query."""
    for one in froms:
        if isinstance(one, Join):
            yield from _tables_read((one.left, one.right))
        elif (table := Record.metadata.tables.get(getattr(getattr(one, "element", one), "name", ""))) is not None:
            yield one, table


def _key_text(session: Session, table: Table, source: FromClause) -> ColumnElement[str]:
    """Return the SQL for the `Key` of a row of this table, which the query reads as `source`."""
    columns = (source.c[one.name] for one in table.primary_key)
    return reduce(lambda one, other: one + "/" + other, (_column_text(session, one) for one in columns))


def _column_text(session: Session, column: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the SQL for a value that any text survives: in hexadecimal in a file, as text on a server."""
    return func.hex(column, type_=Text) if is_file(session) else as_type(column, Text)


def _key_to_log(session: Session, table: Table, key: Key) -> str:
    """Return a row's key as a log may hold it: its row number in the file if the key is a name or address."""
    if not is_file(session):
        return key
    if table.name == Operator.__tablename__:
        number = (
            select(literal_column("rowid", Integer)).select_from(table).where(_key_text(session, table, table) == key)
        )
        return f"rowid {session.connection().scalar(number)}"
    return "/".join(bytes.fromhex(one).decode(errors="backslashreplace") for one in key.split("/"))
