"""One look for a whole group: what several pieces of work will ask for is read together, before the first runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, bindparam, exists, literal_column, null, select, union_all
from sqlalchemy.orm import Session

from storage.records import AMBIGUOUS, LIVING, ChatAccount, FormerAddress, Person, Recording, Request

# Put together once: that takes longer than the database needs to answer.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_NAMES: BindParameter[str] = bindparam("names", expanding=True)
_PEOPLE = select(Person).where(Person.id.in_(_IDS))
_RECORDINGS = select(Recording).where(Recording.id.in_(_IDS))
# Each half by its own index. Which of the second are open is asked afterwards: a database that is told it looks through
# all that is open in the company as soon as it is given a few names. Their ids come first and the rows by them, since a
# join that is to find a few names may read a whole table, too; as a rule there are none.
_TABLE = Request.__table__
_SAME = union_all(
    select(_TABLE.c.id).where(_TABLE.c.key.in_(_NAMES)),
    select(_TABLE.c.id).where(_TABLE.c.begun_by.in_(_IDS), _TABLE.c.found_by.in_(_NAMES)),
)
_REQUESTS = select(Request).where(Request.id.in_(_NAMES))
# How each of these people stands, whether an account claims their address of which nobody knows whose it is, and who may be
# the same person: who has an address that they had before, or had the one that they have.
_NOW, _ONCE, _CLAIMS = Person.__table__, FormerAddress.__table__, ChatAccount.__table__
_OTHER = _NOW.alias()
_CLAIMED = exists().where(_CLAIMS.c.email_key == _NOW.c.email_key, _CLAIMS.c.standing == AMBIGUOUS)
_STAND = select(
    _NOW.c.id, _NOW.c.email_key, _NOW.c.standing, _NOW.c.checked_at.is_not(None), _CLAIMED, literal_column("0")
)
_STANDINGS = union_all(
    _STAND.where(_NOW.c.id.in_(_IDS)),
    _STAND.where(_NOW.c.email_key.in_(_NAMES)),
    select(_ONCE.c.person_id, null(), null(), null(), null(), _OTHER.c.id)
    .join(_OTHER, _OTHER.c.email_key == _ONCE.c.email_key)
    .where(_ONCE.c.person_id.in_(_IDS)),
    select(_OTHER.c.id, null(), null(), null(), null(), _ONCE.c.person_id)
    .join(_ONCE, _ONCE.c.email_key == _OTHER.c.email_key)
    .where(_OTHER.c.id.in_(_IDS)),
)


def same(session: Session, people: Iterable[int], names: Iterable[str]) -> list[Request]:
    """Requests filed by one of the submissions in `names`, or open ones of these people with the same content as one of them."""
    wanted = set(names)
    session.flush()
    ids = session.connection().scalars(_SAME, {"names": wanted, "ids": set(people)}).all()
    found = session.scalars(_REQUESTS, {"names": set(ids)}) if ids else ()
    return [one for one in found if one.key in wanted or one.is_open]


@dataclass(slots=True)
class Standings:
    """What was asked of people: who has an address, who may act as things are, and of whom each may be another self.

    `may_act` is whether nothing is known against somebody; so it is of a person whom nobody has met yet.
    """

    ids: dict[str, int] = field(default_factory=dict)
    may_act: dict[int, bool] = field(default_factory=dict)
    twins: dict[int, set[int]] = field(default_factory=dict)


def standings(session: Session, ids: Iterable[int], keys: Iterable[str] = ()) -> Standings:
    """What is known of these people, and of those with these addresses. Each asked once, until `people_changed`."""
    if "standings" not in session.info:
        session.info["standings"] = Standings()
    known: Standings = session.info["standings"]
    new, named = set(ids) - known.twins.keys(), set(keys) - known.ids.keys()
    if new or named:
        known.twins.update((one, set()) for one in new)
        # An address that changes is flushed at once; to flush for this look would split one bulk insert into many.
        rows = session.connection().execute(_STANDINGS, {"ids": new, "names": named})
        for asked, key, standing, met, claimed, twin in rows:
            if twin:
                known.twins[asked].add(twin)
                continue
            known.ids[key], known.may_act[asked] = asked, standing == LIVING and bool(met or not claimed)
    return known


def people_changed(session: Session) -> None:
    """Somebody has another address or standing: what was asked before counts no more."""
    session.info.pop("standings", None)


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
        if people:
            self.people |= {one.id: one for one in session.scalars(_PEOPLE, {"ids": people})}
        if recordings:
            self.recordings |= {one.id: one for one in session.scalars(_RECORDINGS, {"ids": recordings})}
            standings(session, {*people, *(one.operator_id for one in self.recordings.values() if one.operator_id)})
        if requests:
            for request in same(session, people, requests):
                self.file(request)
        self.looked_for |= recordings | requests

    def file(self, request: Request) -> None:
        """Remember a request by what makes another one the same."""
        self.filed[request.key or ""] = request
        if request.is_open:
            self.filed[request.fingerprint] = request


def prefetched(session: Session) -> Prefetched:
    """What was read ahead in this session."""
    if "ahead" not in session.info:
        session.info["ahead"] = Prefetched()
    found: Prefetched = session.info["ahead"]
    return found


Name = TypeVar("Name", int, str)
Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])

AT_ONCE = 500
"""Ids or names in one question."""


@dataclass(frozen=True, slots=True)
class Page:
    """At most so many rows (None: all), after those that are skipped."""

    most: int | None = None
    skip: int = 0

    def of(self, query: Q) -> Q:
        """The query for this part."""
        return query.limit(self.most).offset(self.skip) if self.most is not None else query


ALL = Page()


def pages(names: Iterable[Name]) -> Iterator[list[Name]]:
    """These, so many at once as one question takes."""
    left = iter(names)
    while some := list(islice(left, AT_ONCE)):
        yield some
