"""The month in numbers: what was heard and why, what reviewers made of drawn calls, and which notices were confirmed (P3, P10, P11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from storage.pages import pages
from storage.records import Grant, Listening, Matter, Party, Request
from storage.served import served
from storage.tables.customers import CustomerListening
from storage.tables.draws import CallReview, Draw
from storage.tables.notices import NoticeAnswer, NoticeCheck

_REQUESTS, _MATTERS = Request.__table__, Matter.__table__
LAST_WORDS = timedelta(minutes=1)
"""For so long after access ended a page may still tell what was heard before."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A call that one person had for a matter; `seconds` of it were heard in all. Without `reason` it is no request's."""

    matter: str
    kind: str
    reason: str
    longer: bool
    person: int
    recording: int
    seconds: float


@dataclass(frozen=True, slots=True)
class HadByCustomer:
    """What customers had of a call for a request. `kind`: played or downloaded."""

    matter: str
    recording: int
    kind: str
    seconds: float


@dataclass(frozen=True, slots=True)
class DrawnCall:
    """A call that a draw gave to a reviewer; `heard`: its audio was."""

    id: str
    draw: str
    department: str
    state: str
    closed_at: datetime | None
    heard: bool


@dataclass(frozen=True, slots=True)
class DrawOf:
    """A draw, and how many calls each department's list had."""

    id: str
    review_until: datetime | None
    lists: dict[str, int]


@dataclass(frozen=True, slots=True)
class NoticeOf:
    """A notice that was to be confirmed: how it ended, if it did, and by whom as what (`role`)."""

    id: str
    notice: str
    state: str
    asked_at: datetime
    closed_at: datetime | None
    role: str


class HeardFigures:
    """Queries within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def by_staff(self, since: datetime, until: datetime) -> list[Heard]:
        """What members of staff had in that time, each matter, person and call once.

        That somebody had it is what left the house, as the audit log holds it; for how long is what the page told.
        """
        over = func.coalesce(Grant.ended_at, Grant.ends_at)
        columns = (_MATTERS.c.kind, func.coalesce(_REQUESTS.c.reason, ""), func.coalesce(_REQUESTS.c.longer, false()))
        query = (
            select(Grant.id, Grant.matter_id, *columns, Grant.person_id)
            .join(_MATTERS, _MATTERS.c.id == Grant.matter_id)
            .join(_REQUESTS, _REQUESTS.c.id == Grant.matter_id, isouter=True)
            .where(Grant.starts_at < until, over >= since - LAST_WORDS)
        )
        rows = self.session.execute(query)
        given = {grant: (matter, kind, why, longer, who) for grant, matter, kind, why, longer, who in rows}
        seconds = self._seconds(since, until)
        had = dict.fromkeys(
            (*served(self.session, given, (since, until)), *(one for one in seconds if one[0] in given))
        )
        return [Heard(*given[grant], call, seconds.get((grant, call), 0.0)) for grant, call in sorted(had)]

    def by_customers(self, since: datetime, until: datetime) -> list[HadByCustomer]:
        """What customers heard or downloaded in that time, each call and matter once for each of the two."""
        each = (CustomerListening.matter_id, CustomerListening.recording_id, CustomerListening.kind)
        query = select(*each, func.sum(CustomerListening.end - CustomerListening.start))
        during = query.where(CustomerListening.at >= since, CustomerListening.at < until)
        return [HadByCustomer(*row) for row in self.session.execute(during.group_by(*each).order_by(*each))]

    def draws(self, since: datetime, until: datetime) -> list[DrawOf]:
        """Draws that were begun in that time, whichever month's calls they are of."""
        those = select(Draw).where(Draw.asked_at >= since, Draw.asked_at < until).order_by(Draw.asked_at, Draw.id)
        return [
            DrawOf(
                one.id, one.review_until, {name: len(part["calls"]) for name, part in one.frozen["departments"].items()}
            )
            for one in self.session.scalars(those)
        ]

    def drawn(self, draws: Iterable[str]) -> list[DrawnCall]:
        """Every call that these draws gave to somebody; those that were passed on or lost are not among them."""
        given = CallReview.state.in_(("waiting", "stuck", "reviewed", "over"))
        query = select(CallReview).where(given).order_by(CallReview.draw_id, CallReview.department, CallReview.id)
        found = [
            one for some in pages(draws) for one in self.session.scalars(query.where(CallReview.draw_id.in_(some)))
        ]
        heard = self._heard(one.id for one in found)
        return [
            DrawnCall(one.id, one.draw_id, one.department, one.state, one.closed_at, one.id in heard) for one in found
        ]

    def notices(self, since: datetime, until: datetime) -> list[NoticeOf]:
        """Notices that were confirmed, answered no or asked for in that time, or still waited at its end."""
        alive = or_(NoticeCheck.closed_at.is_(None), NoticeCheck.closed_at >= since)
        query = select(NoticeCheck).where(NoticeCheck.asked_at < until, alive, NoticeCheck.state != "over")
        found = list(self.session.scalars(query.order_by(NoticeCheck.asked_at, NoticeCheck.id)))
        roles = self._answered_as(one.id for one in found)
        return [
            NoticeOf(one.id, one.notice, one.state, one.asked_at, one.closed_at, roles.get(one.id, "")) for one in found
        ]

    def _seconds(self, since: datetime, until: datetime) -> dict[tuple[str, int], float]:
        each = (Listening.grant_id, Listening.recording_id)
        query = select(*each, func.sum(Listening.end - Listening.start)).group_by(*each)
        rows = self.session.execute(query.where(Listening.at >= since, Listening.at < until))
        return {(grant, call): seconds for grant, call, seconds in rows}

    def _heard(self, matters: Iterable[str]) -> set[str]:
        given: dict[str, str] = {}
        for some in pages(matters):
            rows = self.session.execute(select(Grant.id, Grant.matter_id).where(Grant.matter_id.in_(some)))
            given |= {grant: matter for grant, matter in rows}  # noqa: C416  Row is no pair
        return {given[grant] for grant, _ in served(self.session, given)}

    def _answered_as(self, matters: Iterable[str]) -> dict[str, str]:
        """In which role whoever answered last was asked."""
        mine = (Party.matter_id == NoticeAnswer.matter_id) & (Party.person_id == NoticeAnswer.person_id)
        query = select(NoticeAnswer.matter_id, Party.role).join(Party, mine).order_by(NoticeAnswer.id)
        rows = (self.session.execute(query.where(NoticeAnswer.matter_id.in_(some))) for some in pages(matters))
        return {matter: role for some in rows for matter, role in some}
