"""The table of weekly digests: which week, how far the log was verified, and who has seen it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import refers
from storage.marks import MarkedKind
from storage.records import Matter


class Digest(MarkedKind, Matter, kw_only=True):
    """One for each `week` (its Monday, ISO). `state`: waiting or stuck until somebody has seen it, then seen.

    `verified_at` is when the log was last verified before, up to entry `verified_to`, with so many `faults`. `passed_on_at` is when the
    next reader was asked, since nobody had seen it.
    """

    __tablename__ = "digests"
    __mapper_args__ = {"polymorphic_identity": "digest"}  # noqa: RUF012
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    week: Mapped[str] = mapped_column(unique=True)
    verified_to: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
    compared: Mapped[bool] = mapped_column(default=True)
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    passed_on_at: Mapped[datetime | None] = mapped_column(default=None)
    seen_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
