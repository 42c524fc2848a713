"""Checks whether the log vouches for rows as they are now, before something irreversible is done."""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Select, Table, Text, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from storage import audit, sessions
from storage.chain import Link, Sealer, is_sealed
from storage.mark_check import marks_of, rows_of
from storage.marks import AFTER, reading_raw_text, row_key
from storage.records import Record
from storage.tables.log import AuditEntry

Owner = tuple[str, str]
"""A table, and the first column of a row's key; or of one row alone the whole key, as the log writes it."""


def row_alone(table: type[Record], **key: str) -> Owner:
    """Return the `Owner` that stands for one row alone, by its whole key."""
    name, _, rest = row_key(cast("Table", table.__table__), key).partition("/")
    return name, rest


def not_vouched(session: Session, sealer: Sealer, wanted: AbstractSet[Owner]) -> set[Owner]:
    """Return those whose rows aren't as the bot left them: changed, added or removed by hand, at any time.

    Walks the log backwards: each entry must have the bot's seal, and have left each row as the next one found it. It
    goes back until all these rows begin, so everything that belongs to an older one must be asked for together with it.
    """
    found = _rows_found(session, wanted)
    expected: dict[str, str | None] = dict(found)
    astray, unbegun = set[Owner](), set(found)
    for link in _entries_naming(session, wanted):
        for key, marks in marks_of(link.marks):
            if (owner := _owner_of(key, wanted)) is None:
                continue
            before, _, after = marks.rpartition(AFTER)
            if expected.get(key) != (after or None) or not is_sealed(link, sealer):
                astray.add(owner)
            expected[key] = before or None
            if not before:
                unbegun.discard(key)
        if not unbegun:
            break
    return astray | {owner for key in unbegun if (owner := _owner_of(key, wanted)) is not None}


def changed_since_written(session: Session, sealer: Sealer, wanted: AbstractSet[Owner]) -> set[Owner]:
    """Return those rows that differ from what the newest entry naming them left, or that no entry names.
    It is cheap enough to ask all the time: for rows that were right before, only newer entries are read. It knows
    nothing of changes before that entry, so it is for rows that are written whole, or that `not_vouched` has checked.
    """
    found, right_before = _rows_found(session, wanted), _KNOWN.setdefault(session.get_bind(), {})
    right_until = {
        key: seq for key, mark in found.items() for then, seq in [right_before.get(key, ("", 0))] if then == mark
    }
    newest = session.scalar(select(func.max(AuditEntry.seq))) or 0
    unnamed, astray = dict(found), set[str]()
    for link in _entries_naming(session, wanted, min((right_until.get(key, 0) for key in found), default=newest)):
        for key, marks in marks_of(link.marks):
            if (mark := unnamed.pop(key, None)) and (marks.rpartition(AFTER)[2] != mark or not is_sealed(link, sealer)):
                astray.add(key)
        if not unnamed:
            break
    astray |= unnamed.keys() - right_until.keys()
    if session.info.get(sessions.ONLY_READS):  # what isn't committed yet may never be
        if len(right_before) > MOST_KNOWN:
            right_before.clear()
        right_before.update({key: (mark, newest) for key, mark in found.items() if key not in astray})
    return {owner for key in astray if (owner := _owner_of(key, wanted)) is not None}


_KNOWN: WeakKeyDictionary[Any, dict[str, tuple[str, int]]] = WeakKeyDictionary()
"""By engine: the mark of each row that was right when it was last checked, and the newest entry then."""
MOST_KNOWN = 10_000


def _rows_found(session: Session, wanted: AbstractSet[Owner]) -> dict[str, str]:
    """Return the marks of the rows that exist, by key."""
    session.flush()
    return {row.key: row.mark for table, keys in _by_table(wanted).items() for row in rows_of(session, table, keys)}


def _by_table(wanted: AbstractSet[Owner]) -> Mapping[str, list[str]]:
    """Return the keys of the wanted rows by table, both sorted."""
    tables = sorted({table for table, _ in wanted})
    return {one: sorted(key for table, key in wanted if table == one) for one in tables}


def _entries_naming(session: Session, wanted: AbstractSet[Owner], since: int = 0) -> Iterator[Link]:
    """Yield entries after `since` that name one of these rows, newest first; unreadable ones vouch for nothing."""
    named = re.compile("|".join(re.escape(f'"{table}/{key}') for table, key in sorted(wanted)))
    query, last = _MARKS.where(AuditEntry.seq > since).limit(audit.PAGE), None
    while page := _all_rows(session, query if last is None else query.where(AuditEntry.seq < last)):
        those = [seq for seq, marks in page if named.search(marks)]
        yield from (
            Link(*one) for one in (_all_rows(session, _LINKS.where(AuditEntry.seq.in_(those))) if those else ())
        )
        last = page[-1][0]


def _all_rows(session: Session, query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """Return what a query of the log finds, even if a file holds invalid text."""
    with reading_raw_text(session):
        return session.connection().execute(query).all()


_MARKS = select(AuditEntry.seq, as_type(AuditEntry.marks, Text)).order_by(AuditEntry.seq.desc())
_LINKS = audit.LINKS.order_by(None).order_by(AuditEntry.seq.desc())


def _owner_of(key: str, wanted: AbstractSet[Owner]) -> Owner | None:
    """Return which of the wanted owners a row's key belongs to; None if to none."""
    table, _, rest = key.partition("/")
    return next((one for one in ((table, rest), (table, rest.partition("/")[0])) if one in wanted), None)
