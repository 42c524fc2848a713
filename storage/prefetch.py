"""Reads ahead: what several pieces of work in one transaction will ask for is read together, before the first of them runs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import BindParameter, String, and_, bindparam, exists, select, union_all
from sqlalchemy.orm import Session, aliased

from storage.records import AMBIGUOUS, LIVING, ChatAccount, FormerAddress, Party, Person, Recording, Request

# Put together once: that takes longer than the database needs to answer.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_NAMES: BindParameter[str] = bindparam("names", expanding=True)
_RECORDINGS = select(Recording).where(Recording.id.in_(_IDS))
# Each half uses its own index. Which of the second are open is asked afterwards: in one query, a few names make the
# database look through everything open in the company. Ids come first and then the rows, since a join for a few names
# may read a whole table, too; as a rule there are none.
_TABLE = Request.__table__
_SAME = union_all(
    select(_TABLE.c.id).where(_TABLE.c.key.in_(_NAMES)),
    select(_TABLE.c.id).where(_TABLE.c.begun_by.in_(_IDS), _TABLE.c.found_by.in_(_NAMES)),
)
_REQUESTS = select(Request).where(Request.id.in_(_NAMES))
# The people with these ids or addresses and those with a part in these matters, with that part; whether an unsettled account
# claims their address; and who may be the same person, by an address that one had before and the other has.
_ONCE, _OTHER, _BEFORE = aliased(FormerAddress), aliased(Person), aliased(FormerAddress)
_NOW, _MATTERS = Person.__table__, bindparam("matters", type_=String, expanding=True)
_CLAIMED = exists().where(ChatAccount.email_key == Person.email_key, ChatAccount.standing == AMBIGUOUS)
_WANTED = union_all(
    select(_NOW.c.id).where(_NOW.c.id.in_(_IDS)),
    select(_NOW.c.id).where(_NOW.c.email_key.in_(_NAMES)),
    select(Party.__table__.c.person_id).where(Party.__table__.c.matter_id.in_(_MATTERS)),
)
_WHOSE = select(_NOW.c.email_key, _NOW.c.id).where(_NOW.c.email_key.in_(_NAMES))
_KNOWN = (
    select(Person, Party, _CLAIMED, _OTHER.id, _BEFORE.person_id)
    .outerjoin(Party, and_(Party.person_id == Person.id, Party.matter_id.in_(_MATTERS)))
    .outerjoin(_ONCE, _ONCE.person_id == Person.id)
    .outerjoin(_OTHER, _OTHER.email_key == _ONCE.email_key)
    .outerjoin(_BEFORE, _BEFORE.email_key == Person.email_key)
    .where(Person.id.in_(_WANTED))
)


def same_requests(session: Session, people: Iterable[int], names: Iterable[str]) -> list[Request]:
    """Return requests that were filed by one of the submissions in `names`, or by these people with the same content."""
    wanted = set(names)
    session.flush()
    ids = session.connection().scalars(_SAME, {"names": wanted, "ids": set(people)}).all()
    return list(session.scalars(_REQUESTS, {"names": set(ids)})) if ids else []


@dataclass(slots=True)
class Standings:
    """What was asked of people, by id: who may act at present, and whom each may be the same person as.

    `ids` says who has an address. `may_act` is True if nothing is known against a person, as for one who hasn't been
    met yet.
    """

    ids: dict[str, int] = field(default_factory=dict)
    may_act: dict[int, bool] = field(default_factory=dict)
    twins: dict[int, set[int]] = field(default_factory=dict)


def standings(session: Session, ids: Iterable[int], keys: Iterable[str] = ()) -> Standings:
    """Return what is known of these people, and of those with these addresses.
    Each is read once, until people change.
    """
    known, new, named = _not_yet_read(session, ids, keys)
    if new or named:
        # Changed addresses are flushed at once, so this needs no flush, which would split one bulk insert into many.
        with session.no_autoflush:
            _query(session, known, new, named)
    return known


def parties_and_people(
    session: Session, matters: Iterable[str], ids: Iterable[int], keys: Iterable[str]
) -> tuple[dict[str, list[Party]], dict[int, Person]]:
    """Return the parties of each matter, in the order in which they were asked, and all the people read so far by id."""
    known, new, named = _not_yet_read(session, ids, keys)
    found = {one: list[Party]() for one in matters}
    read = _query(session, known, new, named, found) if found or new or named else []
    for party in sorted(read, key=lambda one: (one.since, one.person_id)):
        found[party.matter_id].append(party)
    return found, dict(prefetched_in(session).people)


def _not_yet_read(session: Session, ids: Iterable[int], keys: Iterable[str]) -> tuple[Standings, list[int], list[str]]:
    """Return what is known of people so far, and the ids and addresses that are still to be read."""
    so_far: Standings = session.info.setdefault("standings", Standings())
    new, named = (
        [one for one in dict.fromkeys(ids) if one not in so_far.twins],
        [one for one in keys if one not in so_far.ids],
    )
    so_far.twins.update((one, set()) for one in new)
    return so_far, new, named


def _query(
    session: Session, so_far: Standings, ids: list[int], keys: list[str], matters: Iterable[str] = ()
) -> list[Party]:
    """Read these people into what is known so far; return the parties of the matters."""
    parties = dict[tuple[str, int], Party]()
    rows = session.execute(_KNOWN, {"ids": ids, "names": keys, "matters": list(matters)})
    for person, party, claimed, other, before in rows:
        prefetched_in(session).people[person.id], so_far.ids[person.email_key] = person, person.id
        so_far.may_act[person.id] = person.standing == LIVING and not (claimed and person.checked_at is None)
        so_far.twins.setdefault(person.id, set()).update({other, before} - {None})
        if party is not None:
            parties[party.matter_id, person.id] = party
    if unread := [key for key in keys if key not in so_far.ids]:
        # Usually none; any is a row that can't be read, and its person may do nothing meanwhile.
        found = session.connection().execute(_WHOSE, {"names": unread})
        so_far.ids.update((key, one) for key, one in found)
        so_far.may_act |= {so_far.ids[key]: False for key in unread if key in so_far.ids}
    return list(parties.values())


def people_changed(session: Session) -> None:
    """Drop what was read before, because an address or standing has changed."""
    session.info.pop("standings", None)


@dataclass(frozen=True, slots=True)
class Prefetch:
    """What a piece of work is going to read: ids of people and recordings, keys and fingerprints of requests, and
    addresses.
    """

    people: frozenset[int] = frozenset()
    recordings: frozenset[int] = frozenset()
    requests: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()


class Prefetched:
    """What was read ahead in this transaction, held here because a session forgets objects that no one holds."""

    def __init__(self) -> None:
        self.people: dict[int, Person] = {}
        self.recordings: dict[int, Recording] = {}
        self.looked_for: set[int | str] = set()
        self.filed: dict[str, Request] = {}
        self.ended: dict[str, Request] = {}

    def read_ahead(self, session: Session, wanted: Collection[Prefetch]) -> None:
        """Read what all of `wanted` ask for, with one query a table."""
        people = {each for one in wanted for each in one.people}
        recordings = {each for one in wanted for each in one.recordings}
        requests = {each for one in wanted for each in one.requests}
        addresses = {each for one in wanted for each in one.addresses}
        if recordings:
            self.recordings |= {one.id: one for one in session.scalars(_RECORDINGS, {"ids": recordings})}
            people.update(one.operator_id for one in self.recordings.values() if one.operator_id)
        if people:
            standings(session, people, addresses)
        if requests:
            for request in same_requests(session, people, requests):
                self.file(request)
        self.looked_for |= recordings | requests

    def file(self, request: Request) -> None:
        """Remember a request under what identifies a duplicate."""
        self.filed[request.key or ""] = request
        alike = self.filed if request.is_open else self.ended
        alike[request.fingerprint] = max(request, alike.get(request.fingerprint, request), key=lambda one: one.asked_at)


def prefetched_in(session: Session) -> Prefetched:
    """Return what was read ahead in this session."""
    if "ahead" not in session.info:
        session.info["ahead"] = Prefetched()
    found: Prefetched = session.info["ahead"]
    return found
