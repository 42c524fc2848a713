"""What the database itself shows that somebody ought to look at: read only, and bounded (P13)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage.erasure_records import Erasure
from storage.log_records import AuditEntry, AuditHead
from storage.records import Grant, Recording, RequestedRecording

MOST = 200
NEWEST = 2000  # entries of the log


class Noticed:
    """Queries within one transaction; each finds at most so many."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def late(self, before: datetime) -> list[Erasure]:
        """Erasures whose moment came before that, and that the recording system would not do."""
        still = (Erasure.erased_at.is_(None), Erasure.vanished_at.is_(None), Erasure.moment <= before)
        return self._erasures(*still, Erasure.trouble != "", Erasure.run == "")

    def vanished(self, now: datetime) -> list[Recording]:
        """Calls that are gone before their moment."""
        early = (Recording.state == "gone", Recording.erase_at > now)
        return list(self.session.scalars(select(Recording).where(*early).order_by(Recording.id).limit(MOST)))

    def changed(self, since: datetime) -> list[tuple[Grant, int]]:
        """Grants that ended since then because a call of theirs became another one, with that call."""
        mine = RequestedRecording.request_id == Grant.matter_id
        query = (
            select(Grant, RequestedRecording.recording_id)
            .join(RequestedRecording, mine)
            .where(
                Grant.ended_why == "call_changed", Grant.ended_at >= since, RequestedRecording.changed_at.is_not(None)
            )
            .order_by(Grant.id)
            .limit(MOST)
        )
        return [(row[0], row[1]) for row in self.session.execute(query)]

    def refused(self, whys: frozenset[str]) -> list[AuditEntry]:
        """Among the newest entries of the log those that were refused for one of these causes."""
        head = self.session.scalar(select(AuditHead.seq).where(AuditHead.id == 1)) or 0
        newest = select(AuditEntry).where(AuditEntry.seq > head - NEWEST, AuditEntry.outcome == "refused")
        return [one for one in self.session.scalars(newest) if one.detail.get("why") in whys]

    def _erasures(self, *those: ColumnElement[bool]) -> list[Erasure]:
        return list(self.session.scalars(select(Erasure).where(*those).order_by(Erasure.id).limit(MOST)))
