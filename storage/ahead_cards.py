"""The cards of erasures ahead, one for each week, and what was decided of calls out of scope (P4, P12)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from storage.pages import Page
from storage.records import Recording
from storage.tables.erasures import AheadCard, ScopeDecision

_SCOPELESS = Recording.state == "out_of_scope"
_DECIDED = exists().where(ScopeDecision.recording_id == Recording.id)


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

    def undecided(self, most: int | None, skip: int = 0, last: Collection[str] = ()) -> tuple[int, list[Recording]]:
        """Calls on lines that the policy does not name, of which nobody decided yet: how many, and the oldest of them, or all.

        After so many that are skipped; those of operators that are `last`, by their keys, stand behind all others.
        """
        return self._outside(~_DECIDED, Page(most, skip), last)

    def undecided_of(self, operators: Collection[str]) -> int:
        """How many of them are of these operators, by their keys."""
        return self._number(_SCOPELESS, ~_DECIDED, Recording.operator_key.in_(operators))

    def kept(self, most: int, skip: int = 0, last: Collection[str] = ()) -> tuple[int, list[Recording]]:
        """The same of such calls of which it was decided that they stay."""
        return self._outside(_DECIDED.where(ScopeDecision.decision == "keep"), Page(most, skip), last)

    def _outside(self, that: ColumnElement[bool], page: Page, last: Collection[str]) -> tuple[int, list[Recording]]:
        order = (Recording.operator_key.in_(last), Recording.started, Recording.id)
        first = page.of(select(Recording).where(_SCOPELESS, that).order_by(*order))
        return self._number(_SCOPELESS, that), list(self.session.scalars(first))

    def _number(self, *those: ColumnElement[bool]) -> int:
        return self.session.scalar(select(func.count()).select_from(Recording).where(*those)) or 0

    def decision(self, recording: int) -> ScopeDecision | None:
        """What was decided of a call."""
        return self.session.get(ScopeDecision, recording)

    def decide(self, decision: ScopeDecision) -> None:
        """It is decided, or decided anew."""
        self.session.merge(decision)
