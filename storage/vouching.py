"""Whether the log vouches for some rows as they are now: asked before something is done that nobody can undo."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from sqlalchemy import Text, cast, or_
from sqlalchemy.orm import Session

from storage.audit import LINKS, PAGE
from storage.chain import Link, Sealer, is_sealed
from storage.mark_check import MarkedRows, marks_of, rows_of
from storage.marks import AFTER
from storage.raw_rows import Row, undecoded
from storage.tables.log import NUMBERED, AuditEntry

Owner = tuple[str, str]
"""A table, and the first column of a row's key; or of one row alone the whole key, as the log writes it."""


def not_vouched(session: Session, sealer: Sealer, wanted: AbstractSet[Owner]) -> set[Owner]:
    """Those of which a row is not as the bot left it: changed, put in or taken away by hand, at whatever time.

    Walks the log backwards: each entry must bear the bot's seal, and have left each row as the next one found it. It goes
    back until all these rows begin, so whatever belongs to one that is older must be asked for together with that.
    """
    found = _found(session, wanted)
    expected: dict[str, str | None] = dict(found)
    astray, unbegun = set[Owner](), set(found)
    for link in _entries(session, wanted):
        for key, told in marks_of(link.marks):
            if (owner := _owner(key, wanted)) is None:
                continue
            before, _, after = told.rpartition(AFTER)
            if expected.get(key) != (after or None) or not is_sealed(link, sealer):
                astray.add(owner)
            expected[key] = before or None
            if not before:
                unbegun.discard(key)
        if not unbegun:
            break
    return astray | {owner for key in unbegun if (owner := _owner(key, wanted)) is not None}


def not_as_left(session: Session, sealer: Sealer, wanted: AbstractSet[Owner]) -> set[Owner]:
    """Those of which a row is not as the newest entry that names it left it, or that no entry names.

    Enough for rows that the bot writes as a whole each time: whatever was changed before that is gone. Goes back no further.
    """
    unnamed, astray = _found(session, wanted), set[Owner]()
    for link in _entries(session, wanted) if unnamed else ():
        for key, told in marks_of(link.marks):
            if (mark := unnamed.pop(key, None)) is None or (owner := _owner(key, wanted)) is None:
                continue
            if told.rpartition(AFTER)[2] != mark or not is_sealed(link, sealer):
                astray.add(owner)
        if not unnamed:
            break
    return astray | {owner for key in unnamed if (owner := _owner(key, wanted)) is not None}


def _found(session: Session, wanted: AbstractSet[Owner]) -> dict[str, str]:
    """The rows that there are, and the mark that each should have."""
    session.flush()
    return {row.key: row.mark for table, keys in _by_table(wanted).items() for row in _rows(session, table, keys)}


def _by_table(wanted: AbstractSet[Owner]) -> Mapping[str, list[str]]:
    tables = sorted({table for table, _ in wanted})
    return {one: sorted(key for table, key in wanted if table == one) for one in tables}


def _entries(session: Session, wanted: AbstractSet[Owner]) -> Iterator[Link]:
    """Entries that name one of these, the newest first; what can't be read vouches for nothing."""
    tables, last = sorted({table for table, _ in wanted}), None
    named = re.compile("|".join(re.escape(f'"{table}/{key}') for table, key in sorted(wanted)))
    some = or_(*(cast(AuditEntry.marks, Text).contains(f'"{one}/') for one in tables))
    while True:
        query = LINKS.where(NUMBERED, some).order_by(None).order_by(AuditEntry.seq.desc()).limit(PAGE)
        with undecoded(session):
            page = session.connection().execute(query if last is None else query.where(AuditEntry.seq < last)).all()
        yield from (Link(*one) for one in page if named.search(one[8]))
        if len(page) < PAGE:
            return
        last = page[-1][0]


def _rows(session: Session, table: str, keys: list[str]) -> list[Row]:
    alone = [row for key in keys if "/" in key for row in MarkedRows(session).find(f"{table}/{key}")]
    return alone + rows_of(session, table, several) if (several := [key for key in keys if "/" not in key]) else alone


def _owner(key: str, wanted: AbstractSet[Owner]) -> Owner | None:
    table, _, rest = key.partition("/")
    return next((one for one in ((table, rest), (table, rest.partition("/")[0])) if one in wanted), None)
