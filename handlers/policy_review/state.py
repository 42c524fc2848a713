"""A review with what belongs to it, read once, and its forms; their words are here (P14)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, ClassVar, Literal

from handlers.acting import Context
from handlers.cards import Option
from handlers.forms import Answers, Date, Form, OnDay, OneOf, Text, Words
from handlers.matters.case import Case, Kind, More
from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules.policy_review import REVIEWING, HeldReview, ReviewCircumstances, due_on, last_day, years_later
from handlers.rules.routing import Authority
from storage.database.store import Store
from storage.records import OPEN
from storage.tables.reviews import PolicyReview


@dataclass(frozen=True, slots=True)
class DeclaredChange:
    """The review that a declaration began, or asked a second person about; `significant` as declared. `asked` are the
    names of the others who were asked.
    """

    review: str
    significant: bool
    asked: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, kw_only=True)
class ReviewCase(Case[PolicyReview]):
    """One review; `reviews` are all that are open or were held, and `last` is the day of the review before."""

    kind = Kind(
        "PR-", name="policy_review", clause="P14", row=PolicyReview, decided_by=ReviewCircumstances,
        what="the policy’s review", gone="I can’t find this review.",
        names=lambda review: (review.seconded_by, review.completed_by),
    )  # fmt: skip
    reviews: Sequence[PolicyReview]
    last: date

    @classmethod
    def load_more(cls, ctx: Context, matter: PolicyReview) -> More:
        """Load the reviews; the declarer of a change called not significant has a conflict."""
        askers, reviews = [matter.declared_by] if matter.stage == "second" else [], known_reviews(ctx.store)
        return More(askers, fields={"reviews": reviews, "last": last_day(ctx.policy, last_held(reviews))})

    @property
    def what(self) -> str:
        return f"the change {self.matter.id}" if self.doubted else super().what

    @property
    def doubted(self) -> bool:
        """True while a second person must say whether the change is significant."""
        return self.matter.stage == "second"

    @property
    def due(self) -> date:
        return date.fromisoformat(self.matter.due_on)

    @property
    def overdue(self) -> bool:
        """True from the day after it was due."""
        return self.due < self.today

    def authority(self, person: int) -> Authority:
        """Return the role by which this person decides on the review; raises `Refused` with the reason."""
        if self.circumstances.own_case(person):
            told = "You declared this change yourself, so a second person has to agree that it isn’t significant."
            raise Refused(told, clause="P14", code="requester")
        titles = " or the ".join(self.policy.role(name).title for name in REVIEWING)
        return self.authority_or(f"This is for the {titles} to decide.", person)


def known_reviews(store: Store) -> list[PolicyReview]:
    """Return the reviews that are open or were held, oldest first."""
    known = PolicyReview.state.in_((*OPEN, "completed"))
    return store.rows(PolicyReview, known, by=(PolicyReview.asked_at, PolicyReview.id))


def last_held(reviews: Iterable[PolicyReview]) -> HeldReview | None:
    """Return the completed review that was held last, or None; of two on one day, the one completed later."""
    done = (one for one in reviews if one.state == "completed")
    last = max(done, key=lambda one: (one.held_on, one.closed_at or one.asked_at), default=None)
    return HeldReview(date.fromisoformat(last.held_on), date.fromisoformat(last.next_on)) if last else None


def next_due(policy: Policy, reviews: Iterable[PolicyReview]) -> date:
    """Return the day on which the next review is due."""
    return due_on(policy, last_held(reviews))


OUTCOMES: Mapping[str, str] = {
    "unchanged": "The policy stays as it is",
    "changed": "The policy was changed",
    "to_change": "The policy has to change, and someone is working on it",
}
SIGNIFICANT = (Option("yes", "Yes: the review begins now"), Option("no", "No: a second person has to agree"))


def _outcome_options(policy: Policy) -> tuple[Option, ...]:
    return tuple(Option(key, words) for key, words in OUTCOMES.items())


class DeclareForm(Form):
    """A change of the recording system, and whether it is significant."""

    name: ClassVar[str] = "declare"
    title: ClassVar[str] = "Declare a change"
    send: ClassVar[str] = "Send"
    what: Annotated[
        Text, Words("What changes in the recording system?", 1500, lines=True,
        help="A sentence or two, for the reviewer (P14)."),
    ]  # fmt: skip
    changed: Annotated[Date, OnDay("When?", help="The day of the change, past or future.")]
    significant: Annotated[
        Literal["yes", "no"], OneOf("Is it significant?", lambda _: SIGNIFICANT,
        help="It is if it affects what is recorded, how long it is kept or who can hear it."),
    ]  # fmt: skip


class CompleteForm(Form):
    """A review that was held, and the day of the next one."""

    name: ClassVar[str] = "review_complete"
    title: ClassVar[str] = "Complete the review"
    send: ClassVar[str] = "Complete"
    took_part: Annotated[Text, Words("Who took part?", 300, help="Names or roles.")] = ""
    held: Annotated[Date, OnDay("When was it held?", help="Leave it empty for today.", filled=True)]
    outcome: Annotated[Literal["unchanged", "changed", "to_change"], OneOf("What came out of it?", _outcome_options)]
    words: Annotated[Text, Words("In a few words", 1500, lines=True, help="What you looked at and decided.")] = ""
    following: Annotated[
        Date,
        OnDay("When is the next review due?", help="Leave it empty for the latest day the policy allows.", filled=True),
    ]


def supplied_next_review(ctx: Context, answers: Answers) -> Mapping[str, str]:
    """Return what fills empty fields: today, and the next review's day from that.

    Empty for an unreadable day or the calendar's last years.
    """
    held = str(answers.get("held") or ctx.policy.company_day(ctx.now))
    try:
        following = years_later(date.fromisoformat(held), ctx.policy.policy_review.years)
    except ValueError:
        return {}
    return {"held": held, "following": following.isoformat()}
