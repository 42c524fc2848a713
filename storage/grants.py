"""Access that was given: grants, the codes and sessions by which it is used, and what was heard under it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from storage.erasures import is_kept
from storage.inbox import Inbox
from storage.records import Grant, Pass, Recording, Request, RequestedRecording
from storage.rows import Rows, id_pages
from storage.sessions import delete_rows
from storage.tables.calls import Declined, DeclinedRecording, Keep
from storage.tables.customers import ALIVE, CustomerLetter
from storage.tables.log import AuditEntry

_OF_MATTER = select(Grant).where(Grant.matter_id == bindparam("matter"))  # put together once, since each card asks
ALL_ENDED = "all_ended"


class EndedAccess(NamedTuple):
    """What ended: the access of staff, customers' links, and how many presses were dropped undone."""

    grants: list[Grant]
    links: list[CustomerLetter]
    presses: int


class Grants(Rows):
    """Queries and changes about grants."""

    def of_all(self, ids: Iterable[str]) -> dict[str, Grant]:
        """Return the grants that these matters led to, by matter."""
        return {one.matter_id: one for one in self.values(select(Grant), Grant.matter_id, ids)}

    def of(self, matter: str) -> Grant | None:
        """Return the grant that a matter led to; None if it led to none."""
        return self.session.scalars(_OF_MATTER, {"matter": matter}).one_or_none()

    def in_force(
        self, now: datetime, most: int, skip: int, *, held_by: int | None = None, given_by: int | None = None
    ) -> list[tuple[Grant, Request]]:
        """Return grants that are in force, with their requests: those given by an approver newest first, a holder's by
        their end, and of these only those by which something can be heard now (P5).
        """
        query = in_force(now, held_by=held_by, given_by=given_by)
        order = (Grant.ends_at, Grant.id) if given_by is None else (Grant.starts_at.desc(), Grant.id)
        return list(self.tuples(query.add_columns(Request).order_by(*order).limit(most).offset(skip)))

    def forget_passes(self, before: datetime) -> None:
        """Delete codes and sessions that ended before this moment."""
        delete_rows(self.session, Pass, Pass.ends_at < before)

    def heard(self, matters: Iterable[str]) -> set[str]:
        """Return those of these matters whose audio was sent to a person."""
        given = {one.id: matter for matter, one in self.of_all(matters).items()}
        return {given[grant] for grant, _ in audio_served(self.session, given)}

    def had(self, grant: str, recording: int) -> bool:
        """Return True if a call's audio was ever sent out under a grant."""
        return (grant, recording) in audio_served(self.session, [grant])

    def end_all_access(self, now: datetime) -> EndedAccess:
        """End every grant, link, code and session but those of reports, and drop presses that may have been done already."""
        grants = self.rows(Grant, Grant.ended_at.is_(None), Grant.ends_at > now)
        for grant in grants:
            grant.ended_at, grant.ended_why = now, ALL_ENDED
        links = self.rows(CustomerLetter, CustomerLetter.link.in_(ALIVE), CustomerLetter.ends_at > now)
        for link in links:
            link.link, link.session_ends_at = "ended", None
        # A letter that is waiting may have gone already: count it as lost, so that a person is asked before it goes again.
        # One with a link is dropped anyway, since its link is dead.
        for one in self.rows(CustomerLetter, CustomerLetter.state == "waiting", CustomerLetter.link == ""):
            one.state, one.next_at = "sending", now
        delete_rows(self.session, Pass, Pass.grant_id.is_(None))  # those of a grant open nothing any more, and say why
        return EndedAccess(grants, links, Inbox(self.session).clear())


def in_force(
    now: Asked[datetime], *, held_by: Asked[int] | None = None, given_by: Asked[int] | None = None
) -> Select[Grant]:
    """Select a holder's or giver's grants of requests that weren't ended and are still in time; a holder's only if a
    call can be heard, since locked calls can't (P5).
    """
    open_ones = (Grant.ended_at.is_(None), Grant.ends_at > now)
    query = select(Grant).join(Request, Request.id == Grant.matter_id).where(*open_ones)
    if held_by is None:
        return query.where(Request.decided_by == given_by)
    return query.where(Grant.person_id == held_by, has_hearable_call(now))


SERVED = "listening.audio"
"""The log's action for audio that was sent out; its entries are about a grant."""
_DONE = (AuditEntry.action == SERVED, AuditEntry.outcome == "done")
# As text, since a server would refuse the whole query for one value that is no number.
_CALL = AuditEntry.detail["recording"].as_string()
_SPANS = (
    select(AuditEntry.subject, _CALL, func.min(AuditEntry.at), func.max(AuditEntry.at))
    .where(*_DONE)
    .group_by(AuditEntry.subject, _CALL)
)


class AudioSpan(NamedTuple):
    """When a call's audio was first and last sent out (aware)."""

    first: datetime
    last: datetime


def audio_served(
    session: Session, grants: Iterable[str], during: tuple[datetime, datetime] | None = None
) -> dict[tuple[str, int], AudioSpan]:
    """Return when audio was sent out, by grant and recording, at any time or `during` a span (aware, its end excluded).
    An unreadable entry is skipped: it was changed by hand, which the chain shows.
    """
    found: dict[tuple[str, int], AudioSpan] = {}
    for some in id_pages(grants):
        for grant, call, first, last in session.execute(
            _SPANS.where(AuditEntry.subject.in_(some), *_within_entries(during))
        ):
            with suppress(ValueError, TypeError):
                span = AudioSpan(datetime.fromisoformat(first), datetime.fromisoformat(last))
                so_far = found.get((grant, int(call)), span)
                found[grant, int(call)] = AudioSpan(min(so_far.first, span.first), max(so_far.last, span.last))
    return found


def _within_entries(during: tuple[datetime, datetime] | None) -> tuple[ColumnElement[bool], ...]:
    """Select entries of that time by text: the log writes every moment in the same form, in UTC."""
    if during is None:
        return ()
    since, until = (one.astimezone(UTC).isoformat(timespec="microseconds") for one in during)
    return AuditEntry.at >= since, AuditEntry.at < until


T = TypeVar("T")
Asked: TypeAlias = T | ColumnElement[T]
"""A value in a query, or a parameter of that name."""


def has_hearable_call(now: Asked[datetime]) -> ColumnElement[bool]:
    """Select grants with a call that can be heard (`now` is aware), by the same rule as `Recording.closed` and the
    player.
    """
    in_time = or_(Recording.erase_at.is_(None), Recording.erase_at > now)
    in_reach = and_(Recording.state.not_in(("declined", "closed", "gone", "erased")), in_time)
    those = (Keep.recording_id == Recording.id, Keep.matter_id == RequestedRecording.request_id, *is_kept(now))
    both = select(DeclinedRecording.recording_id).join(Declined, Declined.id == DeclinedRecording.matter_id)
    declined = both.where(DeclinedRecording.recording_id == Recording.id, Declined.state != "kept").exists()
    named = (RequestedRecording.request_id == Grant.matter_id, Recording.id == RequestedRecording.recording_id)
    return exists().where(*named, or_(in_reach, and_(exists().where(*those), ~declined)))
