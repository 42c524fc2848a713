"""The table of holds: who had calls kept past their moment, for which case (P12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import LongWords, refers
from storage.marks import MarkedKind
from storage.records import Matter, Recording

# Calls are found by number and by operator in a register of any size.
Index("recordings_by_caller", Recording.caller, Recording.local_day)
Index("recordings_by_operator", Recording.operator_key, Recording.local_day)


class Hold(MarkedKind, Matter, kw_only=True):
    """A hold (P12); the calls that it keeps are rows of `Keep`. `begun`: asked for by anybody, or set by who may.

    `state`: waiting or stuck while nobody has confirmed it, active, let_go, released, ended. `ends_at` is when it ends by
    itself. `set_by` set or confirmed it, `renewed_by` renewed it last, `closed_by` let it go or released it, for the
    reason `closing`.
    """

    __tablename__ = "holds"
    __mapper_args__ = {"polymorphic_identity": "hold"}  # noqa: RUF012
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    begun: Mapped[str]
    asked_by: Mapped[int] = mapped_column(refers("people.id"), index=True)
    case_name: Mapped[str] = mapped_column(LongWords)
    reason: Mapped[str] = mapped_column(LongWords)
    ends_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    set_at: Mapped[datetime | None] = mapped_column(default=None)
    renewed_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    closed_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    closing: Mapped[str] = mapped_column(LongWords, default="")

    @property
    def keeps(self) -> bool:
        """Whether it keeps its calls, confirmed or not."""
        return self.is_open or self.state == "active"
