"""Checkpoints of the audit log: where it ended on a day, and whether that stands outside the database already."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables.log import Checkpoint

AT_ONCE = 100


class Checkpoints:
    """Queries and changes about checkpoints, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def of(self, day: date) -> Checkpoint | None:
        """The checkpoint of a day, if it was taken."""
        return self.session.get(Checkpoint, day.isoformat())

    def add(self, day: date, entries: int, last: str, now: datetime) -> Checkpoint:
        """Store where the log ended: the number of entries, and the hash of the last."""
        taken = Checkpoint(day=day.isoformat(), entries=entries, hash=last, at=now)
        self.session.add(taken)
        return taken

    def newest_written(self) -> Checkpoint | None:
        """The furthest of those that stand outside the database."""
        written = select(Checkpoint).where(Checkpoint.written_at.is_not(None))
        return self.session.scalars(written.order_by(Checkpoint.entries.desc()).limit(1)).first()

    def unwritten(self) -> list[Checkpoint]:
        """Those that do not stand outside the database yet, the oldest first."""
        open_ones = select(Checkpoint).where(Checkpoint.written_at.is_(None))
        return list(self.session.scalars(open_ones.order_by(Checkpoint.entries, Checkpoint.day).limit(AT_ONCE)))
