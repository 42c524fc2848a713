"""One look for a whole group: what several pieces of work will ask for is read together, before the first runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import BindParameter, Select, bindparam, false, null, select, union_all
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
# Whoever has or had one of these addresses, by that, with how they stand, the address of now and all of before; and accounts that
# claim one of which nobody knows yet whose they are.
_NOW, _ONCE, _OTHERS = Person.__table__, FormerAddress.__table__, FormerAddress.__table__.alias()
_CLAIMS = ChatAccount.__table__
_WHOSE = union_all(
    select(_NOW.c.email_key.label("asked"), _NOW.c.id.label("person")).where(_NOW.c.email_key.in_(_NAMES)),
    select(_ONCE.c.email_key, _ONCE.c.person_id).where(_ONCE.c.email_key.in_(_NAMES)),
).subquery()
_BEARERS = union_all(
    select(
        _WHOSE.c.asked, _NOW.c.email_key.label("now"), _OTHERS.c.email_key.label("before"), _NOW.c.standing,
        _NOW.c.checked_at.is_not(None).label("met"),
    )
    .join(_NOW, _NOW.c.id == _WHOSE.c.person)
    .outerjoin(_OTHERS, _OTHERS.c.person_id == _WHOSE.c.person),
    select(_CLAIMS.c.email_key, null(), null(), _CLAIMS.c.standing, false()).where(
        _CLAIMS.c.email_key.in_(_NAMES), _CLAIMS.c.standing == AMBIGUOUS
    ),
)  # fmt: skip


def same(session: Session, people: Iterable[int], names: Iterable[str]) -> list[Request]:
    """Requests filed by one of the submissions in `names`, or open ones of these people with the same content as one of them."""
    wanted = set(names)
    session.flush()
    ids = session.connection().scalars(_SAME, {"names": wanted, "ids": set(people)}).all()
    found = session.scalars(_REQUESTS, {"names": set(ids)}) if ids else ()
    return [one for one in found if one.key in wanted or one.is_open]


@dataclass(slots=True)
class Bearers:
    """Whoever has or had one address: which addresses they have `now`, and which they had `before`.

    `stands` is how its owner of now stands, None where there is none; `met` once a platform told of that owner, `claimed` where
    an account claims it of which nobody knows whose it is.
    """

    now: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    stands: str | None = None
    met: bool = False
    claimed: bool = False

    @property
    def may_act(self) -> bool:
        """Whether nothing is known against its owner; true of somebody whom nobody has met yet."""
        return self.stands in (None, LIVING) and (self.met or not self.claimed)


def bearers(session: Session, keys: Iterable[str]) -> dict[str, Bearers]:
    """Whoever has or had each of these addresses, by that. Each asked once, until `people_changed`."""
    known = cast("dict[str, Bearers]", session.info.setdefault("bearers", {}))
    if new := [key for key in dict.fromkeys(keys) if key not in known]:
        known.update((key, Bearers()) for key in new)
        # An address that changes is flushed at once; to flush for this look would split one bulk insert into many.
        for asked, now, before, standing, met in session.connection().execute(_BEARERS, {"names": new}):
            one = known[asked]
            if now is None:
                one.claimed = True
                continue
            one.now.add(now)
            one.before.update({before} - {None})
            if now == asked:
                one.stands, one.met = standing, bool(met)
    return known


def people_changed(session: Session) -> None:
    """Somebody has another address or standing: what was asked before counts no more."""
    session.info.pop("bearers", None)


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
            self._look_at_calls(session, recordings, [one.email_key for one in self.people.values()])
        if requests:
            for request in same(session, people, requests):
                self.file(request)
        self.looked_for |= recordings | requests

    def _look_at_calls(self, session: Session, ids: set[int], askers: Iterable[str]) -> None:
        """Read recordings, and with them every address of whoever was on them or asks."""
        found = session.scalars(_RECORDINGS, {"ids": ids}).all()
        self.recordings |= {one.id: one for one in found}
        bearers(session, (*askers, *(one.operator_key for one in found if one.operator_key)))

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
