"""What people are to be told of in their next working hours, several things at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.columns import refers, where
from storage.records import Party, Record


class Reminder(Record):
    """Something that a person is to be told of a matter: which `step` it is, when that fell, and from when it may be told."""

    __tablename__ = "reminders"
    __table_args__ = (where("reminders_untold", "told_at IS NULL", "person_id", "tell_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    matter_id: Mapped[str] = mapped_column(refers("matters.id"), index=True)
    person_id: Mapped[int] = mapped_column(refers("people.id"))
    step: Mapped[str]
    fell_at: Mapped[datetime]
    tell_at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(default=None)


class Reminders:
    """Queries and changes about reminders, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, matter: str, person_id: int, step: str, fell_at: datetime, tell_at: datetime) -> None:
        """A person is to be told of a step from `tell_at` on; once, however often it is asked for."""
        key = f"{matter}:{step}:{person_id}:{fell_at:%Y%m%d%H%M%S}"
        if self.session.get(Reminder, key) is None:
            row = Reminder(id=key, matter_id=matter, person_id=person_id, step=step, fell_at=fell_at, tell_at=tell_at)
            self.session.add(row)

    def untold(self, person_id: int, now: datetime) -> list[Reminder]:
        """What this person may be told of now, in the order in which it fell."""
        those = (Reminder.person_id == person_id, Reminder.told_at.is_(None), Reminder.tell_at <= now)
        return list(self.session.scalars(select(Reminder).where(*those).order_by(Reminder.fell_at, Reminder.id)))

    def next(self, person_id: int) -> datetime | None:
        """From when on this person may be told of the next thing."""
        those = (Reminder.person_id == person_id, Reminder.told_at.is_(None))
        return self.session.scalar(select(Reminder.tell_at).where(*those).order_by(Reminder.tell_at).limit(1))

    def coming(self, matter: str, step: str) -> list[Reminder]:
        """Whoever has yet to be told of a matter's step, in the order in which they are to be told."""
        those = (Reminder.matter_id == matter, Reminder.step == step, Reminder.told_at.is_(None))
        return list(self.session.scalars(select(Reminder).where(*those).order_by(Reminder.tell_at, Reminder.id)))

    def asks(self, matter: str, person_id: int) -> bool:
        """Whether it is a reminder, told already or yet to be, by which this person was last asked about a matter."""
        asked = and_(Party.matter_id == Reminder.matter_id, Party.person_id == Reminder.person_id)
        since_then = or_(Reminder.told_at.is_(None), Reminder.told_at >= Party.since)
        those = (Reminder.matter_id == matter, Reminder.person_id == person_id, Reminder.fell_at <= Party.since)
        return (
            self.session.scalar(select(Reminder.id).join(Party, asked).where(*those, since_then).limit(1)) is not None
        )

    def named(self, ids: Iterable[str]) -> list[Reminder]:
        """Those with these ids, in the order in which they fell."""
        query = select(Reminder).where(Reminder.id.in_(set(ids))).order_by(Reminder.fell_at, Reminder.id)
        return list(self.session.scalars(query))
