"""Effects that were taken, as they are written: what can't be read of one is set aside, so that nobody waits behind it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import ColumnElement, Row, Select, Text, literal, select
from sqlalchemy import cast as as_type
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage.legible import is_called, is_whole, names, no_utf8, one_by_one, told
from storage.mending import mend
from storage.records import Outgoing

SPOILT = "unreadable"
"""The kind of an effect of whose own row something can't be read: nobody knows any more what it was to be."""
_INSTEAD = {"kind": SPOILT, "lane": "", "code": "", "seal": ""}


@dataclass(frozen=True, slots=True)
class Taken:
    """An effect that was taken, as it is written: `payload` is JSON, or whatever stands there.

    `attempts` counts this try too; `code` says how the last one ended.
    """

    id: str
    kind: str
    person_id: int
    payload: str
    attempts: int
    code: str
    seal: str


def named(session: Session, query: Select[str]) -> list[str]:
    """The ids of effects that a query finds; one that can't be read is another one from now on."""
    return [one if is_whole(one) else _set_aside(session, one) for one in names(session, query)]


def placed(session: Session, query: Select[str, int, str]) -> Sequence[Row[str, int, str]]:
    """The ids, people and lanes of effects that a query finds; what can't be read stands in no lane from now on."""
    try:
        return session.execute(query).all()
    except DBAPIError as error:
        if not no_utf8(error):
            raise
    for one in names(session, query.with_only_columns(Outgoing.id)):
        _set_aside(session, one)
    return session.execute(query).all()


def written(session: Session, ids: Collection[str]) -> list[Taken]:
    """Rows as they are written, without their moments; one whose payload is no text comes without it."""
    spoilt = list[str]()
    found = one_by_one(session, partial(_read, session, as_type(Outgoing.payload, Text)), ids, spoilt)
    for one in spoilt:
        _set_aside(session, one)
    if spoilt:
        found |= _read(session, literal(""), spoilt)
    return [found[one] for one in ids]


def _read(session: Session, payload: ColumnElement[str], ids: Collection[str]) -> dict[str, Taken]:
    """With the lane, which nobody could read when what became of it is written down."""
    columns = (
        Outgoing.id,
        Outgoing.kind,
        Outgoing.person_id,
        payload,
        Outgoing.attempts,
        Outgoing.code,
        Outgoing.seal,
        Outgoing.lane,
    )
    rows = session.execute(select(*columns).where(Outgoing.id.in_(ids)))
    return {row[0]: Taken(*row[:-1]) for row in rows}


def _set_aside(session: Session, name: str) -> str:
    """Where anything of it but its payload can't be read; what it is called from then on."""
    plain = name if is_whole(name) else f"{0:012d}.000.{told(name)}"
    mend(session, Outgoing, is_called(Outgoing.id, name), {"id": plain, **_INSTEAD}, {"kind": SPOILT})
    return plain
