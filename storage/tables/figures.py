"""The table of what opens the page of a month."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Record


class FigurePass(Record):
    """A code or a session that still opens the page of a month, kept as a hash; what was used, left or over has no row."""

    __tablename__ = "figure_passes"
    hash: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
