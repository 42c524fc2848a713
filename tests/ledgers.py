"""The outbox as tests read it: the program itself asks for single rows only."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from handlers import DUE
from storage.chain import Link, Verdict, Walk, compact
from storage.database.store import Store
from storage.deadlines import DueDeadline
from storage.records import Outgoing


def outgoing(store: Store, *, person_id: int | None = None, subject: str | None = None) -> list[Outgoing]:
    """Return what was or will be sent, oldest first: all of it, one person's, or what is about one matter."""
    query = select(Outgoing).order_by(Outgoing.id)
    rows = store.session.scalars(query if person_id is None else query.where(Outgoing.person_id == person_id))
    return [row for row in rows if subject is None or row.payload.get("matter") == subject]


def fallen(store: Store, now: datetime, kinds: Collection[str] = DUE.keys()) -> list[DueDeadline]:
    """Return what is due by now, in the order in which the clock does it."""
    return sorted(one for row in store.deadlines.due(now, 100) for one in row.due(now, kinds))


def verdict_of(store: Store) -> Verdict:
    """Recompute the whole chain as it is now."""
    walk = Walk()
    after: int | None = None
    while page := store.audit.links(after, 1000):
        walk.take(page)
        after = page[-1][0]
    return walk.verdict(store.audit.head())


def check_chain(rows: Iterable[Mapping[str, Any]], head: tuple[int, str]) -> Verdict:
    """Recompute a chain of exported entries from the first and compare its end with `head` (number of entries, hash)."""
    walk = Walk()
    walk.take(Link(**{**row, "detail": compact(row["detail"]), "marks": compact(row["marks"])}) for row in rows)
    return walk.verdict(head)
