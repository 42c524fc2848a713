"""The month in numbers, by named queries: each answers one question about the moments from `since` on and before an end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.erasures import HOLD, WITH_MOMENT
from storage.grants import served
from storage.prefetch import pages
from storage.records import OPEN, Grant, Listening, Matter, Party, Recording, Request, RequestedRecording
from storage.tables.calls import DeclinedRecording, Erasure, ErasurePause, Hold, Keep, UnregisteredFile
from storage.tables.customers import CustomerLetter, CustomerRequest
from storage.tables.reviews import CallReview, Draw, NoticeCheck

CAME_BACK = ("bounced", "wrong_address")
"""How a link ended whose mail did not reach its customer."""


class Figures:
    """Queries within one transaction. What of it may be counted is for the caller."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.erased, self.heard = ErasedFigures(session), HeardFigures(session)

    def asked_by_staff(self, since: datetime, until: datetime) -> list[Request]:
        """Requests for access that were asked or closed in that time, or were open at its end."""
        query = select(Request).where(*_alive(Request.asked_at, Request.closed_at, since, until))
        return list(self.session.scalars(query.order_by(Request.asked_at, Request.id)))

    def asked_by_customers(self, since: datetime, until: datetime) -> list[CustomerRequest]:
        """Customers' requests that were received, answered, closed or due in that time, or were open at its end."""
        one = CustomerRequest
        alive = or_(one.closed_at.is_(None), one.closed_at >= since, one.due_at >= since)
        found = [each for each in self.session.scalars(select(one).where(alive)) if each.received_at < until]
        return sorted(found, key=lambda each: (each.received_at, each.id))

    def came_back(self, matter: str) -> bool:
        """Whether a mail of a customer's request did not reach its customer."""
        back = exists().where(CustomerLetter.matter_id == matter, CustomerLetter.link.in_(CAME_BACK))
        return self.session.scalar(select(back)) or False

    def concerning(self) -> list[tuple[str, datetime | None]]:
        """Every matter that names somebody it concerns, and when it was closed."""
        found = (self.session.scalars(query) for query in (select(Request).where(Request.longer), select(Hold)))
        return [(one.id, one.closed_at) for one in chain.from_iterable(found) if one.concerned]

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


@dataclass(frozen=True, slots=True)
class ErasureDue:
    """An erasure whose moment came; `done_at` is when it ended, and `vanished` that nothing could be certified."""

    id: str
    recording: int
    why: str
    moment: datetime
    done_at: datetime | None
    vanished: bool
    trouble: str
    tries: int
    pause: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What kept a call: a hold, a request or a copy (`why`), until when as far as is known; None while it goes on."""

    recording: int
    matter: str
    why: str
    since: datetime
    until: datetime | None


class ErasedFigures:
    """Queries within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def due(self, since: datetime, until: datetime) -> list[ErasureDue]:
        """Erasures whose moment came in that time, done or not, by their moment."""
        done = func.coalesce(Erasure.erased_at, Erasure.vanished_at)
        columns = (
            Erasure.id,
            Erasure.recording_id,
            Erasure.why,
            Erasure.moment,
            done,
            Erasure.vanished_at.is_not(None),
        )
        query = select(*columns, Erasure.trouble, Erasure.tries, Erasure.pause)
        those = query.where(Erasure.moment >= since, Erasure.moment < until).order_by(Erasure.moment, Erasure.id)
        return [ErasureDue(*row) for row in self.session.execute(those)]

    def unbegun(self, since: datetime, until: datetime) -> list[tuple[int, datetime]]:
        """Calls whose moment lies in that time and that nobody closed yet, or whose moment is yet to come: number and moment."""
        those = (Recording.state.in_(WITH_MOMENT), Recording.erase_at >= since, Recording.erase_at < until)
        begun = exists().where(Erasure.recording_id == Recording.id, Erasure.why == "retention")
        rows = self.session.execute(
            select(Recording.id, Recording.erase_at).where(*those, ~begun).order_by(Recording.erase_at, Recording.id)
        )
        return [(call, moment) for call, moment in rows if moment is not None]

    def kept(self, recordings: Iterable[int], now: datetime) -> list[Kept]:
        """What keeps or kept these calls, as it stands at `now`."""
        query = (
            select(Keep, Matter).join(Matter, Matter.id == Keep.matter_id).order_by(Keep.recording_id, Keep.matter_id)
        )
        found = [
            (keep, matter) for some in pages(recordings)
            for keep, matter in self.session.execute(query.where(Keep.recording_id.in_(some)))
        ]  # fmt: skip
        heard = self._access_ends({matter.id for _, matter in found})
        return [_kept(keep, matter, heard.get(matter.id, []), now) for keep, matter in found]

    def held_by(self, holds: Iterable[str], at: datetime) -> set[int]:
        """The calls that these holds kept at a moment (aware)."""
        on = (Keep.why == HOLD, Keep.since < at, or_(Keep.ended_at.is_(None), Keep.ended_at >= at))
        rows = (
            self.session.scalars(select(Keep.recording_id).where(Keep.matter_id.in_(some), *on))
            for some in pages(holds)
        )
        return {call for some in rows for call in some}

    def holds(self, since: datetime, until: datetime) -> list[Hold]:
        """Holds that were begun or ended in that time, or kept calls at its end."""
        alive = _alive(Hold.asked_at, Hold.closed_at, since, until)
        return list(self.session.scalars(select(Hold).where(*alive).order_by(Hold.asked_at, Hold.id)))

    def pauses(self, since: datetime, until: datetime) -> list[ErasurePause]:
        """Pauses of erasures that began in that time, and those that the erasures of that time belong to."""
        used = exists().where(Erasure.pause == ErasurePause.id, Erasure.moment >= since, Erasure.moment < until)
        mine = or_((ErasurePause.asked_at >= since) & (ErasurePause.asked_at < until), used)
        query = select(ErasurePause).where(mine).order_by(ErasurePause.asked_at, ErasurePause.id)
        return list(self.session.scalars(query))

    def files(self, since: datetime, until: datetime) -> int:
        """How many files came in that time that could not be registered."""
        came = (UnregisteredFile.first_seen >= since, UnregisteredFile.first_seen < until)
        return self.session.scalar(select(func.count()).select_from(UnregisteredFile).where(*came)) or 0

    def _access_ends(self, matters: Iterable[str]) -> dict[str, list[datetime]]:
        """When whatever these matters led to can be heard or fetched no more."""
        found: dict[str, list[datetime]] = {}
        for some in pages(matters):
            heard = select(Grant.matter_id, func.coalesce(Grant.ended_at, Grant.ends_at)).where(
                Grant.matter_id.in_(some)
            )
            links = select(CustomerLetter.matter_id, func.coalesce(CustomerLetter.fetched_at, CustomerLetter.ends_at))
            for query in (heard, links.where(CustomerLetter.matter_id.in_(some))):
                for matter, at in self.session.execute(query):
                    found.setdefault(matter, []).append(at)
        return found


