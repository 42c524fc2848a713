"""Whose data a listening is: who had the audio of somebody's calls, and which investigations such calls were in (P9, P11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from storage.erasures import by_hold
from storage.grants import Span, audio_served
from storage.records import Grant, Listening, Matter, Recording, Request, RequestedRecording
from storage.rows import id_pages
from storage.tables.calls import Keep
from storage.tables.customers import CustomerRequest

_GIVEN = (
    select(
        Grant.id, Grant.person_id, Matter, Recording.id.label("recording"),
    )
    .join(RequestedRecording, RequestedRecording.request_id == Grant.matter_id)
    .join(Recording, Recording.id == RequestedRecording.recording_id)
    .join(Matter, Matter.id == Grant.matter_id)
)  # fmt: skip
_BY_CUSTOMERS = (
    select(
        Listening.letter_id, Listening.at, CustomerRequest, Recording.id.label("recording"),
    )
    .join(CustomerRequest, CustomerRequest.id == Listening.matter_id)
    .where(Listening.letter_id.is_not(None))
    .join(Recording, Recording.id == Listening.recording_id)
)  # fmt: skip


class HeardCall(NamedTuple):
    """Somebody had the audio of a call for a request, or without a `reason` since it was drawn at random, first and last at the moments of `span`.

    `longer` as for `reason_of`.
    """

    person: int
    request: str
    recording: int
    reason: str
    longer: bool
    decided_by: int | None
    decided_as: str
    span: Span


class HeardByCustomer(NamedTuple):
    """A customer had a call's audio by one link, first and last at the moments of `span`; `own` where it was whoever was on the call."""

    recording: int
    own: bool
    decided_by: int | None
    decided_as: str
    span: Span


class Inquiry(NamedTuple):
    """A request on the form of an investigation, or for one of some reasons: from when until when it was open (aware).

    `about` is the mark of what it is about (`Request.about`).
    `ends_at` is when it was decided or its access ends, whichever is later; None while it waits for a decision.
    """

    id: str
    about: str
    calls: frozenset[int]
    began: datetime
    ends_at: datetime | None


class Marked(NamedTuple):
    """A request that bears the mark of a matter (`Request.about`); `erased`: what people wrote of it has gone."""

    id: str
    about: str
    erased: bool


class HeldCall(NamedTuple):
    """A call that a hold kept or keeps: from when until when, as things stand (aware)."""

    call: int
    began: datetime
    ends_at: datetime


class WhoseData:
    """Queries about whose data a listening is, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def last_calls(self, person: int, since: datetime, until: datetime, most: int) -> list[Recording]:
        """The last calls of a person that anybody may know of, the newest first. They began from `since` until `until` (both aware)."""
        mine = (Recording.operator_id == person, Recording.state == "present")
        query = select(Recording).where(*mine, Recording.started.between(since, until))
        return list(self.session.scalars(query.order_by(Recording.started.desc(), Recording.id).limit(most)))

    def heard(self, person: int) -> list[HeardCall]:
        """Every listening to calls of a person, in no order."""
        given = self.session.execute(_GIVEN.where(Recording.operator_id == person)).all()
        spans = audio_served(self.session, dict.fromkeys(one.id for one in given))
        return [
            _heard_call(one.person_id, one.Matter, one.recording, spans[one.id, one.recording])
            for one in given if (one.id, one.recording) in spans
        ]  # fmt: skip

    def heard_by_customers(self, person: int) -> list[HeardByCustomer]:
        """Every link by which a customer had the audio of a person's calls, in no order."""
        there = self.session.execute(_BY_CUSTOMERS.where(Recording.operator_id == person))
        rows = {(one.letter_id, one.recording, one.at): one for one in there}
        found: dict[tuple[str, int], HeardByCustomer] = {}
        for (link, call, at), one in sorted(rows.items(), key=lambda pair: pair[0][2]):
            first = found[link, call].span.first if (link, call) in found else at
            request: CustomerRequest = one.CustomerRequest
            own = request.asker == "operator"  # whoever was here once is known by a name alone
            found[link, call] = HeardByCustomer(call, own, request.decided_by, request.decided_as, Span(first, at))
        return list(found.values())

    def inquiries(self, reasons: Collection[str]) -> list[Inquiry]:
        """All investigations, and whatever else was asked for one of these reasons."""
        over_at = func.coalesce(Grant.ended_at, Grant.ends_at).label("over_at")
        both = select(Request, over_at).join(Grant, Grant.matter_id == Request.id, isouter=True)
        rows = self.session.execute(both.where(or_(Request.longer, Request.reason.in_(reasons)))).all()
        calls = self._calls_of(one.id for one, _ in rows)
        return [_inquiry(one, over, calls.get(one.id, set())) for one, over in rows]

    def marked(self) -> list[Marked]:
        """All that bear the mark of a matter."""
        query = select(Request.id, Request.about, Request.words_erased_at.is_not(None)).where(Request.about != "")
        return [Marked(*one) for one in self.session.execute(query)]

    def unmark(self, requests: Iterable[str]) -> None:
        """These bear none any more."""
        for some in id_pages(requests):
            for request in self.session.scalars(select(Request).where(Request.id.in_(some))):
                request.about = ""

    def held(self, calls: Iterable[int]) -> list[HeldCall]:
        """Every hold of each of these calls, also those that are over."""
        kept = (Keep.recording_id, Keep.since, func.coalesce(Keep.ended_at, Keep.ends_at))
        query = select(*kept).where(by_hold())
        rows = (self.session.execute(query.where(Keep.recording_id.in_(some))) for some in id_pages(calls))
        return [HeldCall(*one) for one in chain.from_iterable(rows)]

    def _calls_of(self, requests: Iterable[str]) -> dict[str, set[int]]:
        named = select(RequestedRecording.request_id, RequestedRecording.recording_id)
        found: dict[str, set[int]] = {}
        for some in id_pages(requests):
            for request, call in self.session.execute(named.where(RequestedRecording.request_id.in_(some))):
                found.setdefault(request, set()).add(call)
        return found


def _heard_call(person: int, matter: Matter, call: int, span: Span) -> HeardCall:
    if isinstance(matter, Request):
        why = (matter.reason, matter.longer, matter.decided_by, matter.decided_as)
        return HeardCall(person, matter.id, call, *why, span)
    return HeardCall(person, matter.id, call, "", False, None, "", span)


def _inquiry(request: Request, over_at: datetime | None, calls: Collection[int]) -> Inquiry:
    moments = [one for one in (request.asked_at, request.closed_at, over_at) if one is not None]
    ends_at = None if request.is_open else max(moments)
    return Inquiry(request.id, request.about, frozenset(calls), request.asked_at, ends_at)
