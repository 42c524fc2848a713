"""Codes and sessions for the page of a month: what is not here opens nothing, and nothing brings back what was taken away."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, exists, select
from sqlalchemy.orm import Session

from storage.tables.figures import FigurePass


class FigurePasses:
    """Queries and changes about them, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, hashed: str, now: datetime, ends_at: datetime) -> None:
        """From now on it opens something."""
        self.session.add(FigurePass(hash=hashed, made_at=now, ends_at=ends_at))

    def has(self, hashed: str) -> bool:
        """Whether it is one that opens something."""
        return self.session.scalar(select(exists().where(FigurePass.hash == hashed))) or False

    def take(self, hashed: str) -> bool:
        """It opens nothing any more; whether it did until now, which is so once."""
        taken = self.session.execute(delete(FigurePass).where(FigurePass.hash == hashed))
        return cast("CursorResult[Any]", taken).rowcount > 0

    def has_over(self, now: datetime) -> bool:
        """Whether the time of any is over."""
        return self.session.scalar(select(exists().where(FigurePass.ends_at <= now))) or False

    def forget_over(self, now: datetime) -> None:
        """Throw these away."""
        self.session.execute(delete(FigurePass).where(FigurePass.ends_at <= now))
