"""One look for a whole group: what several pieces of work will ask for is read together, before the first runs."""

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
# The people with these ids or addresses and those with a part in a matter, with that part; whether an unsettled account
# claims their address; and who may be the same person, by an address that one had before and the other has.
_ONCE, _OTHER, _BEFORE = aliased(FormerAddress), aliased(Person), aliased(FormerAddress)
_NOW, _MATTER = Person.__table__, bindparam("matter", type_=String)
_CLAIMED = exists().where(ChatAccount.email_key == Person.email_key, ChatAccount.standing == AMBIGUOUS)
_WANTED = union_all(
    select(_NOW.c.id).where(_NOW.c.id.in_(_IDS)),
    select(_NOW.c.id).where(_NOW.c.email_key.in_(_NAMES)),
    select(Party.__table__.c.person_id).where(Party.__table__.c.matter_id == _MATTER),
)
_WHOSE = select(_NOW.c.email_key, _NOW.c.id).where(_NOW.c.email_key.in_(_NAMES))
_KNOWN = (
    select(Person, Party, _CLAIMED, _OTHER.id, _BEFORE.person_id)
    .outerjoin(Party, and_(Party.person_id == Person.id, Party.matter_id == _MATTER))
    .outerjoin(_ONCE, _ONCE.person_id == Person.id)
    .outerjoin(_OTHER, _OTHER.email_key == _ONCE.email_key)
    .outerjoin(_BEFORE, _BEFORE.email_key == Person.email_key)
    .where(Person.id.in_(_WANTED))
)


def same_requests(session: Session, people: Iterable[int], names: Iterable[str]) -> list[Request]:
    """Return requests filed by one of the submissions in `names`, or open ones of these people with the same content as
    one of them.
    """
    wanted = set(names)
    session.flush()
    ids = session.connection().scalars(_SAME, {"names": wanted, "ids": set(people)}).all()
    found = session.scalars(_REQUESTS, {"names": set(ids)}) if ids else ()
    return [one for one in found if one.key in wanted or one.is_open]


@dataclass(slots=True)
class Standings:
    """What was asked of people, by id: who they are, who may act at present, and whom each may be the same person as.

    `ids` says who has an address. `may_act` is True if nothing is known against a person, as for one who hasn't been
    met yet.
    """

    people: dict[int, Person] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    may_act: dict[int, bool] = field(default_factory=dict)
    twins: dict[int, set[int]] = field(default_factory=dict)


def standings(session: Session, ids: Iterable[int], keys: Iterable[str] = ()) -> Standings:
    """Return what is known of these people, and of those with these addresses.

    Each is asked for once, until people change.
    """
    known, new, named = _not_yet_read(session, ids, keys)
    if new or named:
        # An address that changes is flushed at once; to flush for this look would split one bulk insert into many.
        with session.no_autoflush:
            _query(session, known, new, named)
    return known


def parties_and_people(
    session: Session, matter: str, ids: Iterable[int], keys: Iterable[str]
) -> tuple[list[Party], dict[int, Person]]:
    """Return the parties of a matter, in the order in which they were asked; and who they and all these are, as
    `standings` knows them from then on.
    """
    known, new, named = _not_yet_read(session, ids, keys)
    parties = _query(session, known, new, named, matter)
    return sorted(parties.values(), key=lambda one: (one.since, one.person_id)), dict(known.people)


def _not_yet_read(session: Session, ids: Iterable[int], keys: Iterable[str]) -> tuple[Standings, list[int], list[str]]:
    known: Standings = session.info.setdefault("standings", Standings())
    new, named = (
        [one for one in dict.fromkeys(ids) if one not in known.twins],
        [one for one in keys if one not in known.ids],
    )
    known.twins.update((one, set()) for one in new)
    return known, new, named


def _query(session: Session, known: Standings, ids: list[int], keys: list[str], matter: str = "") -> dict[int, Party]:
    parties = dict[int, Party]()
    rows = session.execute(_KNOWN, {"ids": ids, "names": keys, "matter": matter})
    for person, party, claimed, other, before in rows:
        known.people[person.id], known.ids[person.email_key] = person, person.id
        known.may_act[person.id] = person.standing == LIVING and not (claimed and person.checked_at is None)
        known.twins.setdefault(person.id, set()).update({other, before} - {None})
        if party is not None:
            parties[person.id] = party
    if left := [key for key in keys if key not in known.ids]:
        # As a rule none; else a row that can't be read, whose person may do nothing meanwhile.
        found = session.connection().execute(_WHOSE, {"names": left})
        known.ids.update((key, one) for key, one in found)
        known.may_act |= {known.ids[key]: False for key in left if key in known.ids}
    return parties


def people_changed(session: Session) -> None:
    """Drop what was read before, because an address or standing has changed."""
    session.info.pop("standings", None)


@dataclass(frozen=True, slots=True)
class Prefetch:
    """Ids of people and recordings, keys and fingerprints of requests, and addresses, that a piece of work is going to look at."""

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

    def look(self, session: Session, wanted: Collection[Prefetch]) -> None:
        """Read what all of `wanted` ask for, with one query a table."""
        people = {each for one in wanted for each in one.people}
        recordings = {each for one in wanted for each in one.recordings}
        requests = {each for one in wanted for each in one.requests}
        addresses = {each for one in wanted for each in one.addresses}
        if recordings:
            self.recordings |= {one.id: one for one in session.scalars(_RECORDINGS, {"ids": recordings})}
            people.update(one.operator_id for one in self.recordings.values() if one.operator_id)
        if people:
            self.people |= standings(session, people, addresses).people
        if requests:
            for request in same_requests(session, people, requests):
                self.file(request)
        self.looked_for |= recordings | requests

    def file(self, request: Request) -> None:
        """Remember a request under what identifies a duplicate."""
        self.filed[request.key or ""] = request
        if request.is_open:
            self.filed[request.fingerprint] = request


def prefetched_in(session: Session) -> Prefetched:
    """Return what was read ahead in this session."""
    if "ahead" not in session.info:
        session.info["ahead"] = Prefetched()
    found: Prefetched = session.info["ahead"]
    return found
