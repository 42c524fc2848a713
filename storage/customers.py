"""Customers' requests, and the letters and links that answer them, within one transaction (P8)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ColumnElement, String, and_, bindparam, exists, func, literal_column, or_, select

from storage.records import OPEN, Listening, Party, Recording, RequestedRecording
from storage.rows import Rows
from storage.tables.calls import Keep
from storage.tables.customers import ALIVE, UNOPENED, CustomerLetter, CustomerRequest

ON_ITS_WAY = ("sending", "unknown")
"""States of a request whose answer has left and is not known to have been accepted."""

LINK_ENDS = "customer.link_ends"
"""The kind of the deadline by which a link ends."""

# Written out, since a partial index serves only queries in its own words.
_UNOPENED = select(CustomerLetter.matter_id).where(literal_column(UNOPENED, Boolean))

# Put together once, since each card asks them. Each row of the first is a call, perhaps with another request that names it.
# That one is read in a subquery, of which unreadable rows aren't left out: the call would go with them.
_REQUEST = bindparam("request", type_=String)
_MINE = RequestedRecording
_BESIDE = (
    select(RequestedRecording.recording_id, CustomerRequest.id, CustomerRequest.asked_at)
    .join(CustomerRequest, CustomerRequest.id == RequestedRecording.request_id)
    .where(CustomerRequest.state.in_(OPEN))
    .subquery()
)
_CALLS = (
    select(Recording, Keep, _MINE.place, _BESIDE.c.id)
    .join_from(_MINE, Recording, Recording.id == _MINE.recording_id)
    .outerjoin(Keep, and_(Keep.recording_id == _MINE.recording_id, Keep.matter_id == _MINE.request_id))
    .outerjoin(_BESIDE, and_(_BESIDE.c.recording_id == _MINE.recording_id, _BESIDE.c.id != _MINE.request_id))
    .where(_MINE.request_id == _REQUEST)
    .order_by(_BESIDE.c.asked_at, _BESIDE.c.id)
)
_LETTERS = (
    select(CustomerLetter, Listening)
    .outerjoin(Listening, Listening.letter_id == CustomerLetter.id)
    .where(CustomerLetter.matter_id == _REQUEST)
    .order_by(CustomerLetter.made_at.desc(), CustomerLetter.id)
)

LONGEST_SESSION = timedelta(hours=4)
"""How long a browser is let in before the passcode is asked for again."""

UNSETTLED = ("waiting", "sending")
"""States of a letter that is still to be sent, or with the mail server."""


class Customers(Rows):
    """Queries about customers' requests."""

    def calls(self, request: str) -> tuple[list[Recording], list[Keep], list[str]]:
        """Return the calls that a request names, in its order, what keeps them for it, and the ids of other open requests
        that name any of them, oldest first.
        """
        rows = self.session.execute(_CALLS, {"request": request}).all()
        calls = {call.id: call for call, *_ in sorted(rows, key=lambda row: row[2])}
        keeps = {keep.recording_id: keep for _, keep, *_ in rows if keep}
        return (
            [*calls.values()],
            [*keeps.values()],
            list(dict.fromkeys(other for *_, other in rows if other is not None)),
        )

    def filed_already(self, key: str, same: str, callers: Iterable[str]) -> tuple[list[CustomerRequest], bool]:
        """Return the request of this submission, and open ones with this mark, oldest first; and whether the register has
        several CRM references for one of these numbers (E.164), so that more than one customer may use it.
        """
        either = or_(CustomerRequest.key == key, and_(CustomerRequest.same == same, CustomerRequest.state.in_(OPEN)))
        named = (Recording.caller.in_(set(callers) - {""}), Recording.crm != "")
        several = select(Recording.caller).where(*named).group_by(Recording.caller)
        shared = select(several.having(func.count(Recording.crm.distinct()) > 1).exists().label("shared")).subquery()
        both = select(shared.c.shared, CustomerRequest).outerjoin_from(shared, CustomerRequest, either)
        found = list(self.tuples(both.order_by(CustomerRequest.asked_at, CustomerRequest.id)))
        return [one for _, one in found if one is not None], any(several for several, _ in found)

    def to_phone(self, person: int) -> list[CustomerRequest]:
        """Return answered requests whose link hasn't been opened yet and that this person was asked about, earliest
        answered first: the customer needs the passcode by phone.
        """
        asked = (Party.person_id == person, Party.part == "approver", Party.unreachable == "")
        mine = exists().where(Party.matter_id == CustomerRequest.id, *asked)
        those = (CustomerRequest.id.in_(_UNOPENED), CustomerRequest.state == "answered", mine)
        return sorted(self.rows(CustomerRequest, *those), key=lambda one: (one.answered_at or one.asked_at, one.id))

    def letters(self, requests: Iterable[str]) -> dict[str, list[CustomerLetter]]:
        """Return the letters of each of these requests, newest first."""
        found: dict[str, list[CustomerLetter]] = {one: [] for one in requests}
        newest = select(CustomerLetter).order_by(CustomerLetter.made_at.desc(), CustomerLetter.id)
        for one in self.values(newest, CustomerLetter.matter_id, found):
            found[one.matter_id].append(one)
        return found

    def correspondence(self, request: str) -> tuple[list[CustomerLetter], list[Listening]]:
        """Return all letters of a request, newest first, and what the customer heard or downloaded by them, oldest first."""
        rows = self.session.execute(_LETTERS, {"request": request}).all()
        had = sorted((one for _, one in rows if one is not None), key=lambda one: (one.at, one.id))
        return [*{letter.id: letter for letter, _ in rows}.values()], had


def still_fetching(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Select letters whose link is in force and hasn't given all of its calls yet (P8, P12)."""
    unfetched = CustomerLetter.fetched_at.is_(None)
    return CustomerLetter.link.in_(ALIVE) & (CustomerLetter.ends_at > now) & unfetched
