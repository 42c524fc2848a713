"""Reads what somebody may have spoilt by hand: a row that can't be read is named, and the others are read all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, LargeBinary, Row, Select, SQLColumnExpression, String, Text, cast, literal
from sqlalchemy.exc import DBAPIError, InvalidRequestError, NoResultFound, SQLAlchemyError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import QueryableAttribute

from storage.columns import Words
from storage.sessions import undoing

K = TypeVar("K")
V = TypeVar("V")
Key = tuple[Any, ...]
ONLY_READS, _NET = "only_reads", "net"
"""What a session carries in which nothing is written: there one place to go back to is enough, however much is read."""
_HALVES = "surrogateescape"
"""How Python keeps bytes that are no letters, as in names of files: each as half of a character."""
_SPOILT = ("22", "42")  # classes of SQLSTATE: a value that is none, and a table or a column that is not there


class Illegible(Exception):
    """What was asked for is there and can't be read, or its table is not there; the session can be asked other things."""


@contextmanager
def legibly(session: Session) -> Iterator[None]:
    """Raises `Illegible` where what is read inside can't be; a database that does not answer raises as ever."""
    only_reads = session.info.get(ONLY_READS, False)
    if not only_reads:
        session.flush()  # what is written down only inside would be lost with what can't be read
    with nullcontext() if only_reads else session.connection().begin_nested():
        if only_reads and _NET not in session.info:
            _spread(session)
        try:
            yield
        except Exception as error:
            if not _spoilt(error):
                raise
            if only_reads:
                session.info[_NET].rollback()
                _spread(session)
            raise Illegible from error


@contextmanager
def alone(session: Session) -> Iterator[None]:
    """The same for what is changed by what is read: of that nothing stays where `Illegible` is raised."""
    try:
        with undoing(session), session.begin_nested():
            yield
    except Exception as error:
        if not _spoilt(error):
            raise
        raise Illegible from error


def _spread(session: Session) -> None:
    """Set the place to which everything goes back that can't be read. A server is asked thrice for each question otherwise."""
    session.info[_NET] = session.connection().begin_nested()


def _spoilt(error: Exception) -> bool:
    if not isinstance(error, DBAPIError):
        another_kind = type(error) is InvalidRequestError  # a matter's, than the one that was asked for
        of_a_row = another_kind or isinstance(error, StatementError | NoResultFound)
        return of_a_row or not isinstance(error, SQLAlchemyError | OSError)
    if isinstance(error.orig, sqlite3.Error):
        return no_utf8(error) or getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_ERROR
    return str(getattr(error.orig, "sqlstate", None) or "")[:2] in _SPOILT


def no_utf8(error: BaseException) -> bool:
    """Whether somebody put text into a SQLite file that is no UTF-8: Python reads none, and says so in an error without a code."""
    told = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(told, sqlite3.OperationalError) and not hasattr(told, "sqlite_errorcode")


def read_rows(
    session: Session, query: Select[*tuple[Any, ...]], key: Sequence[QueryableAttribute[Any]], spoilt: list[Key]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of a query that can be read, in its order; the `key` of each other one is added to `spoilt`.

    A key that is no UTF-8 is one that `told` may be told of; an empty one is added where not even those can be read. One query, as long as nothing is spoilt.
    """
    with suppress(Illegible), legibly(session):
        return session.execute(query).all()
    found: list[Row[*tuple[Any, ...]]] = []
    alone = query.limit(None).offset(None)
    for one in _keys(session, query, key, spoilt):
        try:
            with legibly(session):
                found += session.execute(alone.where(*(name == value for name, value in zip(key, one, strict=True))))
        except Illegible:
            spoilt.append(one)
    return found


def _keys(
    session: Session, query: Select[*tuple[Any, ...]], key: Sequence[QueryableAttribute[Any]], spoilt: list[Key]
) -> list[Key]:
    try:
        with legibly(session):
            return [tuple(one) for one in session.execute(query.with_only_columns(*key))]
    except Illegible:
        pass
    try:
        with legibly(session):
            keys = [tuple(map(_letters, one)) for one in session.execute(query.with_only_columns(*map(_bytes_of, key)))]
    except Illegible:
        keys = [()]
    spoilt += [one for one in keys if not (one and all(map(is_whole, one)))]
    return [one for one in keys if one and all(map(is_whole, one))]


def one_by_one(
    session: Session, read: Callable[[Collection[K]], dict[K, V]], wanted: Collection[K], spoilt: list[K]
) -> dict[K, V]:
    """What `read` finds for these, all at once; where that can't be read, for each alone, and those for which it can't be are added to `spoilt`.

    For what is asked with every turn of a worker: there is no net until it is needed.
    """
    try:
        return read(wanted)
    except Exception as error:
        if not _spoilt(error):
            raise
    found: dict[K, V] = {}
    for one in wanted:
        try:
            with legibly(session):
                found |= read([one])
        except Illegible:
            spoilt.append(one)
    return found


def readable(
    session: Session,
    query: Select[V],
    name: QueryableAttribute[str],
    read: Callable[[Collection[str]], dict[str, V]],
) -> list[V]:
    """The rows of a query, in its order, without those that can't be read; `read` finds some of them by their names."""
    try:
        return list(session.scalars(query))
    except Exception as error:
        if not _spoilt(error):
            raise
    ids = names(session, query.with_only_columns(name))
    found = one_by_one(session, read, ids, [])
    return [found[one] for one in ids if one in found]


def names(session: Session, query: Select[str]) -> list[str]:
    """The ids that a query finds. One that is no UTF-8 is not `is_whole`, and is asked for by `is_called` only."""
    try:
        return list(session.scalars(query))
    except DBAPIError as error:
        if not no_utf8(error):
            raise
    [column] = query.selected_columns
    return [str(_letters(one)) for one in session.scalars(query.with_only_columns(_bytes_of(column)))]


def is_whole(name: object) -> bool:
    """Whether an id is what every database takes."""
    return not isinstance(name, str) or told(name) == name


def told(name: object) -> str:
    """An id, as it may be put into a log."""
    return f"{name}".encode(errors=_HALVES).decode(errors="backslashreplace")


def is_called(column: QueryableAttribute[str], name: str) -> ColumnElement[bool]:
    """Whether a row has this id, whatever it is made of."""
    return column == (name if is_whole(name) else cast(literal(name.encode(errors=_HALVES), LargeBinary), Text))


def _bytes_of(column: ColumnElement[Any] | QueryableAttribute[Any]) -> SQLColumnExpression[Any]:
    """Text as it is written; a key of another kind is told as it is."""
    return cast(column, LargeBinary) if isinstance(column.type, String | Words) else column


def _letters(raw: object) -> object:
    return raw.decode(errors=_HALVES) if isinstance(raw, bytes) else raw
