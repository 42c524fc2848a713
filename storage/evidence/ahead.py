"""Pauses of erasures, cards of what is ahead, and decisions about calls out of scope, beside what the log says of them, read together as of one moment (P12)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.pages import pages
from storage.records import Party
from storage.tables.erasures import AheadCard, Erasure, ErasurePause, ScopeDecision


@dataclass(frozen=True, slots=True)
class Ahead:
    """All pauses and all cards of erasures ahead, with what the log says of them, in order.

    `erasures` are those that belong to a pause. `decisions` are those about calls out of scope, `decided` what the log says
    of them, `outside` the erasures of such calls. `spoilt` as in `Leaf`.
    """

    pauses: list[ErasurePause] = field(default_factory=list)
    cards: list[AheadCard] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    decisions: list[ScopeDecision] = field(default_factory=list)
    decided: list[Logged] = field(default_factory=list)
    outside: list[Erasure] = field(default_factory=list)
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class AheadEvidence(Evidence):
    """Queries for whoever holds these against the log: there are few, and each pause may hold many calls."""

    def ahead(self, actions: Collection[str], deciding: Collection[str]) -> Ahead:
        """Every pause and every card, with the entries of these actions, and those of `deciding` about calls out of scope."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            ids = list(self.session.scalars(select(ErasurePause.id).order_by(ErasurePause.id)))
            pauses: list[ErasurePause] = self._of(ErasurePause.id, ids, ErasurePause.id)
            weeks = list(self.session.scalars(select(AheadCard.id).order_by(AheadCard.id)))
            cards: list[AheadCard] = self._of(AheadCard.id, weeks, AheadCard.id)
            parties: list[Party] = self._of(Party.matter_id, [*ids, *weeks], Party.person_id)
            waiting = list(self.session.scalars(select(Erasure.id).where(Erasure.pause > "")))
            erasures = [one for some in pages(waiting) for one in self._of(Erasure.id, some, Erasure.id)]
            entries = list(self.logged([*ids, *weeks], actions))
            return Ahead(pauses, cards, parties, erasures, entries, *self._decisions(deciding), self._spoilt)
        return Ahead(spoilt=[(ErasurePause.__tablename__, ())])

    def _decisions(self, deciding: Collection[str]) -> tuple[list[ScopeDecision], list[Logged], list[Erasure]]:
        numbers = set(self.session.scalars(select(ScopeDecision.recording_id)))
        outside = list(self.session.scalars(select(Erasure.id).where(Erasure.why == "out_of_scope")))
        rows = [
            one
            for some in pages(sorted(numbers))
            for one in self._of(ScopeDecision.recording_id, some, ScopeDecision.recording_id)
        ]
        erasures = [one for some in pages(outside) for one in self._of(Erasure.id, some, Erasure.id)]
        subjects = [f"recording:{one}" for one in sorted(numbers | {one.recording_id for one in erasures})]
        decided = [one for some in pages(subjects) for one in self.logged(some, deciding)]
        return rows, decided, erasures
