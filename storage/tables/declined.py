"""The tables of calls whose customers declined to be recorded (P5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import LongWords, refers, where
from storage.marks import Marked, MarkedKind
from storage.records import Matter, Record

LOOKING, CHOOSING = "looking", "choosing"


class Declined(MarkedKind, Matter, kw_only=True):
    """A customer declined to be recorded. `state`: looking (for the call), choosing (which one it was), waiting or stuck, kept, going, none.

    One that waits and has no `how` waits for somebody else to say which call it was, since whoever said it did not.

    `how` is midway or afterwards, empty while the call is not known. `live`: asked, still, off or over; empty for a call that is not
    live. `legs` are those that were recorded still, in the phone system's names; `trouble` what stood in the way. `choices` are
    the calls that may be meant, as little as a card needs of each. `system` and `call_id` are the phone system's, `stopped_at`
    when it was first read back that nothing is recorded, `answered_at` when the phone system last answered at all. `erase_at` is
    when what was recorded goes by itself. `reason` is one of a closed list.
    """

    __tablename__ = "declines"
    __mapper_args__ = {"polymorphic_identity": "declined"}  # noqa: RUF012
    __table_args__ = (where("declines_live", "live IN ('asked', 'still', 'off')", "id"),)
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    said_by: Mapped[int] = mapped_column(refers("people.id"), index=True)
    how: Mapped[str] = mapped_column(default="")
    live: Mapped[str] = mapped_column(default="")
    system: Mapped[str] = mapped_column(default="")
    call_id: Mapped[str] = mapped_column(LongWords, default="")
    began: Mapped[datetime | None] = mapped_column(default=None)
    operator_key: Mapped[str] = mapped_column(default="")
    choices: Mapped[list[Any]] = mapped_column(default_factory=list)
    legs: Mapped[list[Any]] = mapped_column(default_factory=list)
    trouble: Mapped[str] = mapped_column(default="")
    looked_at: Mapped[datetime | None] = mapped_column(default=None)
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)
    erase_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    reason: Mapped[str] = mapped_column(default="")

    @property
    def is_unchosen(self) -> bool:
        """Whether somebody has yet to say which call it was: whoever said it, or, once it waits for a decision, whoever decides."""
        return self.state == CHOOSING or (self.is_open and not self.how)


class DeclinedRecording(Marked, Record):
    """What is, or will be, recorded of a declined call: by its name in the recording system, until it is registered and then until it is erased."""

    __tablename__ = "declined_recordings"
    __table_args__ = (Index("declined_recordings_by_name", "system", "native_id"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    matter_id: Mapped[str] = mapped_column(refers("declines.id"), index=True)
    system: Mapped[str]
    native_id: Mapped[str] = mapped_column(LongWords)
    recording_id: Mapped[int | None] = mapped_column(refers("recordings.id"), index=True, default=None)
