"""Confidential reports, sealed as they are, and what the database shows that somebody ought to look at (P13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from storage.records import Record, Recording
from storage.rows import id_pages
from storage.tables.breaches import Report, ReportMark, ReportPart, ReportSight
from storage.tables.log import AuditEntry, AuditHead

CODE, SESSION, SENT = "code", "session", "sent"
WAITING, TOLD, STALE = "waiting", "told", "stale"
AUDIO, CAUSE = "audio", "cause"
SIGHT_ENDED, KEY_DESTROYED = "sight_ended", "key_destroyed"
COUNTED, NARROWED = "report_counted", "report_narrowed"
"""Of a report's counter: it may be told with what is told next, or is to be told at once, since fewer people may read it."""
_PASSES, _MESSAGES = (CODE, SESSION), (WAITING, TOLD, STALE)


class Trace(NamedTuple):
    """Something that the journal is to be told: see `ReportMark`."""

    trace: str
    kind: str
    counter: int


class Breaches:
    """Queries and changes about reports, within one transaction. Nothing here is readable without a report's key."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, row: Record) -> None:
        """Add a row to any of these tables."""
        self.session.add(row)

    def get(self, report: str) -> Report | None:
        """Return a report; None once it was destroyed."""
        return self.session.get(Report, report)

    def with_receipt(self, hashed: str) -> Report | None:
        """Return the report whose receipt has this hash."""
        return self.session.scalars(select(Report).where(Report.receipt == hashed)).one_or_none()

    def has_own(self, marks: Collection[str]) -> bool:
        """Whether one of these marks is that of a reporter who gave a name."""
        return self.session.scalar(select(exists().where(Report.own.in_(marks)))) or False

    def causes(self, marks: Iterable[str]) -> set[str]:
        """Return those of these causes that the bot has reported."""
        reported = select(ReportMark.mark).where(ReportMark.kind == CAUSE)
        found = (self.session.scalars(reported.where(ReportMark.mark.in_(some))) for some in id_pages(marks))
        return {one for some in found for one in some}

    def all(self) -> list[Report]:
        """Return every report that was not destroyed, in the order of ids, which says nothing of when they came."""
        return list(self.session.scalars(select(Report).order_by(Report.id)))

    def any(self) -> bool:
        """Whether there is any report."""
        return self.session.scalar(select(exists().where(Report.id != ""))) or False

    def sight(self, report: str, marks: Collection[str]) -> ReportSight | None:
        """Return one reader's sight of a report, by the reader's marks."""
        theirs = (ReportSight.report_id == report, ReportSight.reader.in_(marks))
        return self.session.scalars(select(ReportSight).where(*theirs)).first()

    def seen_by(self, marks: Collection[str]) -> list[str]:
        """Return the reports of which one of these marks has sight, in the order of ids."""
        theirs = (select(ReportSight.report_id).where(ReportSight.reader.in_(some)) for some in id_pages(marks))
        return sorted(one for query in theirs for one in self.session.scalars(query))

    def ids(self) -> list[str]:
        """Return the ids of all reports."""
        return list(self.session.scalars(select(Report.id)))

    def sights(self, report: str) -> list[ReportSight]:
        """Return every sight of a report."""
        return list(self.session.scalars(select(ReportSight).where(ReportSight.report_id == report)))

    def part(self, name: str) -> ReportPart | None:
        """Return a code, a session, an answer or a message by its name."""
        return self.session.get(ReportPart, name)

    def forget(self, row: Record) -> None:
        """Delete this row."""
        self.session.delete(row)

    def tidy(self, now: datetime) -> None:
        """Delete codes, sessions and answers whose time is over."""
        over = (ReportPart.kind.in_((*_PASSES, SENT)), ReportPart.due_at <= now)
        self.session.execute(delete(ReportPart).where(*over))

    def forget_passes(self) -> None:
        """End every code and session."""
        self.session.execute(delete(ReportPart).where(ReportPart.kind.in_(_PASSES)))

    def any_due(self, now: datetime) -> bool:
        """Whether a message is to be sent now."""
        return self.session.scalar(select(exists().where(*_due_parts(now)))) or False

    def due(self, now: datetime, most: int) -> list[ReportPart]:
        """Return messages that are to be sent now."""
        return list(
            self.session.scalars(select(ReportPart).where(*_due_parts(now)).order_by(ReportPart.name).limit(most))
        )

    def messages(self, report: str = "") -> list[ReportPart]:
        """Return every message about a report, or about any."""
        theirs = (ReportPart.report_id == report,) if report else ()
        return list(self.session.scalars(select(ReportPart).where(ReportPart.kind.in_(_MESSAGES), *theirs)))

    def keep_audio(self, report: str, copy: str, piece: int, sealed: bytes) -> None:
        """Keep a sealed piece of a call; the same piece sent again takes the place of the first."""
        name = f"{report}/{copy}/{piece}"
        self.session.merge(ReportPart(name=name, kind=AUDIO, report_id=report, sealed=sealed, number=piece))

    def forget_audio(self, report: str, copy: str) -> None:
        """Delete a copy that never became whole."""
        self.session.execute(delete(ReportPart).where(*_audio_parts(report, copy)))

    def audio(self, report: str, copy: str, piece: int) -> bytes | None:
        """Return a sealed piece of a call that is kept for a report."""
        row = self.part(f"{report}/{copy}/{piece}")
        return row.sealed if row is not None else None

    def pieces(self, report: str, copy: str) -> list[int]:
        """Return which pieces of a copy there are, by number."""
        return list(
            self.session.scalars(
                select(ReportPart.number).where(*_audio_parts(report, copy)).order_by(ReportPart.number)
            )
        )

    def count(self, report: str, counter: int, *, narrowed: bool) -> None:
        """Tell the journal this counter of a report, by its mark."""
        row = self.session.get(ReportMark, report) or ReportMark(mark=report, kind=COUNTED)
        row.counter, row.kind = counter, NARROWED if narrowed else row.kind
        self.session.add(row)

    def traces(self) -> list[Trace]:
        """Return what the journal is still to be told, by trace."""
        rows = self.session.scalars(select(ReportMark).where(ReportMark.kind != CAUSE).order_by(ReportMark.mark))
        return [Trace(one.mark, one.kind, one.counter) for one in rows]

    def journalled(self, told: Iterable[Trace]) -> None:
        """Forget what the journal has; what was counted on since is still to be told."""
        for one in told:
            those = (ReportMark.mark == one.trace, ReportMark.counter == one.counter)
            self.session.execute(delete(ReportMark).where(*those))

    def end(self, report: str, counter: int) -> None:
        """Tell the journal that the report of this mark is no more; no copy with a lower counter opens."""
        self.session.merge(ReportMark(mark=report, kind=KEY_DESTROYED, counter=counter))

    def destroy(self, report: Report) -> None:
        """Delete the key first, then all that it opened (P13).

        Messages that are to be redrawn stay until they are: no key of the report's seals them.
        """
        report.rule_wrap = b""
        self.session.flush()
        self.session.execute(delete(ReportSight).where(ReportSight.report_id == report.id))
        gone = (ReportPart.report_id == report.id, ReportPart.kind != STALE)
        self.session.execute(delete(ReportPart).where(*gone))
        self.session.delete(report)
        self.session.flush()


def _audio_parts(report: str, copy: str) -> tuple[ColumnElement[bool], ...]:
    of_copy = ReportPart.name.startswith(f"{report}/{copy}/", autoescape=True)
    return ReportPart.report_id == report, ReportPart.kind == AUDIO, of_copy


def _due_parts(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ReportPart.kind.in_((WAITING, STALE)), ReportPart.due_at <= now


NEWEST = 2000  # entries of the log


class Vanished(NamedTuple):
    """A call that is gone: its id, and the stamp of its last file."""

    id: int
    stamp: str


class Entered(NamedTuple):
    """An entry of the log: when (ISO), about what, and its detail."""

    at: str
    subject: str
    detail: dict[str, Any]


class Noticed:
    """Queries within one transaction. Each finds all there is: with a limit what was told of already would hide the rest."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def vanished(self, now: datetime) -> list[Vanished]:
        """Return calls that are gone before their moment, by id."""
        early = (Recording.state == "gone", Recording.erase_at > now)
        rows = select(Recording.id, Recording.stamp).where(*early).order_by(Recording.id)
        return [Vanished(*row) for row in self.session.execute(rows)]

    def done(self, action: str) -> list[Entered]:
        """Return those of the newest entries of the log by which this was done, the oldest first."""
        head = self.session.scalar(select(AuditHead.seq).where(AuditHead.id == 1)) or 0
        done = (AuditEntry.seq > head - NEWEST, AuditEntry.outcome == "done", AuditEntry.action == action)
        columns = (AuditEntry.at, AuditEntry.subject, AuditEntry.detail)
        return [Entered(*row) for row in self.session.execute(select(*columns).where(*done).order_by(AuditEntry.seq))]
