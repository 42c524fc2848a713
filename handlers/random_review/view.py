"""A draw with all that belongs to it, read once, so that rules and cards need not ask the store (P10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from handlers.acting import Act
from handlers.matters.case import missed
from handlers.policy import Policy
from handlers.rules import random_review as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from storage.records import Alarm, Party, Person, Recording
from storage.tables.draws import CallReview, Draw, DrawLine, DrawList

GONE = "I can't find this draw."
LIVE = ("waiting", "reviewed", "over")
"""How a review stands by which its call counts as drawn."""


@dataclass(frozen=True, slots=True)
class View:
    """One draw as it stands at `now`; `people` holds everybody that its card may name, by id.

    `reviews` are the calls that it gave to somebody or passed over, `calls` these calls by id; `before` is the draw that it
    comes after, where it is a further one, and `again` those that came after it.
    """

    draw: Draw
    lists: list[DrawList]
    lines: list[DrawLine]
    reviews: list[CallReview]
    calls: Mapping[int, Recording]
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    again: list[Draw] = field(default_factory=list)
    alarm: Alarm | None = None

    @property
    def matter(self) -> Draw:
        return self.draw

    @property
    def what(self) -> str:
        return f"the draw {self.draw.id}"

    @property
    def clause(self) -> str:
        return "P10"

    @property
    def circumstances(self) -> rule.DrawCircumstances:
        """What the rules of who decides need of it."""
        today = company_day(self.policy, self.now)
        return rule.DrawCircumstances(policy=self.policy, today=today, unreachable=missed(self))

    def authority(self, person: Person) -> Authority:
        """As what this person types a line or reviews; raises `Refused` for whoever is no reviewer."""
        rule.reviewer(self.policy, person.email_key)
        return Authority(person.email_key, "head_of_customer_success", deputy=False)

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        return [one.person_id for one in self.parties if not one.unreachable]

    def asks(self, reader: int) -> bool:
        """Whether this reader may still type a line."""
        return self.draw.state == "waiting" and self.is_asked(reader) and reader not in self.typed

    def is_asked(self, reader: int) -> bool:
        """Whether this reader is one of the reviewers that the hashes were announced to."""
        return any(one.person_id == reader and one.part == "approver" for one in self.parties)

    @property
    def typed(self) -> set[int]:
        """Whose lines are in."""
        return {one.person_id for one in self.lines}

    @property
    def in_order(self) -> list[DrawLine]:
        """The lines in the reviewers' order."""
        return sorted(self.lines, key=lambda one: self.draw.reviewers.index(one.person_id))

    def of(self, reader: int) -> list[CallReview]:
        """The calls that this reader has, or had, to review."""
        return [one for one in self.reviews if one.reviewer == reader and one.state in LIVE]

    @property
    def reviewing(self) -> list[int]:
        """Whoever has calls left to review."""
        left = (one.reviewer for one in self.reviews if one.state == "waiting" and one.reviewer is not None)
        return list(dict.fromkeys(left))

    @property
    def unassigned(self) -> int:
        """How many of the drawn calls are with nobody: they wait for somebody who reviews."""
        return sum(self._unassigned(one) for one in self.lists if one.seed)

    def _unassigned(self, listed: DrawList) -> int:
        mine = [one.state for one in self.reviews if one.department == listed.department]
        return min(listed.wanted, len(listed.calls) - mine.count("lost")) - sum(mine.count(one) for one in LIVE)


def load(act: Act, draw_id: str) -> View:
    """Read a draw; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    draw = act.store.draws.get(draw_id)
    if draw is None:
        raise Refused(GONE, code="unknown")
    return seen(act, draw)


def seen(act: Act, draw: Draw) -> View:
    """A draw with what belongs to it."""
    store = act.store
    parties, lines, reviews = store.matters.parties(draw.id), store.draws.lines(draw.id), store.draws.reviews(draw.id)
    alarm = store.alarms.latest(draw.id)
    named: Iterable[int | None] = (
        *(one.person_id for one in parties), *(one.person_id for one in lines), *(one.reviewer for one in reviews),
        draw.asked_by, alarm.person_id if alarm else None,
    )  # fmt: skip
    people = store.people.named({one for one in named if one is not None})
    later = [one for one in store.draws.of_month(draw.month) if one.ordinal > draw.ordinal]
    return View(
        draw, store.draws.lists(draw.id), lines, reviews, store.draws.calls(reviews), parties, people, act.today, act.now, later, alarm,
    )  # fmt: skip
