"""What every part of the store asks and changes alike."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, TypeVarTuple, cast

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.records import Record
from storage.sessions import ONLY_READS

Name = TypeVar("Name", int, str)
R = TypeVar("R", bound=Record)
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

AT_ONCE = 500
"""How many ids or names go into one query."""


def id_pages(names: Iterable[Name]) -> Iterator[list[Name]]:
    """Yield names in lists short enough for one query."""
    left = iter(names)
    while some := list(islice(left, AT_ONCE)):
        yield some


class Rows:
    """Rows of any table, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def once(self, what: Hashable, read: Callable[[], T]) -> T:
        """Return what `read` returns; while nothing is written, everyone in the same transaction shares it."""
        if not self.session.info.get(ONLY_READS):
            return read()
        so_far = cast("dict[Hashable, T]", self.session.info.setdefault("once", {}))
        if what not in so_far:
            so_far[what] = read()
        return so_far[what]

    def row(self, kind: type[R], *key: str | int) -> R | None:
        """Return the row with this key, in any state, or None; the caller decides who may know of it."""
        return self.session.get(kind, key)

    def rows(
        self, kind: type[R], *those: ColumnElement[bool], by: Sequence[Any] = (), most: int | None = None, skip: int = 0
    ) -> list[R]:
        """Return the rows for which all of `those` are true, ordered by `by`: at most `most` of them, after the first
        `skip`.
        """
        return list(self.session.scalars(select(kind).where(*those).order_by(*by).limit(most).offset(skip or None)))

    def first_row(self, kind: type[R], *those: ColumnElement[bool], by: Sequence[Any] = ()) -> R | None:
        """Return the first row for which all of `those` are true, ordered by `by`; None if there is none."""
        return next(iter(self.rows(kind, *those, by=by, most=1)), None)

    def has(self, *those: ColumnElement[bool]) -> bool:
        """Return True if there is a row for which all of `those` are true."""
        return self.session.scalar(select(exists().where(*those))) or False

    def number(self, *those: ColumnElement[bool]) -> int:
        """Return how many rows there are for which all of `those` are true."""
        return self.session.scalar(select(func.count()).where(*those)) or 0

    def counts(self, column: InstrumentedAttribute[str], *those: ColumnElement[bool]) -> dict[str, int]:
        """Return how many rows there are for which all of `those` are true, by the value of a column."""
        return dict(self.tuples(select(column, func.count()).where(*those).group_by(column).order_by(column)))

    def insert(self, *rows: Record) -> None:
        """Store new rows; numbers that the database assigns are known after the next flush."""
        self.session.add_all(rows)

    def values(self, query: Select[T], column: InstrumentedAttribute[Any], names: Iterable[Name]) -> Iterator[T]:
        """Yield what a query finds for these values of a column, asking for as many at once as fit into one query."""
        for some in id_pages(names):
            yield from self.session.scalars(query.where(column.in_(some)))

    def tuples(
        self, query: Select[*Ts], column: InstrumentedAttribute[Any] | None = None, names: Iterable[Name] = ()
    ) -> Iterator[tuple[*Ts]]:
        """Yield the rows that a query finds for these values of a column; without a `column`, all of them."""
        queries = [query] if column is None else (query.where(column.in_(some)) for some in id_pages(names))
        for one in queries:
            yield from cast("Iterable[tuple[*Ts]]", self.session.execute(one))
