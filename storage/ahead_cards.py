"""The cards of erasures ahead, one for each week (P12)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.erasure_records import AheadCard


class AheadCards:
    """Queries and changes about these cards, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, card: AheadCard) -> None:
        """Store a new one."""
        self.session.add(card)
        self.session.flush()

    def get(self, card: str) -> AheadCard | None:
        """One of them; the caller decides who may know of it."""
        return self.session.get(AheadCard, card)

    def current(self) -> AheadCard | None:
        """The one of this week, or the last that there was."""
        query = select(AheadCard).where(AheadCard.state == "current").order_by(AheadCard.week.desc())
        return self.session.scalars(query.limit(1)).first()
