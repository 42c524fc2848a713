"""What is stored beside what the log says of it, read together as of one moment, a page of requests at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, Text, inspect, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from storage.deadlines import Deadline
from storage.evidence.key_states import KeyState, key_states
from storage.evidence.owners import HALVES, OWNED, ownerless
from storage.evidence.unheld import unheld
from storage.legible import Illegible, Key, legibly, read_rows
from storage.records import (
    Grant,
    Listening,
    Matter,
    Party,
    Pass,
    Record,
    Recording,
    Remark,
    Request,
    RequestedRecording,
)
from storage.tables.absences import Absence
from storage.tables.concerned import Concerned
from storage.tables.log import NUMBERED, AuditEntry
from storage.tables.policy import PolicyReview, PolicyText

MOST_STRAYS = 20
ENDING = ("access.lapse", "access.undecided", "access.end")  # what the clock does where nobody does anything
GIVING = ("access", "call_review")  # kinds of matter that give access
_LOGGED = select(
    AuditEntry.seq, AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.subject, as_type(AuditEntry.detail, Text)
)  # fmt: skip


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
    """A request with all that belongs to it, as stored, and what the log says of it and of its access, in order.

    `read` is what it says of calls, by their name in the log; of others, too. `sealed` is what stands of its key, `falls` when
    what ends it falls, by kind.
    """

    request: Request
    recordings: list[RequestedRecording] = field(default_factory=list)
    calls: dict[int, Recording] = field(default_factory=dict)
    parties: list[Party] = field(default_factory=list)
    concerned: list[Concerned] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    listenings: list[Listening] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    read: Mapping[str, list[Logged]] = field(default_factory=dict)
    sealed: KeyState = field(default_factory=KeyState)
    falls: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Requests, one after the other; the next ones come after `last`, which is None where there are no more.

    `spoilt` are rows that can't be read: the table's name and the row's key, which is empty where it is all of the table.
    """

    dossiers: list[Dossier]
    last: str | None
    spoilt: list[tuple[str, Key]]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Reviews of the policy and its texts, as stored, with what the log says of them, in order; `spoilt` as in `Leaf`."""

    reviews: list[PolicyReview] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    texts: list[PolicyText] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class Evidence:
    """Queries for whoever holds the state against the log."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._wary = True
        self._spoilt: list[tuple[str, Key]] = []

    def leaf(self, after: str, most: int, actions: Collection[str]) -> Leaf:
        """The next requests after that id, with the entries of these actions."""
        ids = select(Request.id).where(Request.id > after).order_by(Request.id).limit(most)
        # To be wary of each query makes a small page half as slow again.
        for self._wary in (False, True):
            self._spoilt = []
            with suppress(Illegible), legibly(self.session):
                found = list(self.session.scalars(ids))
                return Leaf(self._dossiers(found, actions), found[-1] if len(found) == most else None, self._spoilt)
        return Leaf([], None, [(Request.__tablename__, ())])

    def _dossiers(self, ids: list[str], actions: Collection[str]) -> list[Dossier]:
        read: dict[str, list[Logged]] = {}
        keys = key_states(self._of, ids)
        found = {one.id: Dossier(one, read=read, sealed=keys[one.id]) for one in self._of(Request.id, ids, Request.id)}
        named = self._of(RequestedRecording.request_id, found, RequestedRecording.place)
        calls = {one.id: one for one in self._of(Recording.id, {row.recording_id for row in named}, Recording.id)}
        for row in named:
            found[row.request_id].recordings.append(row)
            if row.recording_id in calls:
                found[row.request_id].calls[row.recording_id] = calls[row.recording_id]
        for row in self._of(Party.matter_id, found, Party.person_id):
            found[row.matter_id].parties.append(row)
        for row in self._of(Concerned.matter_id, found, Concerned.person_id):
            found[row.matter_id].concerned.append(row)
        for row in self._of(Remark.matter_id, found, Remark.id):
            found[row.matter_id].remarks.append(row)
        for row in self._of(Grant.matter_id, found, Grant.id):
            found[row.matter_id].grants.append(row)
        for row in self._of(Deadline.key, [f"{kind}:{one}" for one in found for kind in ENDING], Deadline.key):
            if row.done_at is None:
                found[row.key.partition(":")[2]].falls[row.key.partition(":")[0]] = row.due_at
        opened = {grant.id: one for one in found.values() for grant in one.grants}
        for row in self._of(Pass.grant_id, opened, Pass.hash):
            opened[row.grant_id].passes.append(row)
        for row in self._of(Listening.grant_id, opened, Listening.id):
            opened[row.grant_id].listenings.append(row)
        owners = found | opened
        read |= {f"recording:{row.recording_id}": [] for row in named}
        for entry in self.logged([*owners, *read], actions):
            (owners[entry.subject].entries if entry.subject in owners else read[entry.subject]).append(entry)
        return list(found.values())

    def reviewed(self, actions: Collection[str]) -> Reviewed:
        """Everything about the policy's own review, with the entries of these actions: there are few in many years."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            ids = list(self.session.scalars(select(PolicyReview.id).order_by(PolicyReview.id)))
            numbers = list(self.session.scalars(select(PolicyText.number)))
            reviews = self._of(PolicyReview.id, ids, PolicyReview.id)
            parties = self._of(Party.matter_id, ids, Party.person_id)
            texts = self._of(PolicyText.number, numbers, PolicyText.number)
            entries = list(self.logged(["policy", *ids], actions))
            return Reviewed(reviews, parties, texts, entries, self._spoilt)
        return Reviewed(spoilt=[(PolicyReview.__tablename__, ())])

    def key_states(self, matters: Collection[str]) -> dict[str, KeyState]:
        """What is stored of the keys of these matters."""
        return key_states(self._of, matters)

    def missing(self, matters: Collection[str]) -> set[str]:
        """Those of these ids that no matter has; none, where matters can't be read at all."""
        with suppress(Illegible), legibly(self.session):
            return set(matters).difference(self.session.scalars(select(Matter.id).where(Matter.id.in_(matters))))
        return set()

    def absences(self, actions: Collection[str]) -> tuple[list[Absence], list[Logged]] | None:
        """All absences, and what the log says of them by these actions, in order; None where they can't be read."""
        self._wary = True
        with suppress(Illegible), legibly(self.session):
            rows = list(self.session.scalars(select(Absence).order_by(Absence.id)))
            return rows, list(self.logged([one.id for one in rows], actions))
        return None

    def missing_absences(self, absences: Collection[str]) -> set[str]:
        """Those of these ids that no absence has; none, where absences can't be read at all."""
        with suppress(Illegible), legibly(self.session):
            return set(absences).difference(self.session.scalars(select(Absence.id).where(Absence.id.in_(absences))))
        return set()

    def unheld(self) -> list[str]:
        """As `unheld.unheld`."""
        return unheld(self.session)

    def strays(self) -> list[tuple[str, str | None]]:
        """Rows that belong to a matter or to access that is not there: the table's name, and what they name.

        None stands for what can't be read.
        """
        return [
            *(stray for owned, owner in OWNED for stray in self._strays(*ownerless(owned, owner))),
            *(stray for table, half in HALVES for stray in self._strays(table, half)),
        ]

    def given_elsewhere(self) -> list[tuple[str, str]]:
        """Access, and the matter for which it was given, where that is of no kind that gives any; none where it can't be read, which `strays` tells."""
        with suppress(Illegible), legibly(self.session):
            both = select(Grant.id, Grant.matter_id).join(Matter.__table__, Matter.__table__.c.id == Grant.matter_id)
            rows = self.session.execute(
                both.where(Matter.__table__.c.kind.not_in(GIVING)).order_by(Grant.id).limit(MOST_STRAYS)
            )
            return [(grant, matter) for grant, matter in rows]
        return []

    def _strays(self, table: str, query: Select[str]) -> Iterator[tuple[str, str | None]]:
        try:
            with legibly(self.session):
                named: list[str | None] = [*self.session.scalars(query.limit(MOST_STRAYS))]
        except Illegible:
            named = [None]
        yield from ((table, one) for one in named)

    def _of(
        self, column: InstrumentedAttribute[Any], ids: Collection[Any], order: InstrumentedAttribute[Any]
    ) -> list[Any]:
        kind = cast("type[Record]", column.class_)
        key = [kind.__mapper__.get_property_by_column(one).class_attribute for one in kind.__mapper__.primary_key]
        spoilt: list[Key] = []
        rows = self._rows(_whole(kind).where(column.in_(ids)).order_by(order), key, spoilt) if ids else []
        self._spoilt += ((self._table(kind, one), one) for one in spoilt)
        return [one for [one] in rows]

    def _rows(
        self, query: Select[*tuple[Any, ...]], key: list[Any], spoilt: list[Key]
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        return read_rows(self.session, query, key, spoilt) if self._wary else self.session.execute(query).all()

    def _table(self, kind: type[Record], key: Key) -> str:
        """In which of a kind's tables the row with this key can't be read."""
        tables = inspect(kind).tables
        for table in tables if key else ():
            try:
                with legibly(self.session):
                    self.session.execute(
                        select(table).where(*(a == b for a, b in zip(table.primary_key, key, strict=True)))
                    ).all()
            except Illegible:
                return str(table.name)
        return str(kind.__tablename__)

    def logged(self, subjects: Collection[str], actions: Collection[str]) -> Iterator[Logged]:
        """What was done by these actions to these subjects, in order."""
        those = (AuditEntry.subject.in_(subjects), AuditEntry.action.in_(actions), AuditEntry.outcome == "done")
        # An entry that can't be read was changed, which the chain tells.
        query = _LOGGED.where(NUMBERED, *those).order_by(AuditEntry.seq)
        for seq, at, actor, action, subject, detail in self._rows(query, [AuditEntry.seq], []):
            with suppress(ValueError, TypeError, RecursionError):
                told = Logged(seq, datetime.fromisoformat(at), actor, action, subject, json.loads(detail))
                yield told


def _whole(kind: type[Record]) -> Select[Any]:
    """Rows of a kind with all that is compared."""
    return select(kind).options(defer(Recording.peaks)) if kind is Recording else select(kind)
