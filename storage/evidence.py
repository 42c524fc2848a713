"""What is stored beside what the log says of it, read together as of one moment, a page of requests at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Text, exists, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.log_records import AuditEntry
from storage.records import (
    Grant,
    Listening,
    Matter,
    Party,
    Pass,
    Recording,
    Remark,
    Request,
    RequestedRecording,
)
from storage.sessions import at_one_moment

MOST_STRAYS = 20
_LOGGED = select(
    AuditEntry.seq, AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.subject, as_type(AuditEntry.detail, Text)
)  # fmt: skip
_OWNED: tuple[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]], ...] = (
    (RequestedRecording.request_id, Request.id),
    (Party.matter_id, Matter.id),
    (Remark.matter_id, Matter.id),
    (Grant.matter_id, Matter.id),
    (Pass.grant_id, Grant.id),
    (Listening.grant_id, Grant.id),
)

_MATTERS, _REQUESTS = Matter.__table__, Request.__table__
_SAME = _REQUESTS.c.id == _MATTERS.c.id
_HALVES = (
    ("matters", select(_MATTERS.c.id).where(_MATTERS.c.kind == "access", ~exists().where(_SAME))),
    ("requests", select(_REQUESTS.c.id).where(~exists().where(_SAME))),
)


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry about something that was done."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]

    @property
    def person(self) -> int | None:
        """The id of the person who did it; None for a part of the program."""
        kind, _, number = self.actor.partition(":")
        return int(number) if kind == "person" and number.isdigit() else None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A request with all that belongs to it, as stored, and what the log says of it and of its access, in order."""

    request: Request
    recordings: list[RequestedRecording] = field(default_factory=list)
    calls: dict[int, Recording] = field(default_factory=dict)
    parties: list[Party] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    listenings: list[Listening] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)


class Evidence:
    """Queries for whoever holds the state against the log."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def dossiers(self, after: str, most: int, actions: Collection[str]) -> list[Dossier]:
        """The next requests after that id, with the entries of these actions; fewer than `most` are the last."""
        at_one_moment(self.session)
        requests = self.session.scalars(select(Request).where(Request.id > after).order_by(Request.id).limit(most))
        found = {one.id: Dossier(one) for one in requests}
        named = self._of(RequestedRecording.request_id, found, RequestedRecording.place)
        calls = {one.id: one for one in self._of(Recording.id, {row.recording_id for row in named}, Recording.id)}
        for row in named:
            found[row.request_id].recordings.append(row)
            if row.recording_id in calls:
                found[row.request_id].calls[row.recording_id] = calls[row.recording_id]
        for row in self._of(Party.matter_id, found, Party.person_id):
            found[row.matter_id].parties.append(row)
        for row in self._of(Remark.matter_id, found, Remark.id):
            found[row.matter_id].remarks.append(row)
        for row in self._of(Grant.matter_id, found, Grant.id):
            found[row.matter_id].grants.append(row)
        opened = {grant.id: one for one in found.values() for grant in one.grants}
        for row in self._of(Pass.grant_id, opened, Pass.hash):
            opened[row.grant_id].passes.append(row)
        for row in self._of(Listening.grant_id, opened, Listening.id):
            opened[row.grant_id].listenings.append(row)
        for entry in self._logged(found | opened, actions):
            (found | opened)[entry.subject].entries.append(entry)
        return list(found.values())

    def missing(self, requests: Collection[str]) -> set[str]:
        """Those of these ids that no request has."""
        return set(requests).difference(self.session.scalars(select(Request.id).where(Request.id.in_(requests))))

    def strays(self) -> list[tuple[str, str]]:
        """Rows that belong to a matter or to access that is not there: the table's name, and what they name."""
        return [
            *(stray for owned, owner in _OWNED for stray in self._strays(owned, owner)),
            *((table, one) for table, half in _HALVES for one in self.session.scalars(half.limit(MOST_STRAYS))),
        ]

    def _strays(
        self, owned: InstrumentedAttribute[Any], owner: InstrumentedAttribute[Any]
    ) -> Iterator[tuple[str, str]]:
        there = exists().where(owner == owned)
        for named in self.session.scalars(select(owned).where(~there).order_by(owned).limit(MOST_STRAYS)):
            yield owned.class_.__tablename__, named

    def _of(
        self, column: InstrumentedAttribute[Any], ids: Collection[Any], order: InstrumentedAttribute[Any]
    ) -> list[Any]:
        return list(self.session.scalars(select(column.class_).where(column.in_(ids)).order_by(order)))

    def _logged(self, subjects: Collection[str], actions: Collection[str]) -> Iterator[Logged]:
        done = (AuditEntry.subject.in_(subjects), AuditEntry.action.in_(actions), AuditEntry.outcome == "done")
        for seq, at, actor, action, subject, detail in self.session.execute(
            _LOGGED.where(*done).order_by(AuditEntry.seq)
        ):
            # An entry that can't be read was changed, which the chain tells.
            with suppress(ValueError):
                told = Logged(seq, datetime.fromisoformat(at), actor, action, subject, json.loads(detail))
                yield told
