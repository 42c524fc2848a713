"""Customers' requests, their links and their mails, within one transaction (P8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from storage.deadlines import Deadline
from storage.records import OPEN, Party, Record, Recording, RequestedRecording
from storage.sessions import append, delete_rows
from storage.tables.customers import (
    ALIVE,
    CustomerLink,
    CustomerListening,
    CustomerMail,
    CustomerRequest,
    CustomerSession,
)

ON_ITS_WAY = ("sending", "unknown")
"""States of a request whose answer has left and is not known to have been accepted."""

LINK_ENDS = "customer.link_ends"
"""The kind of the deadline by which a link ends."""

_ASKED = (Party.part == "approver", Party.unreachable == "")

_HOLDS_A_CARD = exists().where(
    Party.matter_id == CustomerRequest.id, Party.person_id == bindparam("person"), Party.unreachable == ""
)
# Put together once, as whatever each home asks: that takes longer than the database needs to answer.
_HELD_BY = (
    select(CustomerRequest)
    .where(
        CustomerRequest.state.in_((*OPEN, *ON_ITS_WAY)),
        or_(CustomerRequest.filed_by == bindparam("person"), _HOLDS_A_CARD),
    )
    .order_by(CustomerRequest.due_at, CustomerRequest.id)
)
_LINKS_TO_END = select(Deadline.subject).where(Deadline.kind == LINK_ENDS, Deadline.done_at.is_(None))

LONGEST_SESSION = timedelta(hours=4)
"""So long a browser is let in; then the passcode is asked for again."""

UNDER_WAY = ("waiting", "sending")
"""States of a mail that nobody has settled, and of which nobody was asked yet."""


def in_force(link: CustomerLink, now: datetime) -> bool:
    """Whether a link may still be used."""
    return link.state in ALIVE and link.ends_at > now


def under_way(mail: CustomerMail) -> bool:
    """Whether a mail is still to be sent, or with the mail server."""
    return mail.state in UNDER_WAY


class Customers:
    """Queries and changes about customers' requests."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, request: CustomerRequest, recordings: Sequence[Recording], parties: Sequence[Party]) -> None:
        """Store a new request with the calls that it names and who was asked."""
        self.session.add(request)
        self.session.flush()
        self.name_calls(request.id, recordings)
        self.session.add_all(parties)

    def name_calls(self, request: str, recordings: Iterable[Recording]) -> None:
        """The request names these calls as well, as they are now."""
        place = len(self.recordings(request))
        for at, one in enumerate(recordings, place):
            row = {"request_id": request, "recording_id": one.id, "place": at}
            append(self.session, RequestedRecording, row)

    def get(self, request: str) -> CustomerRequest | None:
        """One request; the caller decides who may know of it."""
        return self.session.get(CustomerRequest, request)

    def filed_by_key(self, key: str) -> CustomerRequest | None:
        """The request of the same submission."""
        return self.session.scalars(select(CustomerRequest).where(CustomerRequest.key == key)).first()

    def same(self, mark: str) -> list[CustomerRequest]:
        """What asks for the same and is open, the oldest first; whoever asks for it may be somebody else."""
        those = select(CustomerRequest).where(CustomerRequest.same == mark, CustomerRequest.state.in_(OPEN))
        return list(self.session.scalars(those.order_by(CustomerRequest.asked_at, CustomerRequest.id)))

    def beside(self, request: str, recordings: Iterable[int]) -> list[CustomerRequest]:
        """What else is open and names any of these calls, the oldest first; the caller decides who may know of it."""
        named = select(RequestedRecording.request_id).where(RequestedRecording.recording_id.in_(list(recordings)))
        those = select(CustomerRequest).where(CustomerRequest.id.in_(named), CustomerRequest.id != request)
        there = those.where(CustomerRequest.state.in_(OPEN))
        return list(self.session.scalars(there.order_by(CustomerRequest.asked_at, CustomerRequest.id)))

    def recordings(self, request: str) -> list[Recording]:
        """The calls that a request names, in their order."""
        named = RequestedRecording.request_id == request
        both = select(Recording).join(RequestedRecording, RequestedRecording.recording_id == Recording.id).where(named)
        return list(self.session.scalars(both.order_by(RequestedRecording.place)))

    def of_call(self, recording: int) -> list[CustomerRequest]:
        """Every request that names a call, the oldest first."""
        named = select(CustomerRequest).join(RequestedRecording, RequestedRecording.request_id == CustomerRequest.id)
        mine = named.where(RequestedRecording.recording_id == recording)
        return list(self.session.scalars(mine.order_by(CustomerRequest.asked_at, CustomerRequest.id)))

    def fetching(self, request: str, now: datetime) -> CustomerLink | None:
        """The link of a request by which not all of its calls were had yet (P12)."""
        alive = (CustomerLink.state.in_(ALIVE), CustomerLink.ends_at > now, CustomerLink.fetched_at.is_(None))
        return self.session.scalars(select(CustomerLink).where(CustomerLink.matter_id == request, *alive)).first()

    def to_ring(self, person: int) -> list[CustomerRequest]:
        """Those whose link nobody has opened yet, of which this person was asked; the one whose link ends first at the top."""
        alive = self._alive(CustomerLink.opened_at.is_(None))
        if not alive:
            return []
        mine = exists().where(Party.matter_id == CustomerRequest.id, Party.person_id == person, *_ASKED)
        those = select(CustomerRequest).where(CustomerRequest.id.in_(alive), CustomerRequest.state == "answered", mine)
        return sorted(self.session.scalars(those), key=lambda one: (one.answered_at or one.asked_at, one.id))

    def _alive(self, *more: ColumnElement[bool]) -> list[str]:
        """Requests with a link that is not over: found by what the clock has yet to end, which are few at any time."""
        coming = list(self.session.scalars(_LINKS_TO_END))
        if not coming:
            return []
        those = (CustomerLink.matter_id.in_(coming), CustomerLink.state.in_(ALIVE))
        return list(self.session.scalars(select(CustomerLink.matter_id).where(*those, *more)))

    def held_by(self, person: int) -> list[CustomerRequest]:
        """What is open or on its way and of which this person holds a card, the one that is due first at the top."""
        return list(self.session.scalars(_HELD_BY, {"person": person}))

    def put(self, row: Record) -> None:
        """A link, a session, a mail or a listening is stored."""
        self.session.add(row)

    def link(self, link: str) -> CustomerLink | None:
        """One link, alive or not."""
        return self.session.get(CustomerLink, link)

    def link_by_code(self, mark: str) -> CustomerLink | None:
        """The link whose code has this mark."""
        return self.session.scalars(select(CustomerLink).where(CustomerLink.code == mark)).first()

    def links(self, request: str) -> list[CustomerLink]:
        """All links of a request, the newest first."""
        those = select(CustomerLink).where(CustomerLink.matter_id == request)
        return list(self.session.scalars(those.order_by(CustomerLink.made_at.desc(), CustomerLink.id)))

    def session_of(self, hashed: str) -> CustomerSession | None:
        """The session with this hash."""
        return self.session.get(CustomerSession, hashed)

    def sessions_of(self, link: str) -> list[CustomerSession]:
        """Every browser that a link let in."""
        return list(self.session.scalars(select(CustomerSession).where(CustomerSession.link_id == link)))

    def mail(self, mail: str) -> CustomerMail:
        """One mail, whatever became of it; raises `NoResultFound`."""
        return self.session.get_one(CustomerMail, mail)

    def mails(self, request: str) -> list[CustomerMail]:
        """All mails of a request, the newest first."""
        those = select(CustomerMail).where(CustomerMail.matter_id == request)
        return list(self.session.scalars(those.order_by(CustomerMail.made_at.desc(), CustomerMail.id)))

    def listenings(self, request: str) -> list[CustomerListening]:
        """What the customer had of the calls of a request, the oldest first."""
        those = select(CustomerListening).where(CustomerListening.matter_id == request)
        return list(self.session.scalars(those.order_by(CustomerListening.at, CustomerListening.id)))

    def listenings_of(self, link: str) -> list[CustomerListening]:
        """What a customer had by one link, the oldest first."""
        those = select(CustomerListening).where(CustomerListening.link_id == link)
        return list(self.session.scalars(those.order_by(CustomerListening.at, CustomerListening.id)))

    def has_sessions(self, before: datetime) -> bool:
        """Whether any browser is still remembered that was let in, and whose time was over before then (aware)."""
        return self.session.scalar(select(exists().where(CustomerSession.ends_at < before))) or False

    def forget_sessions(self, before: datetime) -> None:
        """Browsers whose time was over before then (aware) are remembered no longer."""
        delete_rows(self.session, CustomerSession, CustomerSession.ends_at < before)


class Mails:
    """Queries and changes about those, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def due(self, now: datetime, longest: timedelta) -> list[str]:
        """The ids of those to send, or to be taken for lost, in the order of their times."""
        due = select(CustomerMail.id).where(*_due(now, longest)).order_by(CustomerMail.next_at, CustomerMail.id)
        return list(self.session.scalars(due))

    def is_due(self, mail: str, now: datetime, longest: timedelta) -> bool:
        """Whether this is one of them."""
        return self.session.scalar(select(exists().where(CustomerMail.id == mail, *_due(now, longest)))) or False


def _due(now: datetime, longest: timedelta) -> tuple[ColumnElement[bool], ...]:
    """None waits `longest`: what does was put off by a clock that was ahead."""
    come = or_(CustomerMail.next_at <= now, CustomerMail.next_at > now + longest)
    return CustomerMail.state.in_(UNDER_WAY), come
