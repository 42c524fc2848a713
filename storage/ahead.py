"""One look for a whole group: what several pieces of work will ask for is read together, before the first runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from storage.records import Person, Recording, Request

OPEN = ("waiting", "stuck")


@dataclass(frozen=True, slots=True)
class Ahead:
    """Ids of people and recordings, and keys and twins of requests, that a piece of work is going to look at."""

    people: frozenset[int] = frozenset()
    recordings: frozenset[int] = frozenset()
    requests: frozenset[str] = frozenset()


class Outlook:
    """What was read ahead in this transaction; it is kept here, since a session alone forgets what nobody holds."""

    def __init__(self) -> None:
        self.people: list[Person] = []
        self.recordings: dict[int, Recording] = {}
        self.looked_for: set[int | str] = set()
        self.filed: dict[str, Request] = {}

    def look(self, session: Session, wanted: Iterable[Ahead]) -> None:
        """Read what all of `wanted` ask for, with one query a table."""
        people: set[int] = set()
        recordings: set[int] = set()
        requests: set[str] = set()
        for one in wanted:
            people |= one.people
            recordings |= one.recordings
            requests |= one.requests
        if people:
            self.people += session.scalars(select(Person).where(Person.id.in_(people)))
        if recordings:
            found = session.scalars(select(Recording).where(Recording.id.in_(recordings)))
            self.recordings |= {recording.id: recording for recording in found}
        if requests:
            for request in session.scalars(same(requests)):
                self.file(request)
        self.looked_for |= recordings | requests

    def file(self, request: Request) -> None:
        """Remember a request by what makes another one the same."""
        self.filed |= {request.key: request, request.twin: request}


def same(names: Iterable[str]) -> Select[Request]:
    """Requests filed by one of these submissions, or open ones with the same content as one of these."""
    known = list(names)
    return select(Request).where(or_(Request.key.in_(known), Request.twin.in_(known) & Request.state.in_(OPEN)))


def outlook(session: Session) -> Outlook:
    """What was read ahead in this session."""
    found: Outlook = session.info.setdefault("ahead", Outlook())
    return found
