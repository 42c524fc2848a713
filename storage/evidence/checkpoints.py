"""Checkpoints of the audit log, as stored beside what the log says of them and beside its hashes, read together as of one moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.pages import pages
from storage.tables.log import NUMBERED, AuditEntry, Checkpoint


@dataclass(frozen=True, slots=True)
class Taken:
    """All of them, the hashes of the entries that they note, by number, and what the log says of them; `spoilt` as in `Leaf`."""

    rows: list[Checkpoint] = field(default_factory=list)
    hashes: Mapping[int, str] = field(default_factory=dict)
    entries: list[Logged] = field(default_factory=list)
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class CheckpointEvidence(Evidence):
    """Queries for whoever holds checkpoints against the log: there is one a day."""

    def taken(self, actions: Collection[str]) -> Taken:
        """Every one, with the entries of these actions."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            days = list(self.session.scalars(select(Checkpoint.day).order_by(Checkpoint.day)))
            rows = [one for some in pages(days) for one in self._of(Checkpoint.day, some, Checkpoint.day)]
            entries = [one for some in pages(days) for one in self.logged(some, actions)]
            return Taken(rows, self._hashes({one.entries for one in rows}), entries, self._spoilt)
        return Taken(spoilt=[(Checkpoint.__tablename__, ())])

    def lost(self, days: Collection[str]) -> set[str]:
        """Those of these days of which no checkpoint is stored; none, where they can't be read at all."""
        with suppress(Illegible), legibly(self.session):
            return set(days).difference(self.session.scalars(select(Checkpoint.day).where(Checkpoint.day.in_(days))))
        return set()

    def _hashes(self, numbers: Collection[int]) -> dict[int, str]:
        query = select(AuditEntry.seq, AuditEntry.hash).where(NUMBERED)
        those = (query.where(AuditEntry.seq.in_(some)) for some in pages(numbers))
        return {seq: told for one in those for seq, told in self._rows(one, [AuditEntry.seq], [])}
