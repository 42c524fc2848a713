"""What is to be done at a time: the clock asks what is due, and the door settles it with the change that it brings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.columns import where
from storage.marks import Marked
from storage.records import Record
from storage.sessions import append


class Deadline(Marked, Record):
    """Something to be done at a time: the clock only asks what is due, so nothing is lost while it stands."""

    __tablename__ = "deadlines"
    __table_args__ = (where("deadlines_open", "done_at IS NULL", "due_at", "kind", "subject"),)
    subject: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def key(self) -> str:
        """What the door settles it by."""
        return f"{self.kind}:{self.subject}"


_ORDER = (Deadline.due_at, Deadline.kind, Deadline.subject)


class Deadlines:
    """Queries and changes about deadlines, within one transaction. A deadline is known by its kind and its subject."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def _of(self, subject: str) -> dict[str, Deadline]:
        """All of a subject's by kind; looked for once in a transaction."""
        known = cast("dict[str, dict[str, Deadline]]", self.session.info.setdefault("deadlines", {}))
        if subject not in known:
            # What was set is remembered, so there is nothing else to flush before this look.
            if subject in self.session.info.get("begun", ()):
                self.session.flush()
            with self.session.no_autoflush:
                found = self.session.scalars(select(Deadline).where(Deadline.subject == subject)).all()
            known[subject] = {one.kind: one for one in found}
        return known[subject]

    def set(self, kind: str, subject: str, due_at: datetime) -> None:
        """Ask the clock for something at `due_at` or as soon after it as the program runs; anew, if it was set before."""
        known = self._of(subject)
        if kind in known:
            known[kind].due_at, known[kind].done_at = due_at, None
            return
        known[kind] = Deadline(kind=kind, subject=subject, due_at=due_at)
        self.session.add(known[kind])

    def begin(self, subject: str, moments: Mapping[str, datetime]) -> None:
        """Ask the clock for several things, by kind, for a subject that is new."""
        self.session.info.setdefault("begun", set()).add(subject)
        for kind, due_at in moments.items():
            append(self.session, Deadline, {"kind": kind, "subject": subject, "due_at": due_at, "done_at": None})

    def advance(self, kind: str, subject: str, due_at: datetime) -> None:
        """The same as `set`, unless it stands for an earlier moment already."""
        coming = self.coming(kind, subject)
        if coming is None or coming > due_at:
            self.set(kind, subject, due_at)

    def moment(self, kind: str, subject: str) -> datetime | None:
        """When something was to be done, whether it was or not; None where nobody asked for it."""
        deadline = self._of(subject).get(kind)
        return deadline.due_at if deadline is not None else None

    def coming(self, kind: str, subject: str) -> datetime | None:
        """When the clock does this; None where nothing is asked of it, or it was done."""
        deadline = self._of(subject).get(kind)
        return deadline.due_at if deadline is not None and deadline.done_at is None else None

    def drop(self, kind: str, subject: str, now: datetime) -> None:
        """The thing has been settled before its time."""
        self.drop_all([kind], subject, now)

    def drop_all(self, kinds: Collection[str], subject: str, now: datetime) -> None:
        """Several things of one subject have been settled before their time."""
        known = self._of(subject)
        for kind in known.keys() & set(kinds):
            known[kind].done_at = known[kind].done_at or now

    def settle(self, key: str, now: datetime) -> bool:
        """Take a deadline as done; False where it is done, moved or dropped already."""
        kind, _, subject = key.partition(":")
        deadline = self._of(subject).get(kind)
        if deadline is None or deadline.done_at is not None or deadline.due_at > now:
            return False
        deadline.done_at = now
        return True

    def due(self, now: datetime, kinds: Collection[str], most: int, after: Deadline | None = None) -> list[Deadline]:
        """Deadlines of these kinds that have come, the oldest first; those that follow `after`, where it is given, but so many."""
        open_ones = (Deadline.done_at.is_(None), Deadline.due_at <= now, Deadline.kind.in_(kinds))
        query = select(Deadline).where(*open_ones).order_by(*_ORDER).limit(most)
        if after is not None:
            query = query.where(tuple_(*_ORDER) > (after.due_at, after.kind, after.subject))
        return list(self.session.scalars(query))

    def next(self, after: datetime | None = None) -> Deadline | None:
        """The next thing that the clock will do; later than `after`, where it is given."""
        query = select(Deadline).where(Deadline.done_at.is_(None)).order_by(*_ORDER)
        return self.session.scalars((query if after is None else query.where(Deadline.due_at > after)).limit(1)).first()
