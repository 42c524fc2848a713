"""What people did while nobody could check who they are: it waits here, in order, until somebody can."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Index, delete, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from storage.columns import LongWords
from storage.records import Record


class Incoming(Record):
    """What somebody did on a chat platform that could not say who it was, kept until it can; `press` is JSON."""

    __tablename__ = "inbox"
    __table_args__ = (Index("inbox_of_account", "platform", "account_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    platform: Mapped[str]
    account_id: Mapped[str]
    press: Mapped[str] = mapped_column(LongWords)
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(default="")
    leased_until: Mapped[datetime | None] = mapped_column(default=None)


class Inbox:
    """Queries and changes about what was kept, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def keep(self, row: Incoming) -> None:
        """Put it behind whatever waits for the same account."""
        self.session.add(row)

    def waiting(self, platform: str, account_id: str) -> int:
        """How much is kept for one account."""
        same = (Incoming.platform == platform, Incoming.account_id == account_id)
        return self.session.scalar(select(func.count()).select_from(Incoming).where(*same)) or 0

    def has_any(self) -> bool:
        """Whether anything is kept at all."""
        return self.session.scalar(select(exists().where(Incoming.id > 0))) or False

    def clear(self) -> int:
        """Throw away everything that is kept; how much that was."""
        return len(self.session.execute(delete(Incoming).returning(Incoming.id)).all())

    def claim(self, now: datetime, lease: timedelta, longest: timedelta, most: int) -> list[Incoming]:
        """Take what is due, of each account the oldest only.

        A claim holds until `lease` has passed. What is to wait for more than `longest` was written by a clock that
        stood ahead, and is due as well.
        """
        older = aliased(Incoming)
        same = (older.platform == Incoming.platform, older.account_id == Incoming.account_id, older.id < Incoming.id)
        free = or_(Incoming.leased_until.is_(None), Incoming.leased_until <= now, Incoming.leased_until > now + longest)
        due = or_(Incoming.due_at <= now, Incoming.due_at > now + longest)
        query = select(Incoming).where(due, free, ~exists().where(*same)).order_by(Incoming.due_at, Incoming.id)
        rows = list(self.session.scalars(query.limit(most).with_for_update(skip_locked=True)))
        for row in rows:
            row.leased_until, row.attempts = now + lease, row.attempts + 1
        return rows

    def put_off(self, kept: int, code: str, until: datetime) -> None:
        """Try it again later."""
        row = self.session.get(Incoming, kept)
        if row is not None:
            row.due_at, row.code, row.leased_until = until, code, None

    def settle(self, kept: int) -> None:
        """It is done, or told: nothing waits any more."""
        row = self.session.get(Incoming, kept)
        if row is not None:
            self.session.delete(row)
