"""Pauses of erasures beside what the log says of them, read together as of one moment (P12)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.pages import pages
from storage.records import Party
from storage.tables.erasures import Erasure, ErasurePause


@dataclass(frozen=True, slots=True)
class Paused:
    """All pauses, with what the log says of them, in order; `erasures` are those that belong to one. `spoilt` as in `Leaf`."""

    pauses: list[ErasurePause] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class PauseEvidence(Evidence):
    """Queries for holding pauses against the log: there are few, and each may hold many calls."""

    def paused(self, actions: Collection[str]) -> Paused:
        """Every pause, with the entries of these actions."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            ids = list(self.session.scalars(select(ErasurePause.id).order_by(ErasurePause.id)))
            pauses: list[ErasurePause] = self._of(ErasurePause.id, ids, ErasurePause.id)
            parties: list[Party] = self._of(Party.matter_id, ids, Party.person_id)
            waiting = list(self.session.scalars(select(Erasure.id).where(Erasure.pause > "")))
            erasures = [one for some in pages(waiting) for one in self._of(Erasure.id, some, Erasure.id)]
            return Paused(pauses, parties, erasures, list(self.logged(ids, actions)), self._spoilt)
        return Paused(spoilt=[(ErasurePause.__tablename__, ())])
