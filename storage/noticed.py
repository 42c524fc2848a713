"""What the database itself shows that somebody ought to look at: read only (P13)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.records import Recording
from storage.tables.log import NUMBERED, AuditEntry, AuditHead

NEWEST = 2000  # entries of the log


class Vanished(NamedTuple):
    """A call that is gone: its id, and what lay there last."""

    id: int
    stamp: str


class Entered(NamedTuple):
    """An entry of the log: when (ISO), what was done to, and its detail."""

    at: str
    subject: str
    detail: dict[str, Any]


class Noticed:
    """Queries within one transaction. Each finds all there is: with a limit what was told of already would hide the rest."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def vanished(self, now: datetime) -> list[Vanished]:
        """Calls that are gone before their moment, by id."""
        early = (Recording.state == "gone", Recording.erase_at > now)
        rows = select(Recording.id, Recording.stamp).where(*early).order_by(Recording.id)
        return [Vanished(*row) for row in self.session.execute(rows)]

    def done(self, action: str) -> list[Entered]:
        """Among the newest entries of the log those by which this was done, the oldest first."""
        head = self.session.scalar(select(AuditHead.seq).where(AuditHead.id == 1)) or 0
        done = (NUMBERED, AuditEntry.seq > head - NEWEST, AuditEntry.outcome == "done", AuditEntry.action == action)
        columns = (AuditEntry.at, AuditEntry.subject, AuditEntry.detail)
        return [Entered(*row) for row in self.session.execute(select(*columns).where(*done).order_by(AuditEntry.seq))]
