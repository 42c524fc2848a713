"""Customers' requests, and the letters and links that answer them, within one transaction (P8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ColumnElement, bindparam, exists, literal_column, or_, select
from sqlalchemy.orm import Session

from storage.records import OPEN, Listening, Party, Record, Recording, RequestedRecording
from storage.sessions import append_row
from storage.tables.customers import ALIVE, UNOPENED, CustomerLetter, CustomerRequest

ON_ITS_WAY = ("sending", "unknown")
"""States of a request whose answer has left and is not known to have been accepted."""

LINK_ENDS = "customer.link_ends"
"""The kind of the deadline by which a link ends."""

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
# Written out, since a partial index serves only whoever says its own words.
_UNOPENED = select(CustomerLetter.matter_id).where(literal_column(UNOPENED, Boolean))

LONGEST_SESSION = timedelta(hours=4)
"""So long a browser is let in; then the passcode is asked for again."""

UNSETTLED = ("waiting", "sending")
"""States of a letter that is still to be sent, or with the mail server."""


class Customers:
    """Queries and changes about customers' requests."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, request: CustomerRequest, recordings: Sequence[Recording], parties: Sequence[Party]) -> None:
        """Store a new request with the calls that it names and who was asked."""
        self.session.add(request)
        self.session.flush()
        for place, one in enumerate(recordings):
            self.name_call(request.id, one.id, place)
        self.session.add_all(parties)

    def name_call(self, request: str, recording: int, place: int) -> None:
        """A request names one more call."""
        row = {"request_id": request, "recording_id": recording, "place": place}
        append_row(self.session, RequestedRecording, row)

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

    def beside(self, request: str, recordings: Iterable[int]) -> list[str]:
        """What else is open and names any of these calls, the oldest first, by id."""
        named = select(RequestedRecording.request_id).where(RequestedRecording.recording_id.in_(list(recordings)))
        those = select(CustomerRequest.id).where(CustomerRequest.id.in_(named), CustomerRequest.id != request)
        there = those.where(CustomerRequest.state.in_(OPEN))
        return list(self.session.scalars(there.order_by(CustomerRequest.asked_at, CustomerRequest.id)))

    def recordings(self, request: str) -> list[Recording]:
        """The calls that a request names, in their order."""
        named = RequestedRecording.request_id == request
        both = select(Recording).join(RequestedRecording, RequestedRecording.recording_id == Recording.id).where(named)
        return list(self.session.scalars(both.order_by(RequestedRecording.place)))

    def open(self) -> list[CustomerRequest]:
        """Those that wait for a decision, the oldest first."""
        open_ones = select(CustomerRequest).where(CustomerRequest.state.in_(OPEN))
        return list(self.session.scalars(open_ones.order_by(CustomerRequest.asked_at, CustomerRequest.id)))

    def fetching(self, request: str, now: datetime) -> CustomerLetter | None:
        """The letter of a request by whose link not all of its calls were had yet (P12)."""
        return self.session.scalars(
            select(CustomerLetter).where(CustomerLetter.matter_id == request, still_fetching(now))
        ).first()

    def to_ring(self, person: int) -> list[CustomerRequest]:
        """Those whose link nobody has opened yet, of which this person was asked; the one whose link ends first at the top."""
        asked = (Party.person_id == person, Party.part == "approver", Party.unreachable == "")
        mine = exists().where(Party.matter_id == CustomerRequest.id, *asked)
        those = select(CustomerRequest).where(
            CustomerRequest.id.in_(_UNOPENED), CustomerRequest.state == "answered", mine
        )
        return sorted(self.session.scalars(those), key=lambda one: (one.answered_at or one.asked_at, one.id))

    def held_by(self, person: int) -> list[CustomerRequest]:
        """What is open or on its way and of which this person holds a card, the one that is due first at the top."""
        return list(self.session.scalars(_HELD_BY, {"person": person}))

    def put(self, row: Record) -> None:
        """A letter or a listening is stored."""
        self.session.add(row)

    def letter(self, letter: str) -> CustomerLetter | None:
        """One letter, whatever became of it and of its link."""
        return self.session.get(CustomerLetter, letter)

    def letter_by_code(self, mark: str) -> CustomerLetter | None:
        """The letter whose link has a code with this mark."""
        return self.session.scalars(select(CustomerLetter).where(CustomerLetter.code == mark)).first()

    def letters(self, request: str) -> list[CustomerLetter]:
        """All letters of a request, the newest first."""
        those = select(CustomerLetter).where(CustomerLetter.matter_id == request)
        return list(self.session.scalars(those.order_by(CustomerLetter.made_at.desc(), CustomerLetter.id)))

    def letters_due(self, now: datetime, longest: timedelta) -> list[str]:
        """The ids of those to send, or to be taken for lost, in the order of their times.

        None waits `longest`: what does was put off by a clock that was ahead.
        """
        come = or_(CustomerLetter.next_at <= now, CustomerLetter.next_at > now + longest)
        due = select(CustomerLetter.id).where(CustomerLetter.state.in_(UNSETTLED), come)
        return list(self.session.scalars(due.order_by(CustomerLetter.next_at, CustomerLetter.id)))

    def listenings(self, request: str) -> list[Listening]:
        """What the customer had of the calls of a request, the oldest first."""
        those = select(Listening).where(Listening.matter_id == request)
        return list(self.session.scalars(those.order_by(Listening.at, Listening.id)))


def still_fetching(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """That a letter's link is in force, and not all of its calls were had yet (P8, P12)."""
    unfetched = CustomerLetter.fetched_at.is_(None)
    return CustomerLetter.link.in_(ALIVE) & (CustomerLetter.ends_at > now) & unfetched
