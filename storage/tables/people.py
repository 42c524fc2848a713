"""The table of absences."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import refers
from storage.marks import Marked
from storage.records import Record


class Absence(Marked, Record):
    """Whole days of the company's, first and last included; nothing of it changes but `ended_at`.

    `ended_at` is when the person was back early, took it back, or said other days instead: it counts no more.
    """

    __tablename__ = "absences"
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(refers("people.id"), index=True)
    first: Mapped[date]
    last: Mapped[date] = mapped_column(index=True)
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
