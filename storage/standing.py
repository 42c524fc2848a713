"""Which matters stand, so that the clock looks at their calls with each tick."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.records import OPEN, Grant, Matter


def standing(session: Session, now: datetime) -> list[str]:
    """Ids of the matters that wait for a decision, and of those whose calls somebody may hear at `now` (aware).

    Two lists that are short at any time, each by its own index. What belongs to them is asked for by these ids: in one
    question with what it is asked of, a database may go through all there ever was.
    """
    waiting = session.scalars(select(Matter.id).where(Matter.state.in_(OPEN)))
    heard = session.scalars(select(Grant.matter_id).where(Grant.ended_at.is_(None), Grant.ends_at > now))
    return sorted({*waiting, *heard})
