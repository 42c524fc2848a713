"""Erasures as they are stored, beside what the log says of them, a page at a time (P12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from storage.erasures import AGAIN, UNDONE
from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly, read_rows
from storage.pages import pages
from storage.records import Recording
from storage.tables.declined import DeclinedRecording
from storage.tables.erasures import Erasure
from storage.tables.log import NUMBERED, AuditEntry


@dataclass(frozen=True, slots=True)
class Proved:
    """One erasure, what the log says of it and of its call, and what that says of itself: state, caller, reference, name.

    `until` is the moment of the log's last entry.
    """

    erasure: Erasure
    entries: list[Logged]
    call: tuple[str, str, str, str] | None
    until: datetime


class ErasureEvidence:
    """Queries about erasures for whoever verifies them, within one transaction."""

    def __init__(self, session: Session, evidence: Evidence) -> None:
        self.session, self.evidence = session, evidence

    def page(
        self, after: str, most: int, actions: Collection[str], asking: tuple[str, str]
    ) -> tuple[list[Proved], list[Key]]:
        """The next erasures after that id, with the entries of these actions, and the keys of rows that can't be read.

        By the first action of `asking` the recorder is asked to delete one; by the second an earlier version did so for many at once.
        """
        spoilt: list[Key] = []
        with suppress(Illegible), legibly(self.session):
            query = select(Erasure).where(Erasure.id > after).order_by(Erasure.id).limit(most)
            rows = [row[0] for row in read_rows(self.session, query, [Erasure.id], spoilt)]
            return self._proved(rows, actions, asking), spoilt
        return [], [()]

    def _proved(self, rows: list[Erasure], actions: Collection[str], asking: tuple[str, str]) -> list[Proved]:
        named = {_subject(one): list[Logged]() for one in rows} | {one.id: [] for one in rows}
        for entry in self.evidence.logged(named, actions):
            named[entry.subject].append(entry)
        about = [self._about_many(rows, actions), self._declined(rows, actions)]
        sent = {entry.subject for one in rows for entry in named[one.id] if entry.action == asking[0]}
        if any(one.erased_at is None and one.asked_at is not None and one.id not in sent for one in rows):
            about.append(self.evidence.logged({""}, asking[1:]))
        for entry in chain.from_iterable(about):
            for erasure in _named(entry.detail):
                named.get(erasure, []).append(entry)
        told = select(Recording.id, Recording.state, Recording.caller, Recording.crm, Recording.native_id)
        those = told.where(Recording.id.in_({one.recording_id for one in rows}))
        kept: dict[str, Any] = {f"recording:{row[0]}": tuple(row[1:]) for row in self.session.execute(those)}
        until = self._until()
        return [Proved(one, [*named[_subject(one)], *named[one.id]], kept.get(_subject(one)), until) for one in rows]

    def _until(self) -> datetime:
        newest = select(AuditEntry.at).where(NUMBERED).order_by(AuditEntry.seq.desc()).limit(1)
        with suppress(ValueError):
            return datetime.fromisoformat(self.session.scalar(newest) or "")
        return datetime.min.replace(tzinfo=UTC)  # which the chain tells

    def _declined(self, rows: list[Erasure], actions: Collection[str]) -> Iterator[Logged]:
        """What the log says of the declined calls of which these are."""
        query = select(DeclinedRecording.matter_id).where(
            DeclinedRecording.recording_id.in_({one.recording_id for one in rows if one.erased_at is None})
        )
        matters = set(self.session.scalars(query))
        return self.evidence.logged(matters, actions) if matters else iter(())

    def _about_many(self, rows: list[Erasure], actions: Collection[str]) -> Iterator[Logged]:
        """What the log says of all that came back together: such entries are about no one call."""
        if any(one.why in AGAIN for one in rows):
            yield from self.evidence.logged({""}, actions)

    def missing(self, erasures: Collection[str]) -> set[str]:
        """Those of these ids that no erasure has; none, where erasures can't be read at all."""
        with suppress(Illegible), legibly(self.session):
            rows = (self.session.scalars(select(Erasure.id).where(Erasure.id.in_(some))) for some in pages(erasures))
            return set(erasures).difference(chain.from_iterable(rows))
        return set()

    def reopened(self, calls: Collection[str], action: str) -> set[str]:
        """Erasures of these calls (as the log names them) that were undone by this action, since the call's moment lay ahead."""
        told = self.evidence.logged(set(calls), [action]) if calls else ()
        return {str(one.detail["erasure"]) for one in told if "erasure" in one.detail}

    def standing(self, calls: Collection[int]) -> dict[int, tuple[datetime | None, str]]:
        """When these calls go (aware; None for never) and their states, of those that are stored and can be read."""
        found: dict[int, tuple[datetime | None, str]] = {}
        for some in pages(calls):
            query = select(Recording.id, Recording.erase_at, Recording.state).where(Recording.id.in_(some))
            found |= {call: (at, state) for call, at, state in read_rows(self.session, query, [Recording.id], [])}
        return found

    def uncertified(self, most: int) -> list[int]:
        """Calls that count as erased and have no certificate."""
        done = exists().where(Erasure.recording_id == Recording.id, Erasure.erased_at.is_not(None))
        query = select(Recording.id).where(Recording.state == "erased", ~done).order_by(Recording.id)
        with suppress(Illegible), legibly(self.session):
            return list(self.session.scalars(query.limit(most)))
        return []

    def staying(self, most: int) -> list[int]:
        """Calls that count as about to be erased, and of which no erasure is under way."""
        going = exists().where(Erasure.recording_id == Recording.id, UNDONE)
        query = select(Recording.id).where(Recording.state == "closed", ~going).order_by(Recording.id)
        with suppress(Illegible), legibly(self.session):
            return list(self.session.scalars(query.limit(most)))
        return []

    def unbegun(self, erasures: Collection[str], certifying: str) -> set[str]:
        """Those of these ids that no erasure has and that the log does not certify either, by this action; none, where erasures can't be read."""
        gone = self.missing(erasures)
        return gone.difference(one.subject for one in self.evidence.logged(gone, [certifying])) if gone else gone


def _named(detail: object) -> list[str]:
    """The erasures that an entry names; none in one that somebody changed, which the chain tells."""
    told = detail.get("erasures") if isinstance(detail, dict) else None
    named = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return [one for one in named if isinstance(one, str)]


def _subject(one: Erasure) -> str:
    """How the log names what it is of."""
    return f"recording:{one.recording_id}"
