"""What the database itself shows that somebody ought to look at: read only (P13)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from storage.erasures import late
from storage.legible import read_rows
from storage.records import Grant, Recording, RequestedRecording
from storage.tables.declined import Declined, DeclinedRecording
from storage.tables.draws import CallReview
from storage.tables.erasures import Erasure
from storage.tables.log import NUMBERED, AuditEntry, AuditHead

NEWEST = 2000  # entries of the log
_ENTERED = (AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.subject, AuditEntry.detail)


class Vanished(NamedTuple):
    """A call that is gone: its id, which of the calls under its name it was, and what lay there last."""

    id: int
    version: int
    stamp: str


class Changed(NamedTuple):
    """A call that became another one under a grant, and the matter that led to that grant."""

    grant: str
    matter: str
    call: int


class AfterTheCall(NamedTuple):
    """A finished call whose customer had declined: the matter, the call, and whose it was (an address in normal form)."""

    matter: str
    recording: int | None
    operator_key: str


class Entered(NamedTuple):
    """An entry of the log: when (ISO), who did what to what, and its detail."""

    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


class Noticed:
    """Queries within one transaction. Each finds all there is: with a limit what was told of already would hide the rest."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def late(self, since: datetime, now: datetime) -> dict[str, datetime]:
        """Erasures that could go before `since` and are not done, with their moments; none that something keeps or stops."""
        rows = select(Erasure.id, Erasure.moment).where(*late(since, now)).order_by(Erasure.moment, Erasure.id)
        return {name: moment for name, moment in self.session.execute(rows)}  # noqa: C416  Row is no pair

    def vanished(self, now: datetime) -> list[Vanished]:
        """Calls that are gone before their moment, by id."""
        early = (Recording.state == "gone", Recording.erase_at > now)
        rows = select(Recording.id, Recording.version, Recording.stamp).where(*early).order_by(Recording.id)
        return [Vanished(*row) for row in self.session.execute(rows)]

    def declined(self) -> list[AfterTheCall]:
        """Calls whose customers declined and that were recorded all the same: it was said afterwards, or nothing was ever off (P5)."""
        both = select(Declined.id, DeclinedRecording.recording_id, Declined.operator_key).join(
            DeclinedRecording, DeclinedRecording.matter_id == Declined.id
        )
        to_the_end = and_(Declined.live == "over", Declined.stopped_at.is_(None))
        rows = both.where(or_(Declined.how == "afterwards", to_the_end)).order_by(Declined.id, DeclinedRecording.id)
        found: dict[str, AfterTheCall] = {}
        for matter, number, whose in self.session.execute(rows):
            found.setdefault(matter, AfterTheCall(matter, number, whose))
        return [*found.values()]

    def untold(self) -> list[tuple[str, int, str]]:
        """Reviews of outgoing calls whose callers were not told of the recording, with the call and the address of whoever was on it (P3)."""
        both = select(CallReview.id, Recording.id, Recording.operator_key).join(
            Recording, Recording.id == CallReview.recording_id
        )
        return [(*one,) for one in self.session.execute(both.where(CallReview.told == "no").order_by(CallReview.id))]

    def changed(self, since: datetime) -> list[Changed]:
        """Grants that ended since then because a call of theirs became another one, with their matter and each call that did so under them."""
        mine = RequestedRecording.request_id == Grant.matter_id
        under = (Grant.ended_why == "call_changed", Grant.ended_at >= since)
        query = (
            select(Grant.id, Grant.matter_id, RequestedRecording.recording_id)
            .join(RequestedRecording, mine)
            .where(*under, RequestedRecording.changed_at >= Grant.starts_at)
            .order_by(Grant.ended_at, Grant.id, RequestedRecording.place)
        )
        return [Changed(*row) for row in self.session.execute(query)]

    def refused(self, whys: frozenset[str]) -> list[Entered]:
        """Among the newest entries of the log those that were refused for one of these causes, the oldest first."""
        return [one for one in self._newest(AuditEntry.outcome == "refused") if one.detail.get("why") in whys]

    def done(self, action: str) -> list[Entered]:
        """Among the newest entries of the log those by which this was done, the oldest first."""
        return self._newest(AuditEntry.outcome == "done", AuditEntry.action == action)

    def _newest(self, *which: ColumnElement[bool]) -> list[Entered]:
        """One that can't be read keeps no other from being seen: it was changed by hand, as the chain tells."""
        head = self.session.scalar(select(AuditHead.seq).where(AuditHead.id == 1)) or 0
        newest = select(*_ENTERED).where(NUMBERED, AuditEntry.seq > head - NEWEST, *which).order_by(AuditEntry.seq)
        rows = (Entered(*row) for row in read_rows(self.session, newest, [AuditEntry.seq], []))
        return [one for one in rows if isinstance(one.detail, dict)]
