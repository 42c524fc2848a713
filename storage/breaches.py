"""Confidential reports, sealed as they are (P13)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from storage.records import Record
from storage.rows import Rows
from storage.tables.breaches import Report, ReportMark, ReportPart, ReportSight

CODE, SESSION, SENT = "code", "session", "sent"
WAITING, TOLD, STALE = "waiting", "told", "stale"
AUDIO, CAUSE = "audio", "cause"
SIGHT_ENDED, KEY_DESTROYED = "sight_ended", "key_destroyed"
COUNTED, NARROWED = "report_counted", "report_narrowed"
"""Kinds of notes for the journal of a report's counter: one may wait for the next, the other must go at once, because
fewer people may read the report.
"""
_PASSES, _MESSAGES = (CODE, SESSION), (WAITING, TOLD, STALE)


class Breaches(Rows):
    """Queries and changes about reports. Nothing here is readable without a report's key."""

    def causes(self, marks: Iterable[str]) -> set[str]:
        """Return those of these keyed marks for which the bot has already made a report itself."""
        reported = select(ReportMark.mark).where(ReportMark.kind == CAUSE)
        return set(self.values(reported, ReportMark.mark, marks))

    def all(self) -> list[Report]:
        """Return every report that was not destroyed, in the order of ids, which says nothing of when they came."""
        return self.rows(Report, by=(Report.id,))

    def sight(self, report: str, marks: Collection[str]) -> ReportSight | None:
        """Return one reader's sight of a report, by the reader's marks."""
        return self.first_row(ReportSight, ReportSight.report_id == report, ReportSight.reader.in_(marks))

    def with_sights(self) -> list[tuple[Report, ReportSight]]:
        """Return every report with each sight of it, in the order of ids."""
        both = select(Report, ReportSight).join(ReportSight, ReportSight.report_id == Report.id)
        return list(self.tuples(both.order_by(Report.id)))

    def sights(self, report: str) -> list[ReportSight]:
        """Return every sight of a report."""
        return self.rows(ReportSight, ReportSight.report_id == report)

    def forget(self, row: Record) -> None:
        """Delete this row of a report."""
        self.session.delete(row)

    def tidy(self, now: datetime) -> None:
        """Delete codes, sessions and answers whose time is over."""
        over = (ReportPart.kind.in_((*_PASSES, SENT)), ReportPart.due_at <= now)
        self.session.execute(delete(ReportPart).where(*over))

    def forget_passes(self) -> None:
        """End every code and session."""
        self.session.execute(delete(ReportPart).where(ReportPart.kind.in_(_PASSES)))

    def due(self, now: datetime, most: int) -> list[ReportPart]:
        """Return messages that must be sent now."""
        return self.rows(ReportPart, *_due_parts(now), by=(ReportPart.name,), most=most)

    def messages(self, report: str = "") -> list[ReportPart]:
        """Return every message about this report, or about all reports by default."""
        theirs = (ReportPart.report_id == report,) if report else ()
        return self.rows(ReportPart, ReportPart.kind.in_(_MESSAGES), *theirs)

    def keep_audio(self, report: str, copy: str, piece: int, sealed: bytes) -> None:
        """Keep a sealed piece of a call as evidence for a report; the same piece sent again replaces the first.

        `copy` is the id of one attempt to copy the call, and `piece` the number of the piece in it.
        """
        name = f"{report}/{copy}/{piece}"
        self.session.merge(ReportPart(name=name, kind=AUDIO, report_id=report, sealed=sealed, number=piece))

    def forget_audio(self, report: str, copy: str) -> None:
        """Delete a copy that never became whole."""
        self.session.execute(delete(ReportPart).where(*_audio_parts(report, copy)))

    def audio(self, report: str, copy: str, piece: int) -> bytes | None:
        """Return a sealed piece of a call that is kept for a report."""
        row = self.row(ReportPart, f"{report}/{copy}/{piece}")
        return row.sealed if row is not None else None

    def pieces(self, report: str, copy: str) -> list[int]:
        """Return which pieces of a copy there are, by number."""
        numbers = select(ReportPart.number).where(*_audio_parts(report, copy))
        return sorted(self.session.scalars(numbers))

    def count(self, report: str, counter: int, *, narrowed: bool) -> None:
        """Leave this counter of a report, by its mark, for the journal; at once if it was `narrowed` to fewer readers."""
        row = self.session.get(ReportMark, report) or ReportMark(mark=report, kind=COUNTED)
        row.counter, row.kind = counter, NARROWED if narrowed else row.kind
        self.session.add(row)

    def journalled(self, taken: Iterable[ReportMark]) -> None:
        """Forget what the journal has taken; a counter that has risen since is still to be told."""
        for one in taken:
            those = (ReportMark.mark == one.mark, ReportMark.counter == one.counter)
            self.session.execute(delete(ReportMark).where(*those))

    def end(self, report: str, counter: int) -> None:
        """Leave word for the journal that the report of this mark is destroyed; no copy with a lower counter opens
        then.
        """
        self.session.merge(ReportMark(mark=report, kind=KEY_DESTROYED, counter=counter))

    def destroy(self, report: Report) -> None:
        """Delete the key first, then all that it opened (P13).

        Messages that must be redrawn stay until they are; the report's key doesn't seal them.
        """
        report.rule_wrap = b""
        self.session.flush()
        self.session.execute(delete(ReportSight).where(ReportSight.report_id == report.id))
        gone = (ReportPart.report_id == report.id, ReportPart.kind != STALE)
        self.session.execute(delete(ReportPart).where(*gone))
        self.session.delete(report)
        self.session.flush()


def _audio_parts(report: str, copy: str) -> tuple[ColumnElement[bool], ...]:
    """Select the pieces of one copy of a call that is kept for a report."""
    of_copy = ReportPart.name.startswith(f"{report}/{copy}/", autoescape=True)
    return ReportPart.report_id == report, ReportPart.kind == AUDIO, of_copy


def _due_parts(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Select messages about reports whose time to be sent or redrawn has come."""
    return ReportPart.kind.in_((WAITING, STALE)), ReportPart.due_at <= now
