"""Customers' requests, and the letters and links that answer them, within one transaction (P8)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ColumnElement, exists, literal_column, select

from storage.records import OPEN, Listening, Party, RequestedRecording
from storage.rows import Rows
from storage.tables.customers import ALIVE, UNOPENED, CustomerLetter, CustomerRequest

ON_ITS_WAY = ("sending", "unknown")
"""States of a request whose answer has left and is not known to have been accepted."""

LINK_ENDS = "customer.link_ends"
"""The kind of the deadline by which a link ends."""

# Written out, since a partial index serves only queries in its own words.
_UNOPENED = select(CustomerLetter.matter_id).where(literal_column(UNOPENED, Boolean))

LONGEST_SESSION = timedelta(hours=4)
"""How long a browser is let in before the passcode is asked for again."""

UNSETTLED = ("waiting", "sending")
"""States of a letter that is still to be sent, or with the mail server."""


class Customers(Rows):
    """Queries about customers' requests."""

    def others_naming(self, request: str, recordings: Iterable[int]) -> list[str]:
        """Return the ids of other open requests that name any of these calls, oldest first."""
        named = select(RequestedRecording.request_id).where(RequestedRecording.recording_id.in_(list(recordings)))
        those = select(CustomerRequest.id).where(CustomerRequest.id.in_(named), CustomerRequest.id != request)
        there = those.where(CustomerRequest.state.in_(OPEN))
        return list(self.session.scalars(there.order_by(CustomerRequest.asked_at, CustomerRequest.id)))

    def to_phone(self, person: int) -> list[CustomerRequest]:
        """Return answered requests whose link hasn't been opened yet and that this person was asked about, earliest
        answered first.
        """
        asked = (Party.person_id == person, Party.part == "approver", Party.unreachable == "")
        mine = exists().where(Party.matter_id == CustomerRequest.id, *asked)
        those = (CustomerRequest.id.in_(_UNOPENED), CustomerRequest.state == "answered", mine)
        return sorted(self.rows(CustomerRequest, *those), key=lambda one: (one.answered_at or one.asked_at, one.id))

    def letters(self, request: str) -> list[CustomerLetter]:
        """Return all letters of a request, newest first."""
        by = (CustomerLetter.made_at.desc(), CustomerLetter.id)
        return self.rows(CustomerLetter, CustomerLetter.matter_id == request, by=by)

    def listenings(self, request: str) -> list[Listening]:
        """Return what the customer heard or downloaded of a request's calls, oldest first."""
        return self.rows(Listening, Listening.matter_id == request, by=(Listening.at, Listening.id))


def still_fetching(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Select letters whose link is in force and hasn't given all of its calls yet (P8, P12)."""
    unfetched = CustomerLetter.fetched_at.is_(None)
    return CustomerLetter.link.in_(ALIVE) & (CustomerLetter.ends_at > now) & unfetched
