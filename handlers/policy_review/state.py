"""A review of the policy with all that belongs to it, read once, so that rules and cards need not ask the store (P14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from handlers.acting import Act
from handlers.matters.case import allowed, approvers, authority_of, involved, missed
from handlers.policy import Policy
from handlers.rules.access import company_day
from handlers.rules.policy_review import REVIEWING, Held, ReviewCircumstances, due_on, last_day
from handlers.rules.refusal import Refused
from handlers.rules.routing import NOT_INVOLVED, Authority, Involved
from storage.database.store import Store
from storage.records import Alarm, Party, Person
from storage.tables.reviews import PolicyReview


@dataclass(frozen=True, slots=True)
class Declared:
    """What stands after a declaration; `significant` as the declarer called it."""

    review: str
    significant: bool


T = TypeVar("T")
GONE = "I can't find this review."


@dataclass(frozen=True, slots=True)
class View:
    """One review as it stands at `now`; `people` holds everybody that its card may name, by id.

    `declared` is by whom. `last` is the day of the review before; `out` is who of those in a role can't be asked now, `alarm` the last one about it.
    """

    review: PolicyReview
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    last: date
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None
    declared: Involved = NOT_INVOLVED

    @property
    def matter(self) -> PolicyReview:
        return self.review

    @property
    def what(self) -> str:
        return f"the change {self.review.id}" if self.doubted else f"the policy’s review {self.review.id}"

    @property
    def clause(self) -> str:
        return "P14"

    @property
    def doubted(self) -> bool:
        """Whether a second person has yet to say whether the change is significant."""
        return self.review.stage == "second"

    @property
    def due(self) -> date:
        return date.fromisoformat(self.review.due_on)

    @property
    def approvers(self) -> list[Party]:
        """Those who may press the buttons and can be reached."""
        return approvers(self)

    @property
    def circumstances(self) -> ReviewCircumstances:
        """What the rules of who decides need of it."""
        return ReviewCircumstances(
            policy=self.policy,
            today=company_day(self.policy, self.now),
            involved=self.declared if self.doubted else NOT_INVOLVED,
            unreachable=self.out | missed(self),
        )

    def authority(self, person: Person) -> Authority:
        """By which role this person may see to it; raises `Refused` with the reason why not."""
        if self.circumstances.own_case(person.email_key):
            told = "You declared this change yourself, so a second person has to say that it is not significant."
            raise Refused(told, clause="P14", code="requester")
        titles = " or the ".join(self.policy.role(name).title for name in REVIEWING)
        return authority_of(self, person, f"This is for the {titles} to see to.")

    def asks(self, reader: int) -> bool:
        """Whether this reader is asked to see to it."""
        return any(party.person_id == reader for party in self.approvers)

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        parties = [one.person_id for one in self.parties if not one.unreachable]
        first = self.review.declared_by
        return list(dict.fromkeys(parties if first is None else (first, *parties)))


def held(store: Store) -> Held | None:
    """The last review that was completed."""
    last = store.reviews.last()
    return Held(date.fromisoformat(last.held_on), date.fromisoformat(last.next_on)) if last else None


def due(store: Store, policy: Policy) -> date:
    """The day on which the next review is due."""
    return due_on(policy, held(store))


def load(act: Act, review_id: str) -> View:
    """Read a review; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    review = act.store.reviews.get(review_id)
    if review is None:
        raise Refused(GONE, code="unknown")
    return seen(act, review)


def seen(act: Act, review: PolicyReview) -> View:
    """A review with what belongs to it."""
    store, policy = act.store, act.today
    parties, alarm = store.matters.parties(review.id), store.alarms.latest(review.id)
    named = (review.declared_by, review.seconded_by, review.completed_by, alarm.person_id if alarm else None)
    ids = {one for one in (*named, *(party.person_id for party in parties)) if one is not None}
    out = store.people.out_of_reach(policy.roles.everybody())
    before = last_day(policy, held(store))
    people = store.people.named(ids)
    declarers = [people[review.declared_by].email_key] if review.declared_by else []
    declared = involved(store, askers=declarers)
    return View(review, parties, people, policy, act.now, before, out, alarm, declared)


def known(act: Act, review_id: str, may: Callable[[View], T]) -> tuple[View, T]:
    """Read a review for somebody, and what `may` answers, which raises `Refused` for whoever may not do it.

    The same refusal whether it does not exist or is none of his or her business.
    """
    view = load(act, review_id)
    return view, allowed(view, act.who.person_id, may, GONE)


def deciding(act: Act, review_id: str) -> tuple[View, Authority]:
    """Read a review for whoever is to see to it, and by which role; raises as `known`."""
    return known(act, review_id, lambda view: view.authority(act.me))
