"""The table of those whom a matter names as concerned by it, so that they have no part in it (P9)."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import refers
from storage.marks import Marked
from storage.records import Record


class Concerned(Marked, Record):
    """Somebody whom a matter concerns; `email_key` is the address by which the policy named that person on the day."""

    __tablename__ = "concerned"
    matter_id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(refers("people.id"), primary_key=True)
    email_key: Mapped[str]
