"""Mends what somebody may have spoilt by hand, so that whoever works through a queue can go on: what can't be read is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import QueryableAttribute

from storage.legible import Illegible, is_called, is_whole, legibly, names, one_by_one, told
from storage.records import Record

R = TypeVar("R", bound=Record)


def mended(
    session: Session, kind: type[R], key: QueryableAttribute[str], ids: Select[str], instead: Mapping[str, Any],
    also: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[list[R], list[str]]:  # fmt: skip
    """The rows with the ids that a query finds, in its order; and the ids (as `names` tells them) of those that can't be read.

    What can't be read of a row is overwritten first, by column; with that `also` is. An id that can't be read becomes another one.
    """
    spoilt = list[str]()

    def read(some: Collection[str]) -> dict[str, R]:
        return {getattr(row, key.key): row for row in session.scalars(select(kind).where(key.in_(some)))}

    wanted = names(session, ids)
    found = one_by_one(session, read, [one for one in wanted if is_whole(one)], spoilt)
    again = [one for one in wanted if one not in found]
    for one in again:
        mend(session, kind, is_called(key, one), {key.key: told(one), **instead}, also)
    found |= one_by_one(session, read, [told(one) for one in again], spoilt)
    return [found[told(one)] for one in wanted if told(one) in found], [one for one in wanted if told(one) not in found]


def mend(
    session: Session, kind: type[R], which: ColumnElement[bool], instead: Mapping[str, Any], also: Mapping[str, Any]
) -> None:
    """Overwrite each column that can't be read, and where there is one, what `also` says."""
    spoilt = {name: value for name, value in instead.items() if not _is_legible(session, getattr(kind, name), which)}
    if spoilt:
        values = update(kind).where(which).values({**also, **spoilt})
        session.execute(values.execution_options(synchronize_session=False))


def _is_legible(session: Session, column: QueryableAttribute[Any], which: ColumnElement[bool]) -> bool:
    try:
        with legibly(session):
            session.execute(select(column).where(which)).all()
    except Illegible:
        return False
    return True
