"""A month's matters, erasures and listenings, from which its numbers are counted: of the moments from `since` on and before an end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from storage.erasures import HOLD, WITH_MOMENT
from storage.grants import audio_served
from storage.records import OPEN, Grant, Listening, Matter, Party, Recording, Request, RequestedRecording
from storage.rows import id_pages
from storage.tables.calls import DeclinedRecording, Erasure, Hold, Keep, UnregisteredFile
from storage.tables.customers import CustomerLetter, CustomerRequest
from storage.tables.reviews import CallReview

CAME_BACK = ("bounced", "wrong_address")
"""How a link ended whose mail did not reach its customer."""
LAST_WORDS = timedelta(minutes=1)
"""For so long after access ended a page may still tell what was heard before."""
M = TypeVar("M", bound=Matter)


@dataclass(frozen=True, slots=True)
class Kept:
    """What kept a call: a hold, a request or a copy (`why`), until when as far as is known; None while it goes on."""

    recording: int
    matter: str
    why: str
    until: datetime | None


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


class Figures:
    """Queries within one transaction. What of it may be counted is for the caller."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def matters(self, kind: type[M], since: datetime, until: datetime) -> list[M]:
        """Matters of a kind that were asked or closed in that time, or were open at its end; oldest first."""
        alive = (kind.asked_at < until, or_(kind.closed_at.is_(None), kind.closed_at >= since))
        return list(self.session.scalars(select(kind).where(*alive).order_by(kind.asked_at, kind.id)))

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
        for some in id_pages(matters):
            asked = select(RequestedRecording.recording_id).where(RequestedRecording.request_id.in_(some))
            kept = select(Keep.recording_id).where(Keep.matter_id.in_(some))
            calls = DeclinedRecording.recording_id.in_(asked.union(kept))
            found.update(self.session.scalars(select(DeclinedRecording.matter_id).where(calls)))
        return frozenset(found)

    def erasures(self, since: datetime, until: datetime) -> list[Erasure]:
        """Erasures whose moment came in that time, done or not, by their moment."""
        those = select(Erasure).where(Erasure.moment >= since, Erasure.moment < until)
        return list(self.session.scalars(those.order_by(Erasure.moment, Erasure.id)))

    def unbegun(self, since: datetime, until: datetime) -> list[tuple[int, datetime]]:
        """Calls whose moment is in that time and that nobody closed yet, or whose moment is yet to come: number and moment."""
        those = (Recording.state.in_(WITH_MOMENT), Recording.erase_at >= since, Recording.erase_at < until)
        begun = exists().where(Erasure.recording_id == Recording.id, Erasure.why == "retention")
        query = select(Recording.id, Recording.erase_at).where(*those, ~begun)
        rows = self.session.execute(query.order_by(Recording.erase_at, Recording.id))
        return [(call, moment) for call, moment in rows if moment is not None]

    def kept(self, recordings: Iterable[int], now: datetime) -> list[Kept]:
        """What keeps or kept these calls, as it is at `now`."""
        query = select(Keep, Matter).join(Matter, Matter.id == Keep.matter_id)
        ordered = query.order_by(Keep.recording_id, Keep.matter_id)
        rows = (self.session.execute(ordered.where(Keep.recording_id.in_(some))) for some in id_pages(recordings))
        found = [(keep, matter) for some in rows for keep, matter in some]
        ends = self._access_ends({matter.id for _, matter in found})
        return [_how_long_kept(keep, matter, ends.get(matter.id, []), now) for keep, matter in found]

    def held_by(self, holds: Iterable[str], at: datetime) -> set[int]:
        """The calls that these holds kept at a moment (aware)."""
        on = (Keep.why == HOLD, Keep.since < at, or_(Keep.ended_at.is_(None), Keep.ended_at >= at))
        query = select(Keep.recording_id).where(*on)
        rows = (self.session.scalars(query.where(Keep.matter_id.in_(some))) for some in id_pages(holds))
        return set(chain.from_iterable(rows))

    def files(self, since: datetime, until: datetime) -> int:
        """How many files came in that time that could not be registered."""
        came = (UnregisteredFile.first_seen >= since, UnregisteredFile.first_seen < until)
        return self.session.scalar(select(func.count()).select_from(UnregisteredFile).where(*came)) or 0

    def heard_by_staff(self, since: datetime, until: datetime) -> list[Heard]:
        """What members of staff had in that time, each matter, person and call once.

        That somebody had it is what left the house, as the audit log holds it; for how long is what the page told.
        """
        over = func.coalesce(Grant.ended_at, Grant.ends_at)
        query = select(Grant, Matter).join(Matter, Matter.id == Grant.matter_id)
        rows = self.session.execute(query.where(Grant.starts_at < until, over >= since - LAST_WORDS))
        given = {grant.id: (matter.id, matter.kind, *_asked_for(matter), grant.person_id) for grant, matter in rows}
        seconds = self._seconds_heard(since, until)
        had = {*audio_served(self.session, given, (since, until)), *(one for one in seconds if one[0] in given)}
        return [Heard(*given[grant], call, seconds.get((grant, call), 0.0)) for grant, call in sorted(had)]

    def heard_by_customers(self, since: datetime, until: datetime) -> list[HadByCustomer]:
        """What customers heard or downloaded in that time, each call and matter once for each of the two."""
        each = (Listening.matter_id, Listening.recording_id, Listening.kind)
        query = select(*each, func.sum(Listening.end - Listening.start))
        during = query.where(Listening.letter_id.is_not(None), Listening.at >= since, Listening.at < until)
        return [HadByCustomer(*row) for row in self.session.execute(during.group_by(*each).order_by(*each))]

    def drawn(self, draws: Iterable[str]) -> list[CallReview]:
        """Every call that these draws gave to somebody; those that were passed on or lost are not among them."""
        query = select(CallReview).where(CallReview.state.in_((*OPEN, "reviewed", "over")))
        rows = (
            self.session.scalars(query.where(CallReview.begun_by.is_(None), CallReview.draw_id.in_(some)))
            for some in id_pages(draws)
        )
        return list(chain.from_iterable(rows))

    def heard(self, matters: Iterable[str]) -> set[str]:
        """Those of these matters whose audio somebody had."""
        given: dict[str, str] = {}
        for some in id_pages(matters):
            rows = self.session.execute(select(Grant.id, Grant.matter_id).where(Grant.matter_id.in_(some)))
            given |= {grant: matter for grant, matter in rows}  # noqa: C416  Row is no pair
        return {given[grant] for grant, _ in audio_served(self.session, given)}

    def decided_as(self, matters: Sequence[Matter]) -> dict[str, str]:
        """In which role whoever decided each of these matters had been asked."""
        who = {(one.id, one.decided_by) for one in matters}
        query = select(Party.matter_id, Party.person_id, Party.role)
        rows = (
            self.session.execute(query.where(Party.matter_id.in_(some))) for some in id_pages(one.id for one in matters)
        )
        return {matter: role for some in rows for matter, person, role in some if (matter, person) in who}

    def _access_ends(self, matters: Iterable[str]) -> dict[str, list[datetime]]:
        """When whatever these matters led to can be heard or fetched no more."""
        grants = select(Grant.matter_id, func.coalesce(Grant.ended_at, Grant.ends_at))
        links = select(CustomerLetter.matter_id, func.coalesce(CustomerLetter.fetched_at, CustomerLetter.ends_at))
        found: dict[str, list[datetime]] = {}
        for some in id_pages(matters):
            both = grants.where(Grant.matter_id.in_(some)), links.where(CustomerLetter.matter_id.in_(some))
            for matter, at in chain.from_iterable(map(self.session.execute, both)):
                found.setdefault(matter, []).append(at)
        return found

    def _seconds_heard(self, since: datetime, until: datetime) -> dict[tuple[str, int], float]:
        each = (Listening.grant_id, Listening.recording_id)
        query = select(*each, func.sum(Listening.end - Listening.start)).group_by(*each)
        during = (Listening.grant_id.is_not(None), Listening.at >= since, Listening.at < until)
        rows = self.session.execute(query.where(*during))
        return {(grant, call): seconds for grant, call, seconds in rows if grant is not None}


def _how_long_kept(keep: Keep, matter: Matter, ends: list[datetime], now: datetime) -> Kept:
    """One of a request or a copy counts no longer than that waits, or what it led to may be heard or fetched."""
    until = min(keep.ended_at or keep.ends_at, keep.ends_at)
    if keep.why != HOLD and matter.state not in OPEN:
        until = min(until, max([one for one in (matter.closed_at, *ends) if one is not None], default=keep.ends_at))
    going_on = keep.ended_at is None and until > now
    return Kept(keep.recording_id, keep.matter_id, keep.why, None if going_on else until)


def _asked_for(matter: Matter) -> tuple[str, bool]:
    """For which reason access was asked, and whether on the longer form."""
    return (matter.reason, matter.longer) if isinstance(matter, Request) else ("", False)
