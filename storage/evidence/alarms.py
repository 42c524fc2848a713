"""Alarms as stored beside what the log says of who was told, read together as of one moment, some subjects at a time."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.records import Alarm


@dataclass(frozen=True, slots=True)
class Sounded:
    """All attempts to tell somebody about some subjects, with what the log says of them, in order; `last` and `spoilt` as in `Leaf`."""

    rows: list[Alarm] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    last: str | None = None
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class AlarmEvidence(Evidence):
    """Queries for whoever holds alarms against the log."""

    def sounded(self, after: str, most: int, actions: Collection[str]) -> Sounded:
        """The alarms about the next subjects after that one, with the entries of these actions."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            query = select(Alarm.subject).where(Alarm.subject > after).distinct().order_by(Alarm.subject).limit(most)
            subjects = list(self.session.scalars(query))
            rows = self._of(Alarm.subject, subjects, Alarm.id)
            entries = list(self.logged(subjects, actions))
            return Sounded(rows, entries, subjects[-1] if len(subjects) == most else None, self._spoilt)
        return Sounded(spoilt=[(Alarm.__tablename__, ())])

    def silent(self, subjects: Collection[str]) -> set[str]:
        """Those of these subjects about which no alarm is stored; none, where alarms can't be read at all."""
        with suppress(Illegible), legibly(self.session):
            return set(subjects).difference(
                self.session.scalars(select(Alarm.subject).where(Alarm.subject.in_(subjects)))
            )
        return set()