def _kept(keep: Keep, matter: Matter, heard: list[datetime], now: datetime) -> Kept:
    """One of a request or a copy counts no longer than that waits, or what it led to may be heard or fetched."""
    until: datetime | None = min(keep.ended_at or keep.ends_at, keep.ends_at)
    if keep.why != HOLD and matter.state not in OPEN:
        last = max([one for one in (matter.closed_at, *heard) if one is not None], default=keep.ends_at)
        until = min(until or last, last)
    going_on = keep.ended_at is None and until is not None and until > now
    return Kept(keep.recording_id, keep.matter_id, keep.why, keep.since, None if going_on else until)


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


def _asked_for(matter: Matter) -> tuple[str, bool]:
    """For which reason access was asked, and whether on the longer form."""
    return (matter.reason, matter.longer) if isinstance(matter, Request) else ("", False)


class HeardFigures:
    """Queries within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def by_staff(self, since: datetime, until: datetime) -> list[Heard]:
        """What members of staff had in that time, each matter, person and call once.

        That somebody had it is what left the house, as the audit log holds it; for how long is what the page told.
        """
        over = func.coalesce(Grant.ended_at, Grant.ends_at)
        query = select(Grant, Matter).join(Matter, Matter.id == Grant.matter_id)
        rows = self.session.execute(query.where(Grant.starts_at < until, over >= since - LAST_WORDS))
        given = {grant.id: (matter.id, matter.kind, *_asked_for(matter), grant.person_id) for grant, matter in rows}
        seconds = self._seconds(since, until)
        had = dict.fromkeys(
            (*served(self.session, given, (since, until)), *(one for one in seconds if one[0] in given))
        )
        return [Heard(*given[grant], call, seconds.get((grant, call), 0.0)) for grant, call in sorted(had)]

    def by_customers(self, since: datetime, until: datetime) -> list[HadByCustomer]:
        """What customers heard or downloaded in that time, each call and matter once for each of the two."""
        each = (Listening.matter_id, Listening.recording_id, Listening.kind)
        query = select(*each, func.sum(Listening.end - Listening.start))
        during = query.where(Listening.letter_id.is_not(None), Listening.at >= since, Listening.at < until)
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
        query = select(CallReview).where(given)
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
        roles = self._answered_as(found)
        return [
            NoticeOf(one.id, one.notice, one.state, one.asked_at, one.closed_at, roles.get(one.id, "")) for one in found
        ]

    def _seconds(self, since: datetime, until: datetime) -> dict[tuple[str, int], float]:
        each = (Listening.grant_id, Listening.recording_id)
        query = select(*each, func.sum(Listening.end - Listening.start)).group_by(*each)
        during = (Listening.grant_id.is_not(None), Listening.at >= since, Listening.at < until)
        rows = self.session.execute(query.where(*during))
        return {(grant, call): seconds for grant, call, seconds in rows if grant is not None}

    def _heard(self, matters: Iterable[str]) -> set[str]:
        given: dict[str, str] = {}
        for some in pages(matters):
            rows = self.session.execute(select(Grant.id, Grant.matter_id).where(Grant.matter_id.in_(some)))
            given |= {grant: matter for grant, matter in rows}  # noqa: C416  Row is no pair
        return {given[grant] for grant, _ in served(self.session, given)}

    def _answered_as(self, checks: Sequence[NoticeCheck]) -> dict[str, str]:
        """In which role whoever answered was asked."""
        who = {(one.id, one.decided_by) for one in checks}
        query = select(Party.matter_id, Party.person_id, Party.role)
        rows = (
            self.session.execute(query.where(Party.matter_id.in_(some))) for some in pages(one.id for one in checks)
        )
        return {matter: role for some in rows for matter, person, role in some if (matter, person) in who}
