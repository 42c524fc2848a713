"""A month's matters, erasures and listenings, from which its numbers are counted: of the moments from `since` on and before an end."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar

from sqlalchemy import exists, func, or_, select

from storage.erasures import HOLD, WITH_MOMENT
from storage.grants import audio_served
from storage.records import OPEN, Grant, Listening, Matter, Recording, Request, RequestedRecording
from storage.rows import Rows, id_pages
from storage.tables.calls import DeclinedRecording, Erasure, Hold, Keep
from storage.tables.customers import CustomerLetter, CustomerRequest

LAST_WORDS = timedelta(minutes=1)
"""How long after access ended a page may still report what was heard before."""
M = TypeVar("M", bound=Matter)


@dataclass(frozen=True, slots=True)
class KeptSpan:
    """What kept a call: a hold, a request or a copy (`why`), and until when if known; None while it continues."""

    recording: int
    matter: str
    why: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class StaffListening:
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


class Figures(Rows):
    """Queries about a month; the caller decides what may be counted."""

    def matters(self, kind: type[M], since: datetime, until: datetime) -> list[M]:
        """Return matters of a kind that were asked or closed in that time, or were open at its end; oldest first."""
        alive = (kind.asked_at < until, or_(kind.closed_at.is_(None), kind.closed_at >= since))
        return self.rows(kind, *alive, by=(kind.asked_at, kind.id))

    def asked_by_customers(self, since: datetime, until: datetime) -> list[CustomerRequest]:
        """Return customers' requests received, answered, closed or due in that time, or open at its end."""
        one = CustomerRequest
        alive = or_(one.closed_at.is_(None), one.closed_at >= since, one.due_at >= since)
        found = [each for each in self.rows(one, alive) if each.received_at < until]
        return sorted(found, key=lambda each: (each.received_at, each.id))

    def concerning(self) -> list[tuple[str, datetime | None]]:
        """Return every matter that names people it concerns, and when it was closed: a month leaves it out until it may
        be shown.
        """
        found = (*self.rows(Request, Request.longer.is_(True)), *self.rows(Hold))
        return [(one.id, one.closed_at) for one in found if one.concerned]

    def declines_on(self, matters: Collection[str]) -> frozenset[str]:
        """Return ids of declines whose calls these matters requested or keep."""
        found: set[str] = set()
        for some in id_pages(matters):
            asked = select(RequestedRecording.recording_id).where(RequestedRecording.request_id.in_(some))
            kept = select(Keep.recording_id).where(Keep.matter_id.in_(some))
            calls = DeclinedRecording.recording_id.in_(asked.union(kept))
            found.update(self.session.scalars(select(DeclinedRecording.matter_id).where(calls)))
        return frozenset(found)

    def unbegun(self, since: datetime, until: datetime) -> list[tuple[int, datetime]]:
        """Return calls whose moment is in that time and whose erasure hasn't begun: id and moment."""
        those = (Recording.state.in_(WITH_MOMENT), Recording.erase_at >= since, Recording.erase_at < until)
        begun = exists().where(Erasure.recording_id == Recording.id, Erasure.why == "retention")
        query = select(Recording.id, Recording.erase_at).where(*those, ~begun)
        rows = self.tuples(query.order_by(Recording.erase_at, Recording.id))
        return [(call, moment) for call, moment in rows if moment is not None]

    def kept(self, recordings: Iterable[int], now: datetime) -> list[KeptSpan]:
        """Return what keeps or kept these calls, as of `now`."""
        query = select(Keep, Matter).join(Matter, Matter.id == Keep.matter_id)
        ordered = query.order_by(Keep.recording_id, Keep.matter_id)
        found = list(self.tuples(ordered, Keep.recording_id, recordings))
        ends = self._access_ends({matter.id for _, matter in found})
        return [_how_long_kept(keep, matter, ends.get(matter.id, []), now) for keep, matter in found]

    def held_by(self, holds: Iterable[str], at: datetime) -> set[int]:
        """Return the calls that these holds kept at a moment (aware)."""
        on = (Keep.why == HOLD, Keep.since < at, or_(Keep.ended_at.is_(None), Keep.ended_at >= at))
        return set(self.values(select(Keep.recording_id).where(*on), Keep.matter_id, holds))

    def heard_by_staff(self, since: datetime, until: datetime) -> list[StaffListening]:
        """Return what members of staff heard in that time, each matter, person and call once.

        Whether they had it comes from the audit log of audio sent; for how long, from what the page reported.
        """
        over = func.coalesce(Grant.ended_at, Grant.ends_at)
        query = select(Grant, Matter).join(Matter, Matter.id == Grant.matter_id)
        rows = self.session.execute(query.where(Grant.starts_at < until, over >= since - LAST_WORDS))
        given = {grant.id: (matter.id, matter.kind, *_asked_for(matter), grant.person_id) for grant, matter in rows}
        seconds = self._seconds_heard(since, until)
        had = {*audio_served(self.session, given, (since, until)), *(one for one in seconds if one[0] in given)}
        return [StaffListening(*given[grant], call, seconds.get((grant, call), 0.0)) for grant, call in sorted(had)]

    def heard_by_customers(self, since: datetime, until: datetime) -> list[HadByCustomer]:
        """Return what customers heard or downloaded in that time, each call and matter once for each of the two."""
        each = (Listening.matter_id, Listening.recording_id, Listening.kind)
        query = select(*each, func.sum(Listening.end - Listening.start))
        during = query.where(Listening.letter_id.is_not(None), Listening.at >= since, Listening.at < until)
        return [HadByCustomer(*row) for row in self.session.execute(during.group_by(*each).order_by(*each))]

    def _access_ends(self, matters: Iterable[str]) -> dict[str, list[datetime]]:
        """Return, by matter, the moments at which access that it gave ended or ends."""
        grants = select(Grant.matter_id, func.coalesce(Grant.ended_at, Grant.ends_at))
        links = select(CustomerLetter.matter_id, func.coalesce(CustomerLetter.fetched_at, CustomerLetter.ends_at))
        found, wanted = dict[str, list[datetime]](), list(matters)
        opened = self.tuples(grants, Grant.matter_id, wanted), self.tuples(links, CustomerLetter.matter_id, wanted)
        for matter, at in chain.from_iterable(opened):
            found.setdefault(matter, []).append(at)
        return found

    def _seconds_heard(self, since: datetime, until: datetime) -> dict[tuple[str, int], float]:
        """Return how many seconds were heard in that time, by grant and call, as pages reported."""
        each = (Listening.grant_id, Listening.recording_id)
        query = select(*each, func.sum(Listening.end - Listening.start)).group_by(*each)
        during = (Listening.grant_id.is_not(None), Listening.at >= since, Listening.at < until)
        return {
            (grant, call): seconds for grant, call, seconds in self.tuples(query.where(*during)) if grant is not None
        }


def _how_long_kept(keep: Keep, matter: Matter, ends: list[datetime], now: datetime) -> KeptSpan:
    """Work out until when a call was kept; a request or copy counts only while it waits or may be heard or fetched."""
    until = min(keep.ended_at or keep.ends_at, keep.ends_at)
    if keep.why != HOLD and matter.state not in OPEN:
        until = min(until, max([one for one in (matter.closed_at, *ends) if one is not None], default=keep.ends_at))
    going_on = keep.ended_at is None and until > now
    return KeptSpan(keep.recording_id, keep.matter_id, keep.why, None if going_on else until)


def _asked_for(matter: Matter) -> tuple[str, bool]:
    """Return the reason for which access was asked, and whether on the longer form."""
    return (matter.reason, matter.longer) if isinstance(matter, Request) else ("", False)
