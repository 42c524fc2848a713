"""The ledger of what was left to be done, as tests read it: the program itself asks for single rows only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from handlers import DUE
from storage.database.store import Store
from storage.deadlines import Due
from storage.records import Outgoing


def outgoing(store: Store, *, person_id: int | None = None, subject: str | None = None) -> list[Outgoing]:
    """What was or will be sent, oldest first: all of it, one person's, or what is about one matter."""
    query = select(Outgoing).order_by(Outgoing.id)
    rows = store.session.scalars(query if person_id is None else query.where(Outgoing.person_id == person_id))
    return [row for row in rows if subject is None or row.payload.get("matter") == subject]


def fallen(store: Store, now: datetime, kinds: Collection[str] = DUE.keys()) -> list[Due]:
    """What is due by now, in the order in which the clock does it."""
    return sorted(one for row in store.deadlines.due(now, 100) for one in row.due(now, kinds))
