"""Stopped runs and cards of erasures ahead as stored beside what the log says of them, read together as of one moment (P12)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import and_, or_, select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.pages import pages
from storage.records import Party
from storage.tables.erasures import AheadCard, Erasure, ScopeDecision, StoppedRun


@dataclass(frozen=True, slots=True)
class Stopped:
    """All stopped runs and all cards of erasures ahead, with what the log says of them, in order.

    `erasures` are those that belong to one, and those of calls that were closed while the day of one went on; `closed` is
    what the log says of the closing, by erasure. `decisions` are those about calls out of scope, `decided` what the log says
    of them, `outside` the erasures of such calls. `spoilt` as in `Leaf`.
    """

    runs: list[StoppedRun] = field(default_factory=list)
    cards: list[AheadCard] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    closed: dict[str, Logged] = field(default_factory=dict)
    decisions: list[ScopeDecision] = field(default_factory=list)
    decided: list[Logged] = field(default_factory=list)
    outside: list[Erasure] = field(default_factory=list)
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class RunEvidence(Evidence):
    """Queries for whoever holds stopped runs against the log: there are few, and each may hold many calls."""

    def stopped(self, actions: Collection[str], closing: str, deciding: Collection[str]) -> Stopped:
        """Every run, with the entries of these actions, and those of `closing` about calls that may belong to one."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            ids = list(self.session.scalars(select(StoppedRun.id).order_by(StoppedRun.id)))
            runs: list[StoppedRun] = self._of(StoppedRun.id, ids, StoppedRun.id)
            weeks = list(self.session.scalars(select(AheadCard.id).order_by(AheadCard.id)))
            cards: list[AheadCard] = self._of(AheadCard.id, weeks, AheadCard.id)
            parties: list[Party] = self._of(Party.matter_id, [*ids, *weeks], Party.person_id)
            erasures = [one for some in pages(self._near(runs)) for one in self._of(Erasure.id, some, Erasure.id)]
            calls = [f"recording:{one.recording_id}" for one in erasures]
            closed = (one for some in pages(calls) for one in self.logged(some, [closing]))
            entries = list(self.logged([*ids, *weeks], actions))
            by_erasure = {one.detail.get("erasure", ""): one for one in closed}
            ours = self._decisions(deciding)
            return Stopped(runs, cards, parties, erasures, entries, by_erasure, *ours, self._spoilt)
        return Stopped(spoilt=[(StoppedRun.__tablename__, ())])

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

    def _near(self, runs: Sequence[StoppedRun]) -> list[str]:
        days = (and_(Erasure.closed_at >= one.asked_at, Erasure.closed_at <= one.until) for one in runs)
        return list(self.session.scalars(select(Erasure.id).where(or_(Erasure.run > "", *days))))
