"""One look for a whole group: what several pieces of work will ask for is read together, before the first runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import BindParameter, bindparam, select, union_all
from sqlalchemy.orm import Session

from storage.records import FormerAddress, Person, Recording, Request

# Put together once: that takes longer than the database needs to answer.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_NAMES: BindParameter[str] = bindparam("names", expanding=True)
_PEOPLE = select(Person).where(Person.id.in_(_IDS))
_RECORDINGS = (
    select(Recording, Person.email_key)
    .outerjoin(FormerAddress, FormerAddress.email_key == Recording.operator_key)
    .outerjoin(Person, FormerAddress.person_id == Person.id)
    .where(Recording.id.in_(_IDS))
)
# Each half by its own index. Which of the second are open is asked afterwards: a database that is told it looks through
# all that is open in the company as soon as it is given a few names. Their ids come first and the rows by them, since a
# join that is to find a few names may read a whole table, too; as a rule there are none.
_TABLE = Request.__table__
_SAME = union_all(
    select(_TABLE.c.id).where(_TABLE.c.key.in_(_NAMES)), select(_TABLE.c.id).where(_TABLE.c.fingerprint.in_(_NAMES))
)
_REQUESTS = select(Request).where(Request.id.in_(_NAMES))
_SINCE = (
    select(FormerAddress.email_key, Person.email_key)
    .join(Person, FormerAddress.person_id == Person.id)
    .where(FormerAddress.email_key.in_(_NAMES))
)


def same(session: Session, names: Iterable[str]) -> list[Request]:
    """Requests filed by one of the submissions in `names`, or open ones with the same content as one of them."""
    wanted = set(names)
    session.flush()
    ids = session.connection().scalars(_SAME, {"names": wanted}).all()
    found = session.scalars(_REQUESTS, {"names": set(ids)}) if ids else ()
    return [one for one in found if one.key in wanted or one.is_open]


def since(session: Session, keys: Iterable[str]) -> dict[str, str | None]:
    """The address that whoever once had one of these has now, by the former one; those of nobody are None. Each asked once."""
    known = cast("dict[str, str | None]", session.info.setdefault("since", {}))
    if new := [key for key in dict.fromkeys(keys) if key not in known]:
        known |= dict.fromkeys(new)
        # An address that changes is flushed at once; to flush for this look would split one bulk insert into many.
        known.update((old, now) for old, now in session.connection().execute(_SINCE, {"names": new}))
    return known


@dataclass(frozen=True, slots=True)
class Prefetch:
    """Ids of people and recordings, and keys and fingerprints of requests, that a piece of work is going to look at."""

    people: frozenset[int] = frozenset()
    recordings: frozenset[int] = frozenset()
    requests: frozenset[str] = frozenset()


class Prefetched:
    """What was read ahead in this transaction; it is kept here, since a session alone forgets what nobody holds."""

    def __init__(self) -> None:
        self.people: dict[int, Person] = {}
        self.recordings: dict[int, Recording] = {}
        self.looked_for: set[int | str] = set()
        self.filed: dict[str, Request] = {}

    def look(self, session: Session, wanted: Iterable[Prefetch]) -> None:
        """Read what all of `wanted` ask for, with one query a table."""
        people: set[int] = set()
        recordings: set[int] = set()
        requests: set[str] = set()
        for one in wanted:
            people |= one.people
            recordings |= one.recordings
            requests |= one.requests
        if requests:  # a new one names its approvers, too
            people.update(session.info.get("person_ids", {}).values())
        if people:
            self.people |= {one.id: one for one in session.scalars(_PEOPLE, {"ids": people})}
        if recordings:
            self._look_at_calls(session, recordings)
        if requests:
            for request in same(session, requests):
                self.file(request)
        self.looked_for |= recordings | requests

    def _look_at_calls(self, session: Session, ids: set[int]) -> None:
        """Read recordings, each with the address that its operator has now."""
        known = cast("dict[str, str | None]", session.info.setdefault("since", {}))
        for recording, now in session.execute(_RECORDINGS, {"ids": ids}):
            self.recordings[recording.id] = recording
            if recording.operator_key:
                known[recording.operator_key] = now

    def file(self, request: Request) -> None:
        """Remember a request by what makes another one the same."""
        self.filed[request.key] = request
        if request.is_open:
            self.filed[request.fingerprint] = request


def prefetched(session: Session) -> Prefetched:
    """What was read ahead in this session."""
    if "ahead" not in session.info:
        session.info["ahead"] = Prefetched()
    found: Prefetched = session.info["ahead"]
    return found
