"""The ledger of what was left to be done, as tests read it: the program itself asks for single rows only."""

from __future__ import annotations

from sqlalchemy import select

from storage.database.store import Store
from storage.records import Outgoing


def outgoing(store: Store, *, person_id: int | None = None, subject: str | None = None) -> list[Outgoing]:
    """What was or will be sent, oldest first: all of it, one person's, or what is about one matter."""
    query = select(Outgoing).order_by(Outgoing.id)
    rows = store.session.scalars(query if person_id is None else query.where(Outgoing.person_id == person_id))
    return [row for row in rows if subject is None or row.payload.get("matter") == subject]
