"""Whose data a listening is: who heard a person's calls, and which investigations the calls were in (P9, P11)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from storage.erasures import by_hold
from storage.grants import AudioSpan, audio_served
from storage.records import Grant, Listening, Matter, Recording, Request, RequestedRecording
from storage.rows import Rows
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
    """A person heard a call for a request, or without a `reason` because it was drawn at random; `span` is its first
    and last moment.

    `longer`: it was asked on the form for investigations and claims. `decided_as` is the role of who decided.
    """

    person: int
    request: str
    recording: int
    reason: str
    longer: bool
    decided_by: int | None
    decided_as: str
    span: AudioSpan


class HeardByCustomer(NamedTuple):
    """A customer heard a call by one link; `span` is the first and last moment. `own`: the call's operator asked for
    it.
    """

    recording: int
    own: bool
    decided_by: int | None
    decided_as: str
    span: AudioSpan


class WhoseData(Rows):
    """Queries about whose data a listening is."""

    def last_calls(self, person: int, since: datetime, until: datetime, most: int) -> list[Recording]:
        """Return a person's last calls that anyone may know of, newest first.
        They began between `since` and `until` (both aware).
        """
        mine = (Recording.operator_id == person, Recording.state == "present", Recording.started.between(since, until))
        return self.rows(Recording, *mine, by=(Recording.started.desc(), Recording.id), most=most)

    def heard(self, those: ColumnElement[bool]) -> list[HeardCall]:
        """Return every listening to these calls, unordered, from the log of audio sent, not from a page's report (P11)."""
        given = self.session.execute(_GIVEN.where(those)).all()
        spans = audio_served(self.session, dict.fromkeys(one.id for one in given))
        return [
            _heard_call(one.person_id, one.Matter, one.recording, spans[one.id, one.recording])
            for one in given if (one.id, one.recording) in spans
        ]  # fmt: skip

    def heard_by_customers(self, person: int) -> list[HeardByCustomer]:
        """Return every link by which a customer had the audio of a person's calls, unordered."""
        there = self.session.execute(_BY_CUSTOMERS.where(Recording.operator_id == person))
        rows = {(one.letter_id, one.recording, one.at): one for one in there}
        found: dict[tuple[str, int], HeardByCustomer] = {}
        for (link, call, at), one in sorted(rows.items(), key=lambda pair: pair[0][2]):
            first = found[link, call].span.first if (link, call) in found else at
            request: CustomerRequest = one.CustomerRequest
            own = request.asker == "operator"  # a former operator is known by name alone
            found[link, call] = HeardByCustomer(call, own, request.decided_by, request.decided_as, AudioSpan(first, at))
        return list(found.values())

    def inquiries(self, reasons: Collection[str]) -> list[tuple[Request, set[int], datetime | None]]:
        """Return all investigations, and all requests for one of these reasons, with their calls and when access ends
        or ended.
        """
        over_at = func.coalesce(Grant.ended_at, Grant.ends_at)
        both = select(Request, over_at).join(Grant, Grant.matter_id == Request.id, isouter=True)
        rows = list(self.tuples(both.where(or_(Request.longer, Request.reason.in_(reasons)))))
        calls = self._calls_of(one.id for one, _ in rows)
        return [(one, calls.get(one.id, set()), over) for one, over in rows]

    def held(self, calls: Iterable[int]) -> list[tuple[int, datetime, datetime]]:
        """Return every hold of these calls, ended or not: the call, and from when until when by what is known now
        (aware).
        """
        kept = (Keep.recording_id, Keep.since, func.coalesce(Keep.ended_at, Keep.ends_at))
        return list(self.tuples(select(*kept).where(by_hold()), Keep.recording_id, calls))

    def _calls_of(self, requests: Iterable[str]) -> dict[str, set[int]]:
        """Return the ids of the calls that each of these requests names."""
        named = select(RequestedRecording.request_id, RequestedRecording.recording_id)
        found: dict[str, set[int]] = {}
        for request, call in self.tuples(named, RequestedRecording.request_id, requests):
            found.setdefault(request, set()).add(call)
        return found


def _heard_call(person: int, matter: Matter, call: int, span: AudioSpan) -> HeardCall:
    """Return who heard a call for a matter, and why; one that is no request is a call of the random review."""
    if isinstance(matter, Request):
        why = (matter.reason, matter.longer, matter.decided_by, matter.decided_as)
        return HeardCall(person, matter.id, call, *why, span)
    return HeardCall(person, matter.id, call, "", False, None, "", span)
