"""A review of the policy with all that belongs to it, read once, so that rules and cards need not ask the store (P14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.acting import Context
from handlers.matters.case import Case, Kind, More
from handlers.policy import Policy
from handlers.rules.policy_review import REVIEWING, Held, ReviewCircumstances, due_on, last_day
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from storage.database.store import Store
from storage.tables.reviews import PolicyReview


@dataclass(frozen=True, slots=True)
class Declared:
    """What stands after a declaration; `significant` as the declarer called it."""

    review: str
    significant: bool


@dataclass(frozen=True, kw_only=True)
class ReviewCase(Case[PolicyReview]):
    """One review; `last` is the day of the review before."""

    kind = Kind(
        "PR-", name="policy_review", clause="P14", row=PolicyReview, decided_by=ReviewCircumstances,
        what="the policy’s review", gone="I can't find this review.",
        names=lambda review: (review.seconded_by, review.completed_by),
    )  # fmt: skip
    last: date

    @classmethod
    def load_more(cls, ctx: Context, matter: PolicyReview) -> More:
        """The day of the review before; of a change that is called not significant it is the declarer's own case."""
        askers = [matter.declared_by] if matter.stage == "second" else []
        return More(askers, fields={"last": last_day(ctx.policy, last_held(ctx.store))})

    @property
    def what(self) -> str:
        return f"the change {self.matter.id}" if self.doubted else super().what

    @property
    def doubted(self) -> bool:
        """Whether a second person has yet to say whether the change is significant."""
        return self.matter.stage == "second"

    @property
    def due(self) -> date:
        return date.fromisoformat(self.matter.due_on)

    @property
    def overdue(self) -> bool:
        """Since the day after it was due."""
        return self.due < self.today

    def authority(self, person: int) -> Authority:
        """By which role this person may see to it; raises `Refused` with the reason why not."""
        if self.circumstances.own_case(person):
            told = "You declared this change yourself, so a second person has to say that it is not significant."
            raise Refused(told, clause="P14", code="requester")
        titles = " or the ".join(self.policy.role(name).title for name in REVIEWING)
        return self.authority_or(f"This is for the {titles}.", person)


def last_held(store: Store) -> Held | None:
    """The last review that was completed."""
    last = store.reviews.last()
    return Held(date.fromisoformat(last.held_on), date.fromisoformat(last.next_on)) if last else None


def next_due(store: Store, policy: Policy) -> date:
    """The day on which the next review is due."""
    return due_on(policy, last_held(store))
