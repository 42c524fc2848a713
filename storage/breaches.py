"""Confidential reports, sealed as they are, and what the database shows that somebody ought to look at (P13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from storage.prefetch import pages
from storage.records import Record, Recording
from storage.tables.breaches import (
    Report,
    ReportAudio,
    ReportCause,
    ReportDraft,
    ReportNotice,
    ReportPass,
    ReportSight,
    ReportTrace,
)
from storage.tables.log import NUMBERED, AuditEntry, AuditHead

CODE = "code"  # a pass that was not exchanged yet
WAITING, TOLD, STALE = "waiting", "told", "stale"
SIGHT_ENDED, KEY_DESTROYED = "sight_ended", "key_destroyed"
COUNTED, NARROWED = "report_counted", "report_narrowed"
"""Of a report's counter: it may be told with what is told next, or is to be told at once, since fewer people may read it."""


class Trace(NamedTuple):
    """Something that the journal is to be told: see `ReportTrace`."""

    trace: str
    kind: str
    counter: int


class Breaches:
    """Queries and changes about reports, within one transaction. Nothing here is readable without a report's key."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, row: Record) -> None:
        """One more row of any of these tables."""
        self.session.add(row)

    def get(self, report: str) -> Report | None:
        """One report; None once it was destroyed."""
        return self.session.get(Report, report)

    def with_receipt(self, hashed: str) -> Report | None:
        """The report whose receipt has this hash."""
        return self.session.scalars(select(Report).where(Report.receipt == hashed)).one_or_none()

    def has_own(self, marks: Collection[str]) -> bool:
        """Whether there is a report that somebody filed with a name, by one of these marks."""
        return self.session.scalar(select(exists().where(Report.own.in_(marks)))) or False

    def causes(self, marks: Iterable[str]) -> set[str]:
        """Those of these causes that the bot has reported."""
        found = (
            self.session.scalars(select(ReportCause.mark).where(ReportCause.mark.in_(some))) for some in pages(marks)
        )
        return {one for some in found for one in some}

    def all(self) -> list[Report]:
        """Every report that was not destroyed, in the order of ids, which says nothing of when they came."""
        return list(self.session.scalars(select(Report).order_by(Report.id)))

    def any(self) -> bool:
        """Whether there is any at all."""
        return self.session.scalar(select(exists().where(Report.id != ""))) or False

    def sight(self, report: str, marks: Collection[str]) -> ReportSight | None:
        """One reader's sight of a report, by the reader's marks."""
        theirs = (ReportSight.report_id == report, ReportSight.reader.in_(marks))
        return self.session.scalars(select(ReportSight).where(*theirs)).first()

    def seen_by(self, marks: Collection[str]) -> list[str]:
        """The reports of which one of these marks has sight, in the order of ids."""
        theirs = (select(ReportSight.report_id).where(ReportSight.reader.in_(some)) for some in pages(marks))
        return sorted(one for query in theirs for one in self.session.scalars(query))

    def ids(self) -> list[str]:
        """The ids of all reports."""
        return list(self.session.scalars(select(Report.id)))

    def sights(self, report: str) -> list[ReportSight]:
        """Every sight of a report."""
        return list(self.session.scalars(select(ReportSight).where(ReportSight.report_id == report)))

    def passed(self, hashed: str) -> ReportPass | None:
        """A code or a session, by its hash."""
        return self.session.get(ReportPass, hashed)

    def draft(self, mark: str) -> ReportDraft | None:
        """What a form was answered."""
        return self.session.get(ReportDraft, mark)

    def forget(self, row: Record) -> None:
        """This row goes."""
        self.session.delete(row)

    def tidy(self, now: datetime) -> None:
        """Drafts and passes whose time is over go."""
        for kind in (ReportDraft, ReportPass):
            self.session.execute(delete(kind).where(kind.ends_at <= now))

    def forget_passes(self) -> None:
        """Every code and page is over."""
        self.session.execute(delete(ReportPass))

    def has_notices(self, now: datetime) -> bool:
        """Whether a message is to go out now."""
        return self.session.scalar(select(exists().where(*_come(now)))) or False

    def notices(self, now: datetime, most: int) -> list[ReportNotice]:
        """Messages that are to go out now."""
        return list(self.session.scalars(select(ReportNotice).where(*_come(now)).order_by(ReportNotice.id).limit(most)))

    def all_notices(self) -> list[ReportNotice]:
        """Every message."""
        return list(self.session.scalars(select(ReportNotice)))

    def notices_of(self, report: str) -> list[ReportNotice]:
        """Every message about a report."""
        return list(self.session.scalars(select(ReportNotice).where(ReportNotice.report_id == report)))

    def notice(self, name: str) -> ReportNotice | None:
        """One message."""
        return self.session.get(ReportNotice, name)

    def keep_audio(self, report: str, name: str, part: int, sealed: bytes) -> None:
        """A sealed part of a call that is kept for a report; the same part once more takes the place of the first."""
        self.session.merge(ReportAudio(report_id=report, name=name, part=part, sealed=sealed))

    def forget_audio(self, report: str, name: str) -> None:
        """A copy that never became whole goes."""
        theirs = (ReportAudio.report_id == report, ReportAudio.name == name)
        self.session.execute(delete(ReportAudio).where(*theirs))

    def audio(self, report: str, name: str, part: int) -> bytes | None:
        """A sealed part of a call that is kept for a report."""
        row = self.session.get(ReportAudio, (report, name, part))
        return row.sealed if row is not None else None

    def parts(self, report: str, name: str) -> list[int]:
        """Which parts of a copy there are, by number."""
        theirs = (ReportAudio.report_id == report, ReportAudio.name == name)
        return list(self.session.scalars(select(ReportAudio.part).where(*theirs).order_by(ReportAudio.part)))

    def count(self, report: str, counter: int, *, narrowed: bool) -> None:
        """The journal is to be told this counter of a report, by its mark."""
        row = self.session.get(ReportTrace, report) or ReportTrace(trace=report, kind=COUNTED)
        row.counter, row.kind = counter, NARROWED if narrowed else row.kind
        self.session.add(row)

    def traces(self) -> list[Trace]:
        """What the journal is still to be told, by trace."""
        rows = self.session.scalars(select(ReportTrace).order_by(ReportTrace.trace))
        return [Trace(one.trace, one.kind, one.counter) for one in rows]

    def journalled(self, told: Iterable[Trace]) -> None:
        """The journal has these; what was counted on since is still to be told."""
        for one in told:
            those = (ReportTrace.trace == one.trace, ReportTrace.counter == one.counter)
            self.session.execute(delete(ReportTrace).where(*those))

    def end(self, report: str, counter: int) -> None:
        """The journal is to be told that the report of this mark is no more; no copy with a lower counter opens."""
        self.session.merge(ReportTrace(trace=report, kind=KEY_DESTROYED, counter=counter))

    def destroy(self, report: Report) -> None:
        """The key first, then all that it opened (P13).

        Messages that are to be drawn anew stay until they are, sealed with no key of the report's.
        """
        report.rule_wrap = b""
        self.session.flush()
        for kind in (ReportSight, ReportPass, ReportAudio):
            self.session.execute(delete(kind).where(kind.report_id == report.id))
        told = (ReportNotice.report_id == report.id, ReportNotice.state != STALE)
        self.session.execute(delete(ReportNotice).where(*told))
        self.session.delete(report)
        self.session.flush()


def _come(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ReportNotice.state.in_((WAITING, STALE)), ReportNotice.due_at <= now


NEWEST = 2000  # entries of the log


class Vanished(NamedTuple):
    """A call that is gone: its id, and what lay there last."""

    id: int
    stamp: str


class Entered(NamedTuple):
    """An entry of the log: when (ISO), what was done to, and its detail."""

    at: str
    subject: str
    detail: dict[str, Any]


class Noticed:
    """Queries within one transaction. Each finds all there is: with a limit what was told of already would hide the rest."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def vanished(self, now: datetime) -> list[Vanished]:
        """Calls that are gone before their moment, by id."""
        early = (Recording.state == "gone", Recording.erase_at > now)
        rows = select(Recording.id, Recording.stamp).where(*early).order_by(Recording.id)
        return [Vanished(*row) for row in self.session.execute(rows)]

    def done(self, action: str) -> list[Entered]:
        """Among the newest entries of the log those by which this was done, the oldest first."""
        head = self.session.scalar(select(AuditHead.seq).where(AuditHead.id == 1)) or 0
        done = (NUMBERED, AuditEntry.seq > head - NEWEST, AuditEntry.outcome == "done", AuditEntry.action == action)
        columns = (AuditEntry.at, AuditEntry.subject, AuditEntry.detail)
        return [Entered(*row) for row in self.session.execute(select(*columns).where(*done).order_by(AuditEntry.seq))]
