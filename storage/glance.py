"""At a glance: declines of a while, and what lies in the register or beside it that should not; counted, and changed by nothing (P4, P5)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.records import Recording
from storage.tables.declined import Declined, DeclinedRecording


class Said(NamedTuple):
    """A caller declined: on which line, with which operator (an address), how it was said, how it stands, and its id."""

    line: str
    operator: str
    how: str
    state: str
    id: str


class Glance:
    """Queries within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def said(self, since: datetime, until: datetime | None = None) -> list[Said]:
        """Callers who declined since a moment and before another (aware), by line and operator; none of which it turned out that there was no such call."""
        columns = (Declined.line, Declined.operator_key, Declined.how, Declined.state, Declined.id)
        mine = select(*columns).where(Declined.asked_at >= since, Declined.state != "none")
        mine = mine if until is None else mine.where(Declined.asked_at < until)
        rows = self.session.execute(mine.order_by(Declined.line, Declined.operator_key, Declined.asked_at, Declined.id))
        return [Said(*row) for row in rows]

    def out_of_scope(self) -> list[tuple[str, int]]:
        """Calls that are there and on no line of the policy: how many, by line as it was told."""
        each = select(Recording.line, func.count()).where(Recording.state == "out_of_scope")
        rows = self.session.execute(each.group_by(Recording.line).order_by(Recording.line))
        return [(line, number) for line, number in rows]

    def declined_still_there(self) -> list[str]:
        """Matters whose recordings were to go, and of which something was never registered and is still there a day later."""
        unmet = (DeclinedRecording.recording_id.is_(None), DeclinedRecording.native_id != "")
        both = select(Declined.id).join(DeclinedRecording, DeclinedRecording.matter_id == Declined.id)
        rows = both.where(*unmet, Declined.state == "going", Declined.live == "over", Declined.trouble == "left")
        return sorted(set(self.session.scalars(rows)))
