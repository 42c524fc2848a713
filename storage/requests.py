"""Requests for access: filing them, finding them again, and what a home lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, exists, func, select, union_all

from storage import grants, prefetch, sessions
from storage.records import OPEN, Grant, Party, Recording, Request, RequestedRecording
from storage.rows import Rows


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of everything that a home lists.

    Requests `waiting` for the person's decision; access they hold (`held`); their own requests, all of them lately
    (`mine`) and the `undecided` ones of these; access that they gave (`given`), and access in force that they were asked
    to decide, so that they can make it `longer`.
    """

    waiting: int
    held: int
    mine: int
    undecided: int
    given: int
    longer: int


class Sent(NamedTuple):
    """What an approver's card tells of another request: there may be many, and none is needed whole."""

    state: str
    reason: str
    longer: bool


class Requests(Rows):
    """Queries and changes about requests."""

    def add(self, request: Request, recordings: Sequence[Recording], parties: Sequence[Party]) -> None:
        """Store a new request with what it names and who was asked."""
        sessions.append_record(self.session, request)
        for place, recording in enumerate(recordings):
            named = {"request_id": request.id, "recording_id": recording.id, "place": place}
            sessions.append_row(self.session, RequestedRecording, named)
        for party in parties:
            sessions.append_record(self.session, party)
        prefetch.prefetched_in(self.session).file(request)

    def filed_already(self, person: int, key: str, fingerprint: str) -> Request | None:
        """Return the request filed by the same submission, or one with the same content that is still open; None if
        there is none.
        """
        ahead = prefetch.prefetched_in(self.session)
        filed = ahead.filed.get(key) or ahead.filed.get(fingerprint)
        if filed is not None and (filed.key == key or filed.is_open):
            return filed
        if {key, fingerprint} <= ahead.looked_for:
            return None
        # What this transaction filed is known already; flushing it first would split one bulk insert into many.
        with self.session.no_autoflush:
            same = prefetch.same_requests(self.session, [person], (key, fingerprint))
        return next((one for one in same if one.key == key or one.is_open), None)

    def ended_before(self, fingerprint: str) -> Request | None:
        """Return the newest request with the same content that is over, once a filing has read ahead; None if there is none."""
        return prefetch.prefetched_in(self.session).ended.get(fingerprint)

    def waiting_for(self, person_id: int, most: int, skip: int) -> list[Request]:
        """Return requests waiting for this person's decision, oldest first."""
        query = _waiting_for(person_id).order_by(Request.asked_at, Request.id)
        return list(self.session.scalars(query.limit(most).offset(skip)))

    def count(self, person_id: int, now: datetime, since: datetime) -> Counts:
        """Return how many there are of everything that a home lists; the person's own requests only since then."""
        return Counts(*self.session.execute(_counts_query(), {"person": person_id, "now": now, "since": since}).one())

    def at_hand(self, person_id: int, now: datetime) -> list[tuple[Request, Grant | None]]:
        """Return this person's requests that aren't decided yet, and with the access in force those that they were asked
        to decide, oldest first.
        """
        mine = select(Request.id).where(Request.requester_id == person_id, Request.state.in_(OPEN))
        ids = union_all(mine, _in_force_by(person_id, now).with_only_columns(Request.id))
        both = select(Request, Grant).outerjoin(Grant, Grant.matter_id == Request.id).where(Request.id.in_(ids))
        return list(self.tuples(both.order_by(Request.asked_at, Request.id)))

    def newest_of(self, person_id: int, since: datetime, most: int, skip: int) -> list[tuple[Request, Grant | None]]:
        """Return this person's requests since then (aware), with the access that they led to, newest first."""
        both = select(Request, Grant).outerjoin(Grant, Grant.matter_id == Request.id)
        mine = both.where(Request.requester_id == person_id, Request.asked_at >= since)
        return list(self.tuples(mine.order_by(Request.asked_at.desc(), Request.id).limit(most).offset(skip)))

    def undecided_of(self, person_id: int) -> list[Request]:
        """Return this person's requests that aren't decided yet, oldest first."""
        mine = (Request.requester_id == person_id, Request.state.in_(OPEN))
        return self.rows(Request, *mine, by=(Request.asked_at, Request.id))

    def sent_to(self, reader: int, other: Request, since: datetime) -> list[Sent]:
        """Return what else the requester asked for since then that this reader was asked to decide, newest first."""
        values = {"reader": reader, "requester": other.requester_id, "other": other.id, "since": since}
        found = self.session.execute(_sent_query(), values)
        return [Sent(state, reason, longer) for state, reason, longer in found]


@cache
def _sent_query() -> Select[str, str, bool]:
    """Return the query of `sent_to`, built once, since that takes longer than its answer."""
    asked = (Party.person_id == bindparam("reader"), Party.part == "approver", Party.unreachable == "")
    others = (Request.asked_at >= bindparam("since"), Request.id != bindparam("other"))
    told = select(Request.state, Request.reason, Request.longer)
    query = told.where(Request.requester_id == bindparam("requester"), *others)
    sent = exists().where(Party.matter_id == Request.id, *asked)
    return query.where(sent).order_by(Request.asked_at.desc(), Request.id)


@cache
def _counts_query() -> Select[Any]:
    """Return the query of `count`, built once, since that takes longer than its answer."""
    person = bindparam("person", type_=Integer)
    mine = select(Request.id).where(Request.requester_id == person, Request.asked_at >= bindparam("since"))
    queries = (
        _waiting_for(person), grants.in_force(bindparam("now"), held_by=person),
        mine, mine.where(Request.state.in_(OPEN)), grants.in_force(bindparam("now"), given_by=person),
        _in_force_by(person, bindparam("now")),
    )  # fmt: skip
    return select(*(select(func.count()).select_from(query.subquery()).scalar_subquery() for query in queries))


def _waiting_for(person_id: grants.Asked[int]) -> Select[Request]:
    """Select requests that this person was asked to decide and that are waiting."""
    return _asked_of(person_id).where(Request.state == "waiting")


def _in_force_by(person_id: grants.Asked[int], now: grants.Asked[datetime]) -> Select[Request]:
    """Select approved requests that this person was asked to decide and whose access is in force."""
    given = _asked_of(person_id).join(Grant, Grant.matter_id == Request.id)
    return given.where(Request.state == "approved", Grant.ended_at.is_(None), Grant.ends_at > now)


def _asked_of(person_id: grants.Asked[int]) -> Select[Request]:
    """Select requests that this person was asked to decide and whose card could reach them."""
    asked = select(Request).join(Party, Party.matter_id == Request.id).where(Party.person_id == person_id)
    return asked.where(Party.part == "approver", Party.unreachable == "")
