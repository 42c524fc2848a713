"""The table of the weekly cards: what stood at the moment each was made, by id alone, and who has seen it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import refers
from storage.records import Matter


class WeeklyCard(Matter, kw_only=True):
    """One for each `week` (its Monday, ISO). `state`: waiting or stuck until somebody has seen it, then seen.

    `facts` is how things stood when it was made, by ids, and nothing of it changes; `digest` is its SHA-256, and `upto` the last
    entry of the log that it looks at. `passed_at` is when the other one was asked, since nobody had seen it.
    """

    __tablename__ = "weekly_cards"
    __mapper_args__ = {"polymorphic_identity": "weekly"}  # noqa: RUF012
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    week: Mapped[str] = mapped_column(unique=True)
    facts: Mapped[dict[str, Any]]
    digest: Mapped[str]
    upto: Mapped[int]
    passed_at: Mapped[datetime | None] = mapped_column(default=None)
    seen_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
