"""Weekly cards, and what is wrong with routes, as stored beside what the log says of them, read together as of one moment."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.pages import pages
from storage.records import Party
from storage.tables.reach import ReachProblem, ReachRun
from storage.tables.weeks import WeeklyCard


@dataclass(frozen=True, slots=True)
class Watched:
    """All of them, with what the log says of them, in order; `spoilt` as in `Leaf`."""

    cards: list[WeeklyCard] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    problems: list[ReachProblem] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class WeekEvidence(Evidence):
    """Queries for whoever holds them against the log: there are few in a year."""

    def watched(self, actions: Collection[str]) -> Watched:
        """Every one, with the entries of these actions."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            cards = list(self.session.scalars(select(WeeklyCard.id).order_by(WeeklyCard.id)))
            days = list(self.session.scalars(select(ReachRun.day).order_by(ReachRun.day)))
            subjects = list(self.session.scalars(select(ReachProblem.subject).order_by(ReachProblem.subject)))
            return Watched(
                [one for some in pages(cards) for one in self._of(WeeklyCard.id, some, WeeklyCard.id)],
                [one for some in pages(cards) for one in self._of(Party.matter_id, some, Party.person_id)],
                [one for some in pages(subjects) for one in self._of(ReachProblem.subject, some, ReachProblem.subject)],
                sorted((one for some in pages([*cards, *days]) for one in self.logged(some, actions)), key=lambda one: one.seq),
                self._spoilt,
            )  # fmt: skip
        return Watched(spoilt=[(WeeklyCard.__tablename__, ())])
