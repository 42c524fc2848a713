"""The cards of erasures ahead, one for each week, and what was decided of calls out of scope (P4, P12)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from storage.records import Recording
from storage.tables.erasures import AheadCard, ScopeDecision


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

    def undecided(self, most: int | None) -> tuple[int, list[Recording]]:
        """Calls on lines that the policy does not name, of which nobody decided yet: how many, and the oldest of them, or all."""
        decided = exists().where(ScopeDecision.recording_id == Recording.id)
        return self._outside(most, ~decided)

    def kept(self, most: int) -> tuple[int, list[Recording]]:
        """Such calls of which it was decided that they stay: how many, and the oldest of them."""
        return self._outside(
            most, exists().where(ScopeDecision.recording_id == Recording.id, ScopeDecision.decision == "keep")
        )

    def _outside(self, most: int | None, that: ColumnElement[bool]) -> tuple[int, list[Recording]]:
        those = (Recording.state == "out_of_scope", that)
        number = self.session.scalar(select(func.count()).select_from(Recording).where(*those)) or 0
        first = select(Recording).where(*those).order_by(Recording.started, Recording.id).limit(most)
        return number, list(self.session.scalars(first))

    def decision(self, recording: int) -> ScopeDecision | None:
        """What was decided of a call."""
        return self.session.get(ScopeDecision, recording)

    def decide(self, decision: ScopeDecision) -> None:
        """It is decided, or decided anew."""
        self.session.merge(decision)
