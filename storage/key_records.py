"""The keys of matters: with a key goes whatever it sealed, in every copy of the database (P8)."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import refers
from storage.records import Record


class MatterKey(Record):
    """The data key of one matter, as the master key wraps it; `trace` is the random id by which the journal speaks of it."""

    __tablename__ = "matter_keys"
    matter_id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    wrap: Mapped[bytes] = mapped_column(LargeBinary)
    trace: Mapped[str] = mapped_column(unique=True)
