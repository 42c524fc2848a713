"""Confidential reports, sealed as they are, and their own log: whoever has no key learns nothing from here (P13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, delete, exists, select, update
from sqlalchemy.orm import Session

from storage.chain import GENESIS
from storage.legible import read_rows
from storage.mending import mended
from storage.pages import pages
from storage.records import Record
from storage.tables.breaches import (
    Report,
    ReportAudio,
    ReportCause,
    ReportDraft,
    ReportDue,
    ReportEntry,
    ReportNotice,
    ReportPass,
    ReportSight,
    ReportTrace,
)

OPEN, CLOSED = "open", "closed"
CODE = "code"  # a pass that was not exchanged yet
A_CODE = timedelta(minutes=2)  # one for which it lasts, and one by which the clocks of two machines may differ
WAITING, TOLD, STALE, LOST = "waiting", "told", "stale", "lost"
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

    def legible(self) -> list[Report]:
        """Those of them that can be read, for whoever sees to all of them."""
        return [one for [one] in read_rows(self.session, select(Report).order_by(Report.id), [Report.id], [])]

    def any(self) -> bool:
        """Whether there is any at all."""
        return self.session.scalar(select(exists().where(Report.id != ""))) or False

    def page(self, after: str, most: int) -> list[Report]:
        """So many reports in the order of ids; the next come `after` the last."""
        return list(self.session.scalars(select(Report).where(Report.id > after).order_by(Report.id).limit(most)))

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

    def log(self, report: str, sealed: bytes) -> None:
        """The next link of the reports' log; `report` is a mark."""
        seq, previous = self.head()
        link = ReportEntry(seq=seq + 1, report=report, sealed=sealed, previous=previous, hash="")
        link.hash = link_hash(link)
        self.session.add(link)
        self.session.flush()

    def logged(self, report: str) -> list[ReportEntry]:
        """The entries of one report, by its mark, the oldest first."""
        theirs = select(ReportEntry).where(ReportEntry.report == report)
        return list(self.session.scalars(theirs.order_by(ReportEntry.seq)))

    def log_marks(self) -> set[str]:
        """The marks of all that the log speaks of."""
        return set(self.session.scalars(select(ReportEntry.report).distinct()))

    def head(self) -> tuple[int, str]:
        """Where that log ends: the number of its entries, and the hash of the last."""
        last = self.session.execute(
            select(ReportEntry.seq, ReportEntry.hash).order_by(ReportEntry.seq.desc()).limit(1)
        ).one_or_none()
        return (last.seq, last.hash) if last else (0, GENESIS)

    def holds(self, entries: int, last: str) -> bool:
        """Whether that log had this end once: so many entries, and this hash of the last."""
        if entries == 0:
            return last == GENESIS
        link = self.session.get(ReportEntry, entries)
        return link is not None and link.hash == last

    def links(self) -> Iterator[ReportEntry]:
        """The whole log, the oldest first, for whoever recomputes it."""
        yield from self.session.scalars(select(ReportEntry).order_by(ReportEntry.seq).execution_options(yield_per=500))

    def passed(self, hashed: str) -> ReportPass | None:
        """A code or a session, by its hash."""
        return self.session.get(ReportPass, hashed)

    def passes(self, report: str) -> list[ReportPass]:
        """Every code and page of a report."""
        return list(self.session.scalars(select(ReportPass).where(ReportPass.report_id == report)))

    def end_passes(self, report: str, holders: Collection[str]) -> None:
        """One person's codes and pages of this report are over, by the marks of whose they are; nobody else's are."""
        theirs = (ReportPass.report_id == report, ReportPass.holder.in_(holders))
        self.session.execute(delete(ReportPass).where(*theirs))

    def draft(self, mark: str) -> ReportDraft | None:
        """What a form was answered."""
        return self.session.get(ReportDraft, mark)

    def forget(self, row: Record) -> None:
        """This row goes."""
        self.session.delete(row)

    def stale(self, now: datetime, longest: timedelta) -> bool:
        """Whether there are drafts or passes whose time is over; a clock that stood ahead made none that last."""
        return any(self.session.scalar(select(exists().where(old))) for _, old in _old(now, longest))

    def tidy(self, now: datetime, longest: timedelta) -> None:
        """Drafts and passes whose time is over go."""
        for kind, old in _old(now, longest):
            self.session.execute(delete(kind).where(old))

    def has_notices(self, now: datetime, longest: timedelta) -> bool:
        """Whether a message is to go out now."""
        return self.session.scalar(select(exists().where(*_come(now, longest)))) or False

    def notices(self, now: datetime, longest: timedelta, most: int) -> list[ReportNotice]:
        """Messages that are to go out now; none waits `longest`, so one that would was put off by a clock that stood ahead."""
        ids = select(ReportNotice.id).where(*_come(now, longest)).order_by(ReportNotice.id)
        return self._whole(ids.limit(most), now)

    def notices_of(self, report: str) -> list[ReportNotice]:
        """Every message about a report that can be read; the others are seen to when they are to go out."""
        theirs = select(ReportNotice).where(ReportNotice.report_id == report)
        return [one for [one] in read_rows(self.session, theirs, [ReportNotice.id], [])]

    def _whole(self, ids: Select[str], now: datetime) -> list[ReportNotice]:
        """Of a message whose row can't be read nobody can read for whom it is, unless it was the moment alone."""
        instead = {"report_id": "", "due_at": now}
        found, _ = mended(self.session, ReportNotice, ReportNotice.id, ids, instead)
        for one in found:
            if not (one.report_id and isinstance(one.sealed, bytes)):
                one.sealed = b""
        return found

    def notices_after(self, after: str, most: int) -> list[ReportNotice]:
        """So many messages in the order of ids; the next come `after` the last."""
        those = select(ReportNotice).where(ReportNotice.id > after).order_by(ReportNotice.id)
        return list(self.session.scalars(those.limit(most)))

    def notice(self, name: str) -> ReportNotice | None:
        """One message."""
        return self.session.get(ReportNotice, name)

    def put_off(self, name: str, until: datetime) -> None:
        """A message that can't go out now."""
        self.session.execute(update(ReportNotice).where(ReportNotice.id == name).values(due_at=until))

    def step(self, report: str, kind: str, due_at: datetime) -> None:
        """Ask the clock for a step, anew where it was asked for before."""
        self.session.merge(ReportDue(report_id=report, kind=kind, due_at=due_at, done=False))

    def steps(self, report: str) -> dict[str, ReportDue]:
        """The steps of a report's clock, by kind."""
        rows = self.session.scalars(select(ReportDue).where(ReportDue.report_id == report))
        return {one.kind: one for one in rows}

    def due(self, now: datetime, kinds: Collection[str]) -> list[ReportDue]:
        """Steps of these kinds whose time has come and that were not taken, the oldest first; none that can't be read."""
        come = (ReportDue.done.is_(False), ReportDue.due_at <= now, ReportDue.kind.in_(kinds))
        steps = select(ReportDue).where(*come).order_by(ReportDue.due_at, ReportDue.report_id, ReportDue.kind)
        return [one for [one] in read_rows(self.session, steps, [ReportDue.report_id, ReportDue.kind], [])]

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

    def rewrite(self) -> None:
        """Have each row written again as it is."""
        self.session.flush()
        for kind in (Report, ReportSight, ReportEntry, ReportDue, ReportNotice, ReportCause):
            table = Record.metadata.tables[kind.__tablename__]
            key = next(iter(table.primary_key))
            self.session.execute(table.update().values({key: key}))

    def destroy(self, report: Report) -> None:
        """The key first, then all that it opened; entries of the log stay as links that nobody can read (P13).

        Messages that are to be drawn anew stay until they are, sealed with no key of the report's.
        """
        report.rule_wrap = b""
        self.session.flush()
        for kind in (ReportSight, ReportPass, ReportDue, ReportAudio):
            self.session.execute(delete(kind).where(kind.report_id == report.id))
        told = (ReportNotice.report_id == report.id, ReportNotice.state != STALE)
        self.session.execute(delete(ReportNotice).where(*told))
        self.session.delete(report)
        self.session.flush()


