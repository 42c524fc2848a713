"""A hold with all that belongs to it, read once, so that rules and cards need not ask the store (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.acting import Context
from handlers.matters.case import Case, Kind, More
from handlers.rules import holds as rule
from handlers.rules.holds import HoldCircumstances
from handlers.rules.routing import Authority
from storage.holds import STANDING, Held
from storage.records import Person
from storage.tables.calls import Hold, Keep


@dataclass(frozen=True, slots=True)
class Begun:
    """The hold that now stands, and until when; `asked` where somebody has yet to confirm it.

    `erased` are the moments at which others of the chosen calls were erased; `too_late` counts those that the recording
    system was asked to delete already.
    """

    hold: str
    until: datetime
    asked: bool
    number: int
    erased: tuple[datetime, ...] = ()
    too_late: int = 0


FIRST = 5
"""So many calls stand on the card itself."""


@dataclass(frozen=True, kw_only=True)
class HoldCase(Case[Hold]):
    """One hold; `calls` are the first of its `number` calls, `concerned` those whom its case is about."""

    kind = Kind(
        "H-", name="hold", clause="P12", row=Hold, decided_by=HoldCircumstances, what="hold",
        gone="I can't find this hold.", waits=lambda hold: hold.keeps, watched=STANDING,
        names=lambda hold: (hold.set_by, hold.renewed_by, hold.closed_by),
    )  # fmt: skip
    calls: list[Held]
    number: int

    @classmethod
    def load_more(cls, ctx: Context, matter: Hold) -> More:
        """Its calls, and whom it is about: they and those who were on any of its calls have no part in it."""
        holds = ctx.store.holds
        fields = {"calls": holds.calls(matter.id, FIRST), "number": ctx.store.number(Keep.matter_id == matter.id)}
        return More(operators=ctx.store.recordings.operators([matter.id]).get(matter.id, ()), fields=fields)

    @property
    def over(self) -> bool:
        """Whether it keeps nothing any more, also where the clock has not seen to it yet."""
        return not self.matter.keeps or self.now >= self.matter.ends_at

    @property
    def asker(self) -> Person:
        return self.people[self.matter.asked_by]

    def authority(self, person: int) -> Authority:
        """By which role this person sees to it; raises `Refused` with the reason why not."""
        asked = self.asked if self.matter.is_open else frozenset[int]()
        return rule.decides_as(self.circumstances, person, asked)

    def has_no_part(self, person_id: int) -> bool:
        """Also whoever was on one of its calls."""
        return self.involved.why(person_id) is not None

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card: whoever asked for it, and of the others those who have a part in it."""
        first, there = self.matter.asked_by, super().everybody()
        return [one for one in there if one != first or self.matter.begun == "asked" or not self.has_no_part(one)]
