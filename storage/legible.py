"""Reads what somebody may have spoilt by hand: a row that can't be read is named, and the others are read all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.exc import DBAPIError, NoResultFound, SQLAlchemyError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import QueryableAttribute

Key = tuple[Any, ...]
ONLY_READS, _NET = "only_reads", "net"
"""What a session carries in which nothing is written: there one place to go back to is enough, however much is read."""
_SPOILT = ("22", "42")  # classes of SQLSTATE: a value that is none, and a table or a column that is not there


class Illegible(Exception):
    """What was asked for is there and can't be read, or its table is not there; the session can be asked other things."""


@contextmanager
def legibly(session: Session) -> Iterator[None]:
    """Raises `Illegible` where what is read inside can't be; a database that does not answer raises as ever."""
    only_reads = session.info.get(ONLY_READS, False)
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


def _spread(session: Session) -> None:
    """Set the place to which everything goes back that can't be read. A server is asked thrice for each question otherwise."""
    session.info[_NET] = session.connection().begin_nested()


def _spoilt(error: Exception) -> bool:
    if not isinstance(error, DBAPIError):
        of_a_row = StatementError | NoResultFound
        return isinstance(error, of_a_row) or not isinstance(error, SQLAlchemyError | OSError)
    if isinstance(error.orig, sqlite3.Error):
        # One without a code is Python's own: text that is no UTF-8.
        return getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR
    return str(getattr(error.orig, "sqlstate", None) or "")[:2] in _SPOILT


def read_rows(
    session: Session, query: Select[*tuple[Any, ...]], key: Sequence[QueryableAttribute[Any]], spoilt: list[Key]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of a query that can be read, in its order; the `key` of each other one is added to `spoilt`.

    An empty key is added where not even those can be read. One query, as long as nothing is spoilt.
    """
    with suppress(Illegible), legibly(session):
        return session.execute(query).all()
    found: list[Row[*tuple[Any, ...]]] = []
    for one in _keys(session, query, key, spoilt):
        try:
            with legibly(session):
                found += session.execute(query.where(*(name == value for name, value in zip(key, one, strict=True))))
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
        spoilt.append(())
        return []
