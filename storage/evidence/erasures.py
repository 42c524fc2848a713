"""Erasures as they are stored, beside what the log says of them, a page at a time (P12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from storage.erasures import AGAIN
from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly, read_rows
from storage.pages import pages
from storage.records import Recording
from storage.tables.erasures import Erasure, UnregisteredFile


@dataclass(frozen=True, slots=True)
class Proved:
    """One erasure, what the log says of it and of its call, and what that says of itself: state, caller, reference, name.

    A file that could not be registered has a state and a name.
    """

    erasure: Erasure
    entries: list[Logged]
    call: tuple[str, str, str, str] | None


class ErasureEvidence:
    """Queries about erasures for whoever verifies them, within one transaction."""

    def __init__(self, session: Session, evidence: Evidence) -> None:
        self.session, self.evidence = session, evidence

    def page(self, after: str, most: int, actions: Collection[str]) -> tuple[list[Proved], list[Key]]:
        """The next erasures after that id, with the entries of these actions, and the keys of rows that can't be read."""
        spoilt: list[Key] = []
        with suppress(Illegible), legibly(self.session):
            query = select(Erasure).where(Erasure.id > after).order_by(Erasure.id).limit(most)
            rows = [row[0] for row in read_rows(self.session, query, [Erasure.id], spoilt)]
            return self._proved(rows, actions), spoilt
        return [], [()]

    def _proved(self, rows: list[Erasure], actions: Collection[str]) -> list[Proved]:
        named = {_subject(one): list[Logged]() for one in rows} | {one.id: [] for one in rows}
        for entry in self.evidence.logged(named, actions):
            named[entry.subject].append(entry)
        for entry in self._about_many(rows, actions):
            for erasure in _named(entry.detail):
                named.get(erasure, []).append(entry)
        told = select(Recording.id, Recording.state, Recording.caller, Recording.crm, Recording.native_id)
        those = told.where(Recording.id.in_({one.recording_id for one in rows}))
        kept: dict[str, Any] = {f"recording:{row[0]}": tuple(row[1:]) for row in self.session.execute(those)}
        file = select(UnregisteredFile.id, UnregisteredFile.state, UnregisteredFile.native_id)
        files = file.where(UnregisteredFile.id.in_({one.file_id for one in rows}))
        kept |= {f"file:{number}": (state, "", "", name) for number, state, name in self.session.execute(files)}
        return [Proved(one, [*named[_subject(one)], *named[one.id]], kept.get(_subject(one))) for one in rows]

    def _about_many(self, rows: list[Erasure], actions: Collection[str]) -> Iterator[Logged]:
        """What the log says of all that came back together: such entries are about no one call, or about a recording system."""
        if any(one.why in AGAIN for one in rows):
            systems = self.session.scalars(select(UnregisteredFile.system).distinct())
            yield from self.evidence.logged({"", *systems}, actions)

    def missing(self, erasures: Collection[str]) -> set[str]:
        """Those of these ids that no erasure has; none, where erasures can't be read at all."""
        with suppress(Illegible), legibly(self.session):
            return set(erasures).difference(self.session.scalars(select(Erasure.id).where(Erasure.id.in_(erasures))))
        return set()

    def moments(self, calls: Collection[int]) -> dict[int, datetime | None]:
        """When these calls go (aware; None for never), of those that are stored and can be read."""
        found: dict[int, datetime | None] = {}
        for some in pages(calls):
            query = select(Recording.id, Recording.erase_at).where(Recording.id.in_(some))
            found |= {call: at for call, at in read_rows(self.session, query, [Recording.id], [])}  # noqa: C416
        return found

    def uncertified(self, most: int) -> list[int]:
        """Calls that count as erased and have no certificate."""
        done = exists().where(Erasure.recording_id == Recording.id, Erasure.erased_at.is_not(None))
        query = select(Recording.id).where(Recording.state == "erased", ~done).order_by(Recording.id)
        with suppress(Illegible), legibly(self.session):
            return list(self.session.scalars(query.limit(most)))
        return []


def _named(detail: object) -> list[str]:
    """The erasures that an entry names; none in one that somebody changed, which the chain tells."""
    told = detail.get("erasures") if isinstance(detail, dict) else None
    return [one for one in told.values() if isinstance(one, str)] if isinstance(told, dict) else []


def _subject(one: Erasure) -> str:
    """How the log names what it is of."""
    return f"file:{one.file_id}" if one.file_id is not None else f"recording:{one.recording_id}"
