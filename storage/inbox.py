"""Presses made while a platform couldn't say who pressed: they wait here, in order, until it can."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Index, exists, or_, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storage.columns import LongWords
from storage.marks import Marked
from storage.records import Record
from storage.rows import Rows
from storage.sessions import delete_rows


class Incoming(Marked, Record):
    """Something a person did on a platform that couldn't say who it was, kept until it can; `press` is a mark and JSON."""

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


class CollectedPress(NamedTuple):
    """A row that was taken: what was done, since when it is kept, and how often it was tried."""

    id: int
    press: str
    at: datetime
    attempts: int


class Inbox(Rows):
    """Queries and changes about what was kept."""

    def waiting(self, platform: str, account_id: str) -> int:
        """Return how many presses are kept for one account."""
        return self.number(Incoming.platform == platform, Incoming.account_id == account_id)

    def clear(self) -> int:
        """Delete everything that is kept, and return how much it was."""
        return delete_rows(self.session, Incoming)

    def claim(self, now: datetime, lease: timedelta, longest: timedelta, most: int) -> list[CollectedPress]:
        """Take what is due, only the oldest of each account. A claim holds until `lease` has passed.

        An entry that would wait longer than `longest` was written by a clock that was ahead, and is due as well.
        """
        older = aliased(Incoming)
        same = (older.platform == Incoming.platform, older.account_id == Incoming.account_id, older.id < Incoming.id)
        free = or_(Incoming.leased_until.is_(None), Incoming.leased_until <= now, Incoming.leased_until > now + longest)
        due = or_(Incoming.due_at <= now, Incoming.due_at > now + longest)
        query = select(Incoming.id).where(due, free, ~exists().where(*same)).order_by(Incoming.due_at, Incoming.id)
        ids = list(self.session.scalars(query.limit(most).with_for_update(skip_locked=True)))
        if not ids:
            return []
        taken = update(Incoming).where(Incoming.id.in_(ids))
        self.session.execute(taken.values(leased_until=now + lease, attempts=Incoming.attempts + 1))
        columns = (getattr(Incoming, name) for name in CollectedPress._fields)
        rows = self.session.execute(select(*columns).where(Incoming.id.in_(ids)).order_by(Incoming.due_at, Incoming.id))
        return [CollectedPress(*row) for row in rows]

    def put_off(self, kept: int, code: str, until: datetime) -> None:
        """Try a press again at `until`; `code` says why it couldn't be done. A mark leaves out what is updated here (`LEFT_OUT`)."""
        row = update(Incoming).where(Incoming.id == kept)
        self.session.execute(row.values(due_at=until, code=code, leased_until=None))

    def settle(self, kept: int) -> None:
        """Remove a press that is done or answered."""
        delete_rows(self.session, Incoming, Incoming.id == kept)