def _come(now: datetime, longest: timedelta) -> tuple[ColumnElement[bool], ...]:
    late = (ReportNotice.due_at <= now) | (ReportNotice.due_at > now + longest)
    return ReportNotice.state.in_((WAITING, STALE)), late


def link_hash(link: ReportEntry) -> str:
    """SHA-256 over number, report's mark, sealed words and the hash before, by which anybody recomputes the log."""
    told = f"{link.seq}\0{link.report}\0{link.previous}\0".encode()
    return sha256(told + link.sealed).hexdigest()


def broken_at(links: Sequence[ReportEntry] | Iterator[ReportEntry]) -> int:
    """The number of the first link that does not follow the one before it, or was changed; 0 where all hold."""
    previous = GENESIS
    for seq, link in enumerate(links, 1):
        if link.seq != seq or link.previous != previous or link_hash(link) != link.hash:
            return seq
        previous = link.hash
    return 0


def _old(now: datetime, longest: timedelta) -> Iterator[tuple[type[Record], ColumnElement[bool]]]:
    for kind in (ReportDraft, ReportPass):
        yield kind, (kind.ends_at <= now) | (kind.ends_at > now + longest)
    unused = (ReportPass.kind == CODE) & ReportPass.used.is_(False)
    yield ReportPass, unused & (ReportPass.ends_at > now + A_CODE)
