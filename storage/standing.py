"""Which matters stand, so that the clock looks at their calls with each tick."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CompoundSelect, select

from storage.records import OPEN, Grant, Matter


def standing(now: datetime) -> CompoundSelect[str]:
    """Ids of the matters that wait for a decision, and of those whose calls somebody may hear at `now` (aware).

    Two lists that are short at any time, each by its own index: both in one condition go through all there ever were.
    """
    waiting = select(Matter.id).where(Matter.state.in_(OPEN))
    return waiting.union(select(Grant.matter_id).where(Grant.ended_at.is_(None), Grant.ends_at > now))
