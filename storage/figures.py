"""The month in numbers, by named queries: each answers one question about the moments from `since` on and before `until` (aware)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.figures_erased import ErasedFigures
from storage.figures_heard import HeardFigures
from storage.pages import pages
from storage.records import Matter, Request, RequestedRecording
from storage.tables.concerned import Concerned
from storage.tables.customers import CustomerLink, CustomerRequest
from storage.tables.declined import DeclinedRecording
from storage.tables.erasures import Keep

CAME_BACK = ("bounced", "wrong_address")
"""How a link ended whose mail did not reach its customer."""


@dataclass(frozen=True, slots=True)
class StaffAsked:
    """A request of staff, or on the longer form an investigation; `closed_at` is when it was decided, taken back or lapsed."""

    id: str
    longer: bool
    state: str
    line: str
    asked_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CustomerAsked:
    """A customer's request; `came_back`: a mail of it did. The other fields are those of its row."""

    id: str
    state: str
    line: str
    outcome: str
    received_at: datetime
    due_at: datetime | None
    decided_at: datetime | None
    answered_at: datetime | None
    missed_at: datetime | None
    closed_at: datetime | None
    came_back: bool


class Figures:
    """Queries within one transaction. What of it may be counted is for the caller."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.erased, self.heard = ErasedFigures(session), HeardFigures(session)

    def asked_by_staff(self, since: datetime, until: datetime) -> list[StaffAsked]:
        """Requests for access that were asked or closed in that time, or were open at its end."""
        columns = (Request.id, Request.longer, Request.state, Request.line, Request.asked_at, Request.due_at)
        query = select(*columns, Request.closed_at).where(*_alive(Request.asked_at, Request.closed_at, since, until))
        rows = self.session.execute(query.order_by(Request.asked_at, Request.id))
        return [StaffAsked(*row) for row in rows]

    def asked_by_customers(self, since: datetime, until: datetime) -> list[CustomerAsked]:
        """Customers' requests that were received, answered, closed or due in that time, or were open at its end."""
        one = CustomerRequest
        back = exists().where(CustomerLink.matter_id == one.id, CustomerLink.state.in_(CAME_BACK))
        columns = (one.id, one.state, one.line, one.outcome, one.received_at, one.due_at, one.decided_at)
        moments = (one.answered_at, one.missed_at, one.closed_at)
        alive = or_(one.closed_at.is_(None), one.closed_at >= since, one.due_at >= since)
        query = select(*columns, *moments, back).where(one.received_at < until, alive)
        return [CustomerAsked(*row) for row in self.session.execute(query.order_by(one.received_at, one.id))]

    def concerning(self) -> list[tuple[str, datetime | None]]:
        """Every matter that names somebody it concerns, and when it was closed."""
        named = select(Matter.id, Matter.closed_at).where(exists().where(Concerned.matter_id == Matter.id))
        return [(matter, closed_at) for matter, closed_at in self.session.execute(named)]

    def declines_on(self, matters: Collection[str]) -> frozenset[str]:
        """Declines of calls that these matters asked for or keep."""
        found: set[str] = set()
        for some in pages(matters):
            asked = select(RequestedRecording.recording_id).where(RequestedRecording.request_id.in_(some))
            kept = select(Keep.recording_id).where(Keep.matter_id.in_(some))
            calls = DeclinedRecording.recording_id.in_(asked.union(kept))
            found.update(self.session.scalars(select(DeclinedRecording.matter_id).where(calls)))
        return frozenset(found)


def _alive(
    began: InstrumentedAttribute[datetime], closed: InstrumentedAttribute[datetime | None], since: datetime, until: datetime
) -> tuple[ColumnElement[bool], ...]:  # fmt: skip
    return began < until, or_(closed.is_(None), closed >= since)
