"""Access that was given: grants, the codes and sessions by which it is used, and what was heard under it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import Session

from storage.hearable import Asked, hearable
from storage.pages import ALL, Page
from storage.records import Grant, Listening, Pass, Request, RequestedRecording
from storage.served import served
from storage.sessions import delete_rows

_REQUESTS = Request.__table__
_OF_MATTER = select(Grant).where(Grant.matter_id == bindparam("matter"))  # put together once, since each card asks


class Listened(NamedTuple):
    """Somebody who listened to a call: the person, the matter, who decided it (None: nobody did), and when first (aware)."""

    person_id: int
    matter_id: str
    decided_by: int | None
    first: datetime


class Grants:
    """Queries and changes about grants, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def give(self, grant: Grant) -> None:
        """Access begins."""
        self.session.add(grant)

    def of_all(self, ids: Iterable[str]) -> dict[str, Grant]:
        """The grants that these matters led to, by matter."""
        found = self.session.scalars(select(Grant).where(Grant.matter_id.in_(set(ids))))
        return {grant.matter_id: grant for grant in found}

    def get(self, grant_id: str) -> Grant | None:
        """One grant, ended or not."""
        return self.session.get(Grant, grant_id)

    def of(self, matter: str) -> Grant | None:
        """The grant that a matter led to."""
        return self.session.scalars(_OF_MATTER, {"matter": matter}).one_or_none()

    def in_force(
        self, now: datetime, page: Page = ALL, *, held_by: int | None = None, given_by: int | None = None
    ) -> list[Grant]:
        """Grants that are in force: those of a holder with the one that ends first at the top, else the newest first.

        Of a holder those alone by which something can be heard now (P5).
        """
        query = in_force(now, held_by=held_by, given_by=given_by)
        order = (Grant.ends_at, Grant.id) if given_by is None else (Grant.starts_at.desc(), Grant.id)
        return list(self.session.scalars(page.of(query.order_by(*order))))

    def add_pass(
        self, kind: str, mark: str, now: datetime, ends_at: datetime, *, grant: Grant | None = None
    ) -> None:  # fmt: skip
        """Remember the keyed mark of a one-time code or of a browser session: for a grant, or for the page of a month."""
        opened = grant.id if grant is not None else None
        self.session.add(Pass(kind=kind, hash=mark, grant_id=opened, made_at=now, ends_at=ends_at))

    def find_pass(self, kind: str, hashed: str) -> Pass | None:
        """The code or session with this hash, spent or not."""
        return self.session.scalars(select(Pass).where(Pass.kind == kind, Pass.hash == hashed)).one_or_none()

    def has_late_codes(self, now: datetime) -> bool:
        """Whether there are codes that nobody used in time."""
        return self.session.scalar(select(exists().where(*_late(now)))) or False

    def forget_late_codes(self, now: datetime) -> None:
        """Throw these away."""
        delete_rows(self.session, Pass, *_late(now))

    def has_passes(self, before: datetime) -> bool:
        """Whether any code or session ended before that."""
        return self.session.scalar(select(exists().where(Pass.ends_at < before))) or False

    def forget_passes(self, before: datetime) -> None:
        """Throw away codes and sessions that ended before that."""
        delete_rows(self.session, Pass, Pass.ends_at < before)

    def heard(self, listening: Listening) -> None:
        """Record that a part was heard."""
        self.session.add(listening)

    def listenings(self, grant_id: str) -> list[Listening]:
        """Everything heard under a grant, oldest first."""
        return list(
            self.session.scalars(select(Listening).where(Listening.grant_id == grant_id).order_by(Listening.at))
        )

    def had(self, grant: str, recording: int) -> bool:
        """Whether a call's audio ever left the house under a grant."""
        return (grant, recording) in served(self.session, [grant])

    def listened_to(self, recording: int) -> list[Listened]:
        """Who had a call's audio, under which matter and by whose decision; the earliest first.

        By what left the house, as the audit log holds it, whatever a page told of it later (P11).
        """
        mine = RequestedRecording.request_id == Grant.matter_id
        grants = (
            select(Grant.id, Grant.person_id, Grant.matter_id, _REQUESTS.c.decided_by)
            .join(RequestedRecording, mine)
            .join(_REQUESTS, _REQUESTS.c.id == Grant.matter_id, isouter=True)
            .where(RequestedRecording.recording_id == recording)
        )
        found = {row.id: row for row in self.session.execute(grants)}
        times = served(self.session, found)
        rows = (
            Listened(row.person_id, row.matter_id, row.decided_by, times[name, recording].first)
            for name, row in found.items()
            if (name, recording) in times
        )
        return sorted(rows, key=lambda one: one.first)


def in_force(
    now: Asked[datetime], *, held_by: Asked[int] | None = None, given_by: Asked[int] | None = None
) -> Select[Grant]:
    """Grants that nobody ended and whose time is not over; of somebody's, those that a request led to.

    Of a holder's those by which something can be heard: what is out of reach is not there to hear (P5).
    """
    query = select(Grant).where(Grant.ended_at.is_(None), Grant.ends_at > now)
    if held_by is not None:
        query = query.join(_REQUESTS, _REQUESTS.c.id == Grant.matter_id).where(
            Grant.person_id == held_by, hearable(now)
        )
    if given_by is not None:
        query = query.join(_REQUESTS, _REQUESTS.c.id == Grant.matter_id).where(_REQUESTS.c.decided_by == given_by)
    return query


def _late(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Pass.kind == "code", Pass.used_at.is_(None), Pass.ends_at <= now)
