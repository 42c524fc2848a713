"""The keys of matters, with which whatever they sealed goes in every copy of the database, and what is known of the master key (P8, P11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import refers, where
from storage.marks import Marked
from storage.records import Record


class MatterKey(Marked, Record):
    """The data key of one matter, as the master key wraps it."""

    __tablename__ = "matter_keys"
    matter_id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    wrap: Mapped[bytes] = mapped_column(LargeBinary)


class EndedKey(Marked, Record):
    """That a matter's key was destroyed, and when; `shown` once its cards say so."""

    __tablename__ = "ended_keys"
    __table_args__ = (where("ended_keys_unshown", "NOT shown", "matter_id"),)
    matter_id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    at: Mapped[datetime]
    shown: Mapped[bool] = mapped_column(default=False)


class MasterKey(Marked, Record):
    """A master key by which something in this database may be wrapped: one, or two while it is being replaced; `id` is `id_of` it.

    `root` is what marks and seals follow from, as this key wraps it. `until` is when another one had taken its place.
    """

    __tablename__ = "master_keys"
    id: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[datetime | None] = mapped_column(default=None)
