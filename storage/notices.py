"""Confirmations of notices, what their pages were seen to say, and outages of the announcement, within one transaction (P3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from storage.absences import Down, entered_anew, entered_from
from storage.records import OPEN, Recording, Request, RequestedRecording
from storage.tables.reviews import CallReview, NoticeCheck, Outage, PageLook


class Notices:
    """Queries and changes about confirmations of notices and about looks at their pages."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, check: NoticeCheck) -> None:
        """Store a new one."""
        self.session.add(check)
        self.session.flush()

    def get(self, matter: str) -> NoticeCheck | None:
        """One of them; the caller decides who may know of it."""
        return self.session.get(NoticeCheck, matter)

    def open(self) -> list[NoticeCheck]:
        """Those that wait for somebody, the oldest first."""
        open_ones = select(NoticeCheck).where(NoticeCheck.state.in_(OPEN))
        return list(self.session.scalars(open_ones.order_by(NoticeCheck.asked_at, NoticeCheck.id)))

    def last(self, notice: str, states: Sequence[str] = ("confirmed",)) -> NoticeCheck | None:
        """The one of a notice that ended last in one of these states."""
        mine = select(NoticeCheck).where(NoticeCheck.notice == notice, NoticeCheck.state.in_(states))
        return self.session.scalars(mine.order_by(NoticeCheck.closed_at.desc()).limit(1)).first()

    def look(self, look: PageLook) -> None:
        """The pages are seen to say something else from now on."""
        self.session.add(look)
        self.session.flush()

    def looked(self) -> PageLook | None:
        """What the pages were seen to say last."""
        return self.session.scalars(select(PageLook).order_by(PageLook.number.desc()).limit(1)).first()

    def seen(self, look: str) -> PageLook | None:
        """One look."""
        return self.session.get(PageLook, look)


class Outages:
    """Queries and changes about outages."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def covers(self, line: str, day: date) -> bool:
        """Whether one of them counts on a line's own day."""
        down = (one for one in entered_from(self.session).down if one.first <= day <= one.last)
        return any(not one.lines or line in one.lines for one in down)

    def get(self, outage: str) -> Outage | None:
        """One of them, also one that was taken back."""
        return self.session.get(Outage, outage)

    def all(self) -> list[Outage]:
        """Every one, also those that were taken back, the newest days first."""
        return list(self.session.scalars(select(Outage).order_by(Outage.last.desc(), Outage.id)))

    def add(self, outage: Outage) -> None:
        """It counts from now on."""
        self.session.add(outage)
        entered_anew(self.session)

    def end(self, outage: Outage, person: int, why: str, now: datetime) -> None:
        """It was a mistake, and counts no more."""
        outage.ended_by, outage.ended_why, outage.ended_at = person, why, now
        entered_anew(self.session)

    def revision(self) -> tuple[int, int]:
        """Another pair after each change, as `Absences.revision` tells it."""
        counted = select(func.count(Outage.id), func.count(Outage.ended_at))
        entered, ended = self.session.execute(counted).one()
        return entered, ended

    def calls(self, outage: Outage | Down) -> int:
        """How many calls of the register are of it, whatever became of them."""
        return int(self.session.scalar(select(func.count(Recording.id)).where(_within_outage(outage))) or 0)

    def drawn(self, outage: Outage | Down) -> int:
        """How many of them were drawn for review, and nobody has reviewed yet."""
        named = select(func.count(CallReview.id)).join(
            RequestedRecording, RequestedRecording.request_id == CallReview.id
        )
        calls = named.join(Recording, Recording.id == RequestedRecording.recording_id)
        return int(self.session.scalar(calls.where(CallReview.state.in_(OPEN), _within_outage(outage))) or 0)

    def requests(self, outage: Outage) -> list[Request]:
        """Requests that wait for a decision and name a call of it."""
        named = select(RequestedRecording.request_id).join(Recording, Recording.id == RequestedRecording.recording_id)
        open_ones = select(Request).where(Request.state.in_(OPEN), Request.id.in_(named.where(_within_outage(outage))))
        return list(self.session.scalars(open_ones.order_by(Request.asked_at, Request.id)))


def _within_outage(outage: Outage | Down) -> ColumnElement[bool]:
    days = Recording.local_day.between(outage.first.isoformat(), outage.last.isoformat())
    lines: Iterable[str] = outage.lines
    return or_(*(and_(Recording.line == one, days) for one in lines))
