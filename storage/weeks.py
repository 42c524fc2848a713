"""The weekly cards, and what one counts that no other query does, within one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from storage.erasures import UNDONE, keeping, late, paused
from storage.records import OPEN, Party, Recording
from storage.tables.erasures import Erasure, Keep, ScopeDecision, UnregisteredFile
from storage.tables.log import NUMBERED, AuditEntry
from storage.tables.weeks import WeeklyCard


class LateErasure(NamedTuple):
    """An erasure that is not done and that nothing keeps: of a call or a file, what stood in the way, and the pause that it waits in, if it does."""

    erasure: str
    recording: int | None
    file: int | None
    trouble: str
    pause: str


class Done(NamedTuple):
    """An entry of the log."""

    seq: int
    action: str
    subject: str
    detail: dict[str, Any]


class Weeks:
    """Queries and changes about the weekly cards."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, card: WeeklyCard) -> None:
        """Store a new one."""
        self.session.add(card)
        self.session.flush()

    def get(self, card: str) -> WeeklyCard | None:
        """One of them; the caller decides who may know of it."""
        return self.session.get(WeeklyCard, card)

    def of(self, week: str) -> WeeklyCard | None:
        """The one of a week (its Monday, ISO)."""
        return self.session.scalars(select(WeeklyCard).where(WeeklyCard.week == week)).one_or_none()

    def before(self, week: str) -> WeeklyCard | None:
        """The last one of an earlier week."""
        earlier = select(WeeklyCard).where(WeeklyCard.week < week).order_by(WeeklyCard.week.desc())
        return self.session.scalars(earlier.limit(1)).first()

    def open(self) -> list[WeeklyCard]:
        """Those that nobody has seen, the oldest first."""
        unseen = select(WeeklyCard).where(WeeklyCard.state.in_(OPEN))
        return list(self.session.scalars(unseen.order_by(WeeklyCard.week)))

    def waiting_for(self, person_id: int) -> list[WeeklyCard]:
        """Those that wait for this person, the oldest first."""
        asked = (Party.person_id == person_id, Party.part == "approver", Party.unreachable == "")
        mine = (
            select(WeeklyCard).join(Party, Party.matter_id == WeeklyCard.id).where(*asked, WeeklyCard.state.in_(OPEN))
        )
        return list(self.session.scalars(mine.order_by(WeeklyCard.week)))

    def late(self, since: datetime, now: datetime) -> list[LateErasure]:
        """Erasures that were begun before `since`, and all that are paused; none that something keeps."""
        kept = exists().where(Keep.recording_id == Erasure.recording_id, *keeping(now))
        rows = (Erasure.id, Erasure.recording_id, Erasure.file_id, Erasure.trouble)
        slow = select(*rows).where(*late(since, now)).order_by(Erasure.id)
        held = select(*rows, Erasure.pause).where(UNDONE, ~kept, paused()).order_by(Erasure.id)
        return [
            *(LateErasure(*one, "") for one in self.session.execute(slow)),
            *(LateErasure(*one) for one in self.session.execute(held)),
        ]

    def out_of_scope(self) -> tuple[list[int], list[int]]:
        """Calls on no line of the policy, and files that could not be registered, of which nobody decided yet: their numbers."""
        decided = exists().where(ScopeDecision.recording_id == Recording.id)
        calls = select(Recording.id).where(Recording.state == "out_of_scope", ~decided).order_by(Recording.id)
        files = select(UnregisteredFile.id).where(UnregisteredFile.state == "listed").order_by(UnregisteredFile.id)
        return list(self.session.scalars(calls)), list(self.session.scalars(files))

    def entries(self, after: int, last: int, since: datetime | None, actions: Collection[str]) -> list[Done]:
        """What was done in the entries after one number and up to another, and not before a moment where one is given, in order."""
        those = [
            NUMBERED,
            AuditEntry.seq > after,
            AuditEntry.seq <= last,
            AuditEntry.action.in_(actions),
            AuditEntry.outcome == "done",
        ]
        if since is not None:
            those.append(AuditEntry.at >= since.astimezone(UTC).isoformat(timespec="microseconds"))
        query = select(AuditEntry.seq, AuditEntry.action, AuditEntry.subject, AuditEntry.detail).where(*those)
        return [Done(*one) for one in self.session.execute(query.order_by(AuditEntry.seq))]

    def undone(self, recordings: Collection[int]) -> set[int]:
        """Those of these calls that still have an erasure that is not done."""
        query = select(Erasure.recording_id).where(Erasure.recording_id.in_(recordings), UNDONE)
        return {one for one in self.session.scalars(query) if one is not None}

    def undone_files(self, files: Collection[int]) -> set[int]:
        """The same of files that could not be registered."""
        query = select(Erasure.file_id).where(Erasure.file_id.in_(files), UNDONE)
        return {one for one in self.session.scalars(query) if one is not None}
